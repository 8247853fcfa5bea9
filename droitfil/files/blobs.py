"""Encrypted bytes on disk, one file a blob, named at random: a name says nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from droitfil.files.vault import Tampered


def write(sealed: bytes) -> UUID:
    """Keeps ``sealed`` and gives its name; when this returns, a power cut no longer loses it."""
    name = uuid4()
    path = _path(name)
    _folder(path.parent)
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync(path.parent)
    return name


def read(name: UUID) -> bytes:
    """What :func:`write` kept. :raises Tampered: when it is gone."""
    try:
        return _path(name).read_bytes()
    except FileNotFoundError as error:
        raise Tampered(f"The blob {name} is gone.") from error


def remove(*names: UUID | None) -> None:
    """Removes blobs; harmless when they are gone already."""
    for name in names:
        if name is not None:
            with suppress(FileNotFoundError):
                _path(name).unlink()


def older_than(age: timedelta) -> Iterator[list[Path]]:
    """The files written so long ago, unfinished ones included, a folder at a time."""
    root: Path = settings.FILES_DIR
    if not root.is_dir():
        return
    before = time.time() - age.total_seconds()
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        found = []
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= before:
                    found.append(path)
        if found:
            yield found


def name_of(path: Path) -> UUID | None:
    """The blob that a file is; None for a file that was never finished."""
    try:
        return UUID(hex=path.name)
    except ValueError:
        return None


def _path(name: UUID) -> Path:
    root: Path = settings.FILES_DIR
    return root / name.hex[:2] / name.hex


def _folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
