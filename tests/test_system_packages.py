"""The step that installs what only the system can give: silent, or one sentence a package."""

from __future__ import annotations

import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.absences import NOT_ROOT, skip_without

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder() -> Iterator[Path]:
    """The script in a place that any account may read."""
    made = Path(tempfile.mkdtemp(prefix="droitfil-paquets-", dir="/tmp"))
    made.chmod(0o755)
    shutil.copy(PROJECT / "scripts" / "install-system-packages", made / "install")
    yield made
    shutil.rmtree(made)


def said(folder: Path, wanted: str, account: str | None = None) -> str:
    (folder / "list").write_text(wanted, encoding="utf-8")
    uid = {"user": pwd.getpwnam(account).pw_uid, "extra_groups": []} if account else {}
    done = subprocess.run(
        ["bash", str(folder / "install"), str(folder / "list")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        **uid,
    )
    return done.stdout + done.stderr


def test_is_silent_when_nothing_is_missing(folder: Path) -> None:
    wanted = "# commentaire\n\nbash | bash | rien\ncoreutils | /usr/bin/l[s] | rien\n"
    assert said(folder, wanted) == ""


@skip_without(NOT_ROOT)
def test_says_what_an_ordinary_account_lacks_and_goes_on(folder: Path) -> None:
    (folder / "stub").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (folder / "stub").chmod(0o755)
    wanted = f"absent | rien-de-tel | les essais\nmuet | {folder}/stub | les images\n"
    first, second = said(folder, wanted, account="nobody").splitlines()
    ask = "Un administrateur l'installe par « apt-get install {} »."
    assert first == "Il manque absent : les essais. " + ask.format("absent")
    assert second == "Il manque muet : les images. " + ask.format("muet")


def test_the_list_is_well_formed() -> None:
    lines = (PROJECT / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.strip() and not line.startswith("#")]
    assert len(rows) >= 2
    assert all(len(row) == 3 and all(part.strip() for part in row) for row in rows)
