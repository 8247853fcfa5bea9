"""``droitfil staff`` as a person types it, on the tests' database."""

from __future__ import annotations

import pytest

from droitfil.cli import staff as command
from droitfil.people.access import staff_of
from droitfil.people.models import Staff
from tests.personas import TODAY, Personas


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> Personas:
    # The tests hold their own database, its tables are there.
    monkeypatch.setattr(command, "open_database", lambda: None)
    found = Personas()
    assert found.nadia
    return found


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = command.main(words)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_naming_an_agent(people: Personas, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = run(
        capsys, "add", "Zoe@91.example", "--name", "Zoé Petit", "--role", "agent",
        "--office", "91-evry", "--date", "2025-01-01",
    )  # fmt: skip
    assert status == 0
    lines = out.splitlines()
    office = people.nadia.staff.office.name
    assert lines[0] == f"zoe@91.example : Zoé Petit, agent, {office}."
    assert lines[3].strip().startswith("otpauth://totp/Droitfil:zoe%4091.example?secret=")
    assert lines[2].strip() in lines[3]
    named = Staff.objects.get(account__email="zoe@91.example")
    assert (named.role, named.territory) == ("agent", ["91"])
    assert staff_of(named.account, TODAY) == named
    assert f"zoe@91.example : Zoé Petit, agent, {office} [91]" in run(capsys, "list")[1]

    assert run(capsys, "end", "zoe@91.example", "--date", "2025-06-01")[0] == 0
    assert staff_of(named.account, TODAY) is None


def test_a_new_key(people: Personas, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = run(capsys, "key", people.nadia.email)
    assert status == 0
    assert "otpauth://" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "zoe", "--name", "Z", "--role", "admin"), "n’est pas une adresse électronique"),
        (("add", "z@x.example", "--name", "Z", "--role", "agent"), "Un agent est d’un bureau"),
        (
            ("add", "z@x.example", "--name", "Z", "--role", "agent", "--office", "nulle"),
            "n'existe pas",
        ),
        (
            ("add", "z@x.example", "--name", "Z", "--role", "support", "--department", "99"),
            "Ce département n’existe pas : 99.",
        ),
        (
            ("add", "z@x.example", "--name", "Z", "--role", "ministry", "--department", "91"),
            "aucun dossier",
        ),
        (("key", "z@x.example"), "Personne n'est en fonction"),
        (("end", "nadia@91.example", "--date", "2020-01-01"), "finit au plus tôt"),
    ],
)
def test_what_is_refused(
    people: Personas, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    before = Staff.objects.count()
    status, _out, err = run(capsys, *words)
    assert status == 2
    assert says in err
    assert Staff.objects.count() == before


@pytest.mark.parametrize(
    "words",
    [
        ("add",), ("add", "a@x.example"), ("add", "a@x.example", "--role", "admin"),
        ("list", "a@x.example"),
        ("key", "a@x.example", "--role", "admin"), ("end", "a@x.example", "--date", "demain"),
    ],
)  # fmt: skip
def test_a_line_that_says_too_little_or_too_much(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(words)
    assert left.value.code == 2
    assert "droitfil staff : " in capsys.readouterr().err
