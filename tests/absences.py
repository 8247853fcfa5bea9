"""What a machine may lack, in one place: the only reasons for which a test may be skipped.

``skip_without(ABSENCE)`` skips by name. With ``DROITFIL_NO_SKIP=1`` (continuous integration) a skip
is a failure, unless its reason is written here **and** holds: something that this machine could
not have had, whoever installs what is missing.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Absence:
    """A thing that a machine may lack. ``missing``: it does; ``hopeless``: it could not have it."""

    reason: str
    missing: Callable[[], bool]
    hopeless: Callable[[], bool]


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


@functools.cache
def _distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line[3:].strip('"') for line in lines if line.startswith("ID=")), "")


def _without_chromium() -> bool:
    # Ubuntu's is a stub of a few kilobytes that asks for snap.
    path = shutil.which("chromium")
    return path is None or (_distribution() == "ubuntu" and not Path("/snap/bin/chromium").exists())


def _without_postgresql() -> bool:
    from droitfil.lib.postgres.programs import DEBIAN, OLDEST

    return not any(
        folder.parent.name.isdigit() and int(folder.parent.name) >= OLDEST
        for folder in DEBIAN.glob("*/bin")
    )


def _without_clamd() -> bool:
    from droitfil.lib.clamd import program

    return program() is None


@functools.cache
def _may_mount() -> bool:
    from tests.faults.full_disk import may_mount

    return may_mount()


def _has_faketime() -> bool:
    from tests.faults.moved_clock import library

    return library() is not None


NOT_ROOT = Absence(
    "ce compte n'est pas root",
    missing=lambda: os.geteuid() != 0,
    hopeless=lambda: os.geteuid() != 0,
)
NO_SYSTEM_POSTGRESQL = Absence(
    "la distribution ne donne pas de PostgreSQL 15 ou plus récent",
    missing=_without_postgresql,
    hopeless=lambda: not _may_install() or _distribution() == "ubuntu",
)
NO_CHROMIUM = Absence(
    "pas de Chromium (Ubuntu n'en donne un que par snap)",
    missing=_without_chromium,
    hopeless=lambda: not _may_install() or _distribution() == "ubuntu",
)
NO_CURL = Absence(
    "pas de curl",
    missing=lambda: shutil.which("curl") is None,
    hopeless=lambda: not _may_install(),
)
NO_RSYNC = Absence(
    "pas de rsync",
    missing=lambda: shutil.which("rsync") is None,
    hopeless=lambda: not _may_install(),
)
NO_CLAMD = Absence(
    "pas de ClamAV",
    missing=_without_clamd,
    hopeless=lambda: not _may_install(),
)
NO_DISK = Absence(
    "ce compte ne peut pas monter de petit disque",
    missing=lambda: not _may_mount(),
    hopeless=lambda: not _may_mount(),
)
NO_FAKETIME = Absence(
    "pas de libfaketime",
    missing=lambda: not _has_faketime(),
    hopeless=lambda: not _may_install(),
)
ABSENCES = (
    NOT_ROOT, NO_SYSTEM_POSTGRESQL, NO_CHROMIUM, NO_CURL, NO_RSYNC, NO_CLAMD, NO_DISK, NO_FAKETIME,
)  # fmt: skip


def skip_without(absence: Absence) -> pytest.MarkDecorator:
    """Skips the test, by name, on a machine that lacks the thing."""
    return pytest.mark.skipif(absence.missing(), reason=absence.reason)


def is_excused(reason: str) -> bool:
    """May a test be skipped for this reason on this machine, even in continuous integration?"""
    return any(absence.reason in reason and absence.hopeless() for absence in ABSENCES)
