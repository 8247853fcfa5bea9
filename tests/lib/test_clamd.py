"""The private ClamAV: one at a time, and none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from droitfil.cli import serve
from droitfil.lib import clamd
from droitfil.lib.clamd import PrivateClamd, answers
from tests.absences import NO_CLAMD, skip_without

PROJECT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from droitfil.lib.clamd import PrivateClamd
clamd = PrivateClamd(home=Path(sys.argv[1]))
clamd.address = Path(sys.argv[2]) / "s"
assert clamd.start() and clamd.wait()
print(clamd.process.pid, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        return "clamd" in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return False


def soon(what: object, seconds: float = 20) -> bool:
    assert callable(what)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


@skip_without(NO_CLAMD)
def test_it_ends_with_whoever_holds_it_even_killed(tmp_path: Path) -> None:
    folder = Path(f"/tmp/droitfil-test-hold-{os.getpid()}")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), str(folder)],
        cwd=PROJECT, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        assert alive(pid)
        holder.send_signal(signal.SIGKILL)
    assert soon(lambda: not alive(pid))
    # The socket that it left does not keep the next one from listening.
    with PrivateClamd(folder / "s", tmp_path) as again:
        assert again.wait()
    assert not folder.exists()


@skip_without(NO_CLAMD)
def test_a_second_holder_uses_the_first_one_s_then_takes_over(tmp_path: Path) -> None:
    address = Path(f"/tmp/droitfil-test-two-{os.getpid()}") / "s"
    first = PrivateClamd(address, tmp_path)
    assert first.start()
    assert first.wait()
    with PrivateClamd(address, tmp_path) as second:
        assert second.wait()
        assert second.process is None
        first.stop()
        assert soon(lambda: second.process is not None and answers(address))
    assert not answers(address)


def test_a_machine_without_it_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clamd, "program", lambda: None)
    settings.CLAMD = clamd.socket_path()
    with serve._antivirus():
        pass
    assert "les pièces resteront en quarantaine" in capsys.readouterr().out
    assert not PrivateClamd().start()
    PrivateClamd().stop()


def test_an_operator_s_own_is_left_alone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CLAMD = ("antivirus.invalid", 3310)
    with serve._antivirus() as held:
        assert held is None
    assert capsys.readouterr().out == ""
