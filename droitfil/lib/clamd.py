"""A private ClamAV for a demonstration or the tests, when its program is on this machine.

It knows one signature, that of the harmless test file of the trade (EICAR): it shows the way that
an infected piece goes, and protects nobody. An operator gives a real one by ``DROITFIL_CLAMD``.
Nothing here imports Django.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PROJECT = Path(__file__).resolve().parents[2]
#: What the private clamd of this checkout keeps: its settings, its signature, its log.
HOME = PROJECT / ".droitfil" / "clamd"
#: Where Debian's own listens.
DEBIAN = Path("/run/clamav/clamd.ctl")
#: Bytes of a piece that it accepts to look at; more than ``DROITFIL_UPLOAD_MEGABYTES`` allows.
LARGEST = 512 * 2**20
#: Seconds granted to a start; it takes less than one.
PATIENCE = 30.0
_LOOK_EVERY = 1.0
#: The test file's text, in hexadecimal: written plainly, it would alarm who scans this project.
_EICAR = (
    "58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)
#: Runs a program that ends when the thread that started it does, however it ends.
_TIED = (
    "import ctypes, os, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)

Address = Path | tuple[str, int]


def program() -> str | None:
    """The program of this machine, None when it has none."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def socket_path(home: Path = HOME) -> Path:
    """Where the clamd of ``home`` listens: short (a socket's path has 107 bytes), one a home."""
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path("/tmp") / f"droitfil-clamd-{os.geteuid()}-{name}" / "clamd.sock"  # nosec B108


def default() -> Address:
    """The machine's own clamd when there is one, else the private one of this checkout."""
    return DEBIAN if DEBIAN.exists() else socket_path()


def answers(address: Address) -> bool:
    """Does a clamd answer there?"""
    family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(address) if isinstance(address, Path) else address)
            probe.sendall(b"zPING\0")
            return probe.recv(16) == b"PONG\0"
        except OSError:
            return False


class PrivateClamd:
    """A clamd that runs while this is held, started again when it dies.

    :param address: where to listen: a Unix socket, or a port of this machine.
    """

    def __init__(self, address: Address | None = None, home: Path = HOME) -> None:
        self.address: Address = address or socket_path(home)
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> bool:
        """Starts it, unless one answers there already; False when this machine has no clamd."""
        if program() is None:
            return False
        self._thread.start()
        return True

    def wait(self, seconds: float = PATIENCE) -> bool:
        """Waits until it answers; False when it does not within ``seconds``."""
        return self._up.wait(seconds)

    def stop(self) -> None:
        """Stops it. Harmless when it was not started."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _keep(self) -> None:
        # All from one thread: a clamd ends with the thread that started it.
        while not self._stopping.is_set():
            if not answers(self.address):
                self._up.clear()
                self._end()
                self._launch()
                self._await_answer()
            else:
                self._up.set()
            self._stopping.wait(_LOOK_EVERY)
        self._end()

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._stopping.is_set():
            if answers(self.address):
                self._up.set()
                return
            if self.process is None or self.process.poll() is not None:
                return
            time.sleep(0.05)

    def _launch(self) -> None:
        path = program()
        if path is None:
            return
        log = self._prepared() / "clamd.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(  # nosec B603
                [sys.executable, "-I", "-S", "-c", _TIED, path, "-c", str(self.home / "conf")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
            )

    def _prepared(self) -> Path:
        signatures = self.home / "signatures"
        signatures.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = f"Eicar-Test-Signature:0:*:{_EICAR}\n"
        (signatures / "eicar.ndb").write_text(text, encoding="ascii")
        if isinstance(self.address, Path):
            self.address.parent.mkdir(mode=0o700, exist_ok=True)
            found = self.address.parent.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                raise PermissionError(13, "another account's", str(self.address.parent))
            listens = [f"LocalSocket {self.address}", "LocalSocketMode 600", "FixStaleSocket yes"]
        else:
            listens = [f"TCPAddr {self.address[0]}", f"TCPSocket {self.address[1]}"]
        # What it is sent passes through a file: in memory, where the system has such a place.
        memory = Path("/dev/shm")  # nosec B108
        scratch = memory if os.access(memory, os.W_OK) else self.home
        lines = [
            "Foreground yes",
            f"DatabaseDirectory {signatures}",
            f"TemporaryDirectory {scratch}",
            *(f"{name} {LARGEST}" for name in ("StreamMaxLength", "MaxFileSize", "MaxScanSize")),
            "AlertExceedsMax yes",
            "SelfCheck 0",
            *listens,
        ]
        (self.home / "conf").write_text("\n".join([*lines, ""]), encoding="utf-8")
        return self.home

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        if isinstance(self.address, Path):
            self.address.unlink(missing_ok=True)
            with suppress(OSError):
                self.address.parent.rmdir()
