"""A place of their own for what tests upload, and a real ClamAV that knows one signature."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from droitfil.lib.clamd import PrivateClamd, program
from tests.absences import NO_CLAMD


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def running_clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateClamd]:
    """clamd on a port of this machine, for as long as this process runs its tests."""
    if program() is None:
        pytest.skip(NO_CLAMD.reason)
    with PrivateClamd(("127.0.0.1", free_port()), tmp_path_factory.mktemp("clamd")) as clamd:
        assert clamd.wait(), (clamd.home / "clamd.log").read_text()
        yield clamd


@pytest.fixture
def clamd(running_clamd: PrivateClamd, settings: Settings) -> None:
    """The antivirus answers."""
    settings.CLAMD = running_clamd.address


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Settings) -> None:
    """Blobs and keys of one test; nobody answers for the antivirus unless it asks for ``clamd``."""
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
