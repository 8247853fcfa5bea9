"""A Python of its own for each peer: its libraries never meet ours, nor each other's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.peers.compared import Peer

#: Seconds granted to an install.
PATIENCE = 600.0
UV = Path(sys.executable).with_name("uv")


class NotInstalled(Exception):
    """The peer cannot be had here; the text is a French sentence that says why."""


def install(peer: Peer, home: Path) -> Path:
    """The Python in which ``peer`` is installed, as its lock pins it; made again when that changes.

    :raises NotInstalled: when the registry, the disk or the machine refuses.
    """
    folder = home / peer.package
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = hashlib.sha256(peer.lock.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run(peer, "venv", "--quiet", "--python", sys.executable, str(folder))
    _run(
        peer, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(peer.lock)
    )
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _run(peer: Peer, *arguments: str) -> None:
    absent = f"{peer.name} {peer.version} ne s'installe pas ici"
    try:
        done = subprocess.run(
            [str(UV), *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except OSError as error:
        raise NotInstalled(f"{absent} : uv ne se lance pas. Recommencez après make dev.") from error
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"{absent} : rien n'est venu en {PATIENCE:.0f} s.") from error
    if done.returncode != 0:
        raise NotInstalled(
            f"{absent} ; uv dit : « {_reason(done.stderr)} ». Vérifiez l'accès à PyPI et le "
            "disque, puis recommencez."
        )


def _reason(said: str) -> str:
    """What uv says first, in its own words, without its marks nor any address."""
    lines = [line.strip(" ×╰─▶├│\t").removeprefix("error: ") for line in said.splitlines()]
    words = next((line for line in lines if line), "…").split()
    return " ".join(word for word in words if "://" not in word).rstrip(".:")
