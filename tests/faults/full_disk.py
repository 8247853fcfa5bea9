"""A disk that fills up under an office at work: PostgreSQL's data and people's files are on it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from droitfil.lib import postgres
from tests.faults.trial import Office, Resident, Told, checked
from tests.files.samples import pdf

#: Bytes of the disk: what PostgreSQL needs to begin, its journal included, and some room.
SIZE = 400 * 2**20
#: Letters for which there is no room in what PostgreSQL already has of the disk.
LETTERS = 200
#: Seconds that people go on trying while there is no room.
FULL = 6.0


@dataclass
class Filled:
    """What people were answered while there was no room, and afterwards."""

    meanwhile: Told
    afterwards: Told


def may_mount() -> bool:
    """May this account put a small disk of memory somewhere?"""
    with suppress(OSError, subprocess.SubprocessError), _disk(2**20):
        return True
    return False


def fill(home: Path, *, residents: int = 6, full: float = FULL) -> Filled:
    """People act, the disk fills up, they go on trying, room comes back: nothing is lost.

    :raises AssertionError: something was, or was done twice, or was told without a sentence.
    """
    with _disk(SIZE) as disk:
        office = Office(home, residents, disk=disk)
        with office.open():
            office.restore()
            filled = Filled(Told(), Told())
            with office.at_work():
                told = filled.meanwhile
                people = [Resident(office, rank, told, pdf()) for rank in range(residents)]
                people[0].start()
                people[0].join()
                filler = _fill(disk)
                for one in people[1:]:
                    one.start()
                least, most = people[0].write(LETTERS)
                assert least < LETTERS, "The base had room for everything."
                time.sleep(full)
                for one in people:
                    one.told = filled.afterwards
                filler.unlink()
                _await(office)
                for one in people:
                    one.join()
            wrong = filled.meanwhile.wrong + filled.afterwards.wrong
            assert not wrong, "\n".join(wrong)
            letters = checked(office, people, again=residents)["letters"]
            assert least <= letters <= most, (least, letters, most)
        return filled


def _fill(disk: Path) -> Path:
    """A file that leaves no room, not a byte."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return filler


def _await(office: Office) -> None:
    """PostgreSQL stops when its journal cannot be written; it is begun again once it can."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            office.sql("SELECT 1")
        except psycopg.Error:  # not yet
            # Its keeper gives up after a while: whoever comes next, as an operator, starts it.
            with suppress(postgres.PostgresError):
                office.hold()
            time.sleep(0.2)
        else:
            return
    raise AssertionError("PostgreSQL did not come back.")


@contextmanager
def _disk(size: int) -> Iterator[Path]:
    """A disk of memory, for as long as this lasts."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="disque-"))
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "droitfil-tests", str(folder)],
            check=True, capture_output=True,
        )  # fmt: skip
        try:
            yield folder
        finally:
            _unmount(folder)
    finally:
        folder.rmdir()


def _unmount(folder: Path) -> None:
    for _try in range(100):
        done = subprocess.run(["umount", str(folder)], capture_output=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.1)  # PostgreSQL is ending
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    os.sync()
