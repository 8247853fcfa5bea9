"""Envelope encryption: each blob under its own key, each key wrapped by a master key.

Everything is AES-256-GCM, bound to what it is about: a blob or a key moved to another upload does
not open. Master keys are files of a folder that is neither in the database nor in the project,
readable by their owner only; the one of the highest number is in use.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

#: Says how the rest is written; another way of writing will have another mark.
_MARK = b"DF1\0"
_NONCE = 12
_KEY_FILE = re.compile(r"files-(\d{4})-([0-9a-f]{16})\.key")


class KeyMissing(Exception):
    """No master key opens this; the text is a French sentence for the operator."""


class Tampered(Exception):
    """What was stored is not what was written, or belongs elsewhere."""


def new_key() -> bytes:
    """A key for one blob."""
    return AESGCM.generate_key(256)


def encrypt(content: bytes, key: bytes, *, about: str) -> bytes:
    """``content`` sealed under ``key``; it opens only with the same ``about``."""
    nonce = secrets.token_bytes(_NONCE)
    return _MARK + nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def decrypt(sealed: bytes, key: bytes, *, about: str) -> bytes:
    """What :func:`encrypt` sealed. :raises Tampered: when a bit of it, or ``about``, differs."""
    start = len(_MARK) + _NONCE
    if not sealed.startswith(_MARK):
        raise Tampered("Not sealed by this program.")
    try:
        return AESGCM(key).decrypt(sealed[len(_MARK) : start], sealed[start:], about.encode())
    except InvalidTag as error:
        raise Tampered("The seal does not hold.") from error


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps keys; ``id`` says its number and, in part, its SHA-256."""

    id: str
    secret: bytes = field(repr=False)

    def wrap(self, key: bytes, *, about: str) -> bytes:
        """``key``, to be kept in the database."""
        return encrypt(key, self.secret, about=about)

    def unwrap(self, wrapped: bytes, *, about: str) -> bytes:
        """The key again. :raises Tampered: when it was wrapped otherwise."""
        return decrypt(bytes(wrapped), self.secret, about=about)


class Keyring:
    """The master keys of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> list[str]:
        """Every key there is, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            path.name.removesuffix(".key")
            for path in self.folder.iterdir()
            if _KEY_FILE.fullmatch(path.name)
        )

    def current(self) -> MasterKey:
        """The key in use. :raises KeyMissing: when there is none."""
        if not (ids := self.ids()):
            raise KeyMissing(f"Aucune clé maîtresse dans {self.folder}.")
        return self.get(ids[-1])

    def get(self, id_: str) -> MasterKey:
        """One key. :raises KeyMissing: when its file is not there, or not as it was made."""
        path = self.folder / f"{id_}.key"
        try:
            secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise KeyMissing(
                f"La clé maîtresse {path} ne se lit pas : remettez-la d'après votre sauvegarde."
            ) from error
        if _id(int(id_.split("-")[1]), secret) != id_:
            raise KeyMissing(f"{path} ne contient pas la clé que son nom annonce.")
        return MasterKey(id_, secret)

    def make(self, *, unless_any: bool = False) -> MasterKey:
        """A new key, in use from now on; with ``unless_any``, only if there is none yet."""
        with self._alone():
            if unless_any and self.ids():
                return self.current()
            number = max((int(i.split("-")[1]) for i in self.ids()), default=0) + 1
            secret = new_key()
            id_ = _id(number, secret)
            # Whole under another name first: a key half written would be taken for the current.
            fresh = self.folder / f".{id_}.new"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{secret.hex()}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(self.folder / f"{id_}.key")
            _sync(self.folder)
            return MasterKey(id_, secret)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def keyring() -> Keyring:
    """The master keys of this installation."""
    return Keyring(settings.KEYS_DIR)


def _id(number: int, secret: bytes) -> str:
    return f"files-{number:04d}-{hashlib.sha256(secret).hexdigest()[:16]}"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
