"""``python -m bench.soak faults``: what breaks around the program, and what must hold.

FAULTS_KILLS (800) blows on pages, rounds, PostgreSQL and ClamAV under people who act; with the 200
of ``nights``, a thousand. Then a disk that fills up, mail servers in trouble, a clock that moves.
FAULTS_SEED draws other moments.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import full_disk, moved_clock
from tests.faults.trial import under_blows

ROOT = Path(__file__).resolve().parents[1]


def faults() -> bool:
    """Every trial, whatever became of the ones before it."""
    held = [_tried(trial) for trial in (_blows, _disk, _mail, _clock)]
    return all(held)


def _tried(trial: Callable[[], str]) -> bool:
    began = time.monotonic()
    try:
        said = trial()
    except AssertionError as wrong:
        print(f"\n  {wrong}\n  n'a pas tenu : {trial.__doc__} Rejouer : {_again(trial)}")
        return False
    print(f"  {said} ({time.monotonic() - began:.0f} s)", flush=True)
    return True


def _again(trial: Callable[[], str]) -> str:
    seed = os.environ.get("FAULTS_SEED", "1")
    return f"FAULTS_SEED={seed} python -m bench.soak faults ({trial.__name__.strip('_')})"


def _blows() -> str:
    """Des coups au hasard pendant que l'on agit."""
    kills = int(os.environ.get("FAULTS_KILLS", "800"))
    seed = int(os.environ.get("FAULTS_SEED", "1"))
    with tempfile.TemporaryDirectory() as folder:
        blows = under_blows(Path(folder), kills=kills, seed=seed, progress=True)
    fell = ", ".join(f"{victim} {count}" for victim, count in sorted(blows.count.items()))
    told = blows.told
    failed = sum(count for status, count in told.answers.items() if status >= 500)
    return (
        f"{blows.count.total()} coups ({fell}) : rien de perdu, rien deux fois ; "
        f"{told.answers.total()} réponses, {failed} pannes dites par une phrase, "
        f"{told.lost} connexions rompues"
    )


def _disk() -> str:
    """Un disque qui se remplit."""
    if not full_disk.may_mount():
        return "disque plein : pas essayé, ce compte ne peut pas monter de petit disque"
    with tempfile.TemporaryDirectory() as folder:
        filled = full_disk.fill(Path(folder))
    refused = sum(count for status, count in filled.meanwhile.answers.items() if status >= 400)
    return f"disque plein : {refused} refus dits par une phrase, tout reprend ensuite"


def _mail() -> str:
    """Des serveurs de courriel lents, muets, qui refusent ou raccrochent."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/faults/test_mail_servers.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    return "courriel : lent, muet, au compte-gouttes, qui refuse, qui raccroche : rien de perdu"


def _clock() -> str:
    """Une horloge que l'on déplace."""
    if moved_clock.library() is None:
        return "horloge déplacée : pas essayée, cette machine n'a pas libfaketime"
    said = moved_clock.run()
    return f"horloge déplacée : {len(said.splitlines())} essais, rien de perdu, rien deux fois"
