"""Dated documents, sealed: canonical JSON that carries its own signature. No Django, no network.

A sealed document is one JSON object on one line: keys sorted, no blank, UTF-8. Its key
``signature`` says which certificate signed; what is signed is the format's name, a line feed, and
the same canonical text without that key. Any other spelling of the same data is refused, so that
no byte of a file can change unseen.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import ec

from droitfil.attestations import keyring
from droitfil.attestations.trust import SEAL, Trust

SIGNATURE = "signature"
#: In which the day of an instant is counted, as certificates are retired.
PARIS = ZoneInfo("Europe/Paris")


class Flaw(Enum):
    """Why a document is refused."""

    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    ALTERED = "altered"


class NotGenuine(ValueError):
    """The document is not as somebody of ours sealed it; ``flaw`` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signed ("XX99 S001"), and the signature (raw r and s)."""

    by: str
    signature: bytes

    def told(self) -> dict[str, str]:
        """As the document carries it."""
        return {"by": self.by, "value": base64.b64encode(self.signature).decode()}


def canonical(document: Mapping[str, Any]) -> str:
    """The one text of a document: keys sorted, no blank, no escape."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sealed(document: str, seal: Seal) -> str:
    """The file of a canonical ``document`` that bears no signature yet."""
    return canonical({**json.loads(document), SIGNATURE: seal.told()})


def signed_bytes(document: str) -> bytes:
    """What is signed of a canonical document: its format first, so that no other use fits."""
    return f"{json.loads(document)['format']}\n{document}".encode()


def is_sealed(document: str, seal: Seal, public: ec.EllipticCurvePublicKey) -> bool:
    """Is this the very text that was signed?"""
    return keyring.verifies(public, signed_bytes(document), seal.signature)


def verify(shown: bytes, trust: Trust) -> dict[str, Any]:
    """The document that a file carries, once every byte of it is known to be as sealed.

    :param shown: a file that :func:`sealed` wrote; its ``made_at`` is an instant.
    :raises NotGenuine: says why.
    """
    try:
        text = shown.decode()
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotGenuine(Flaw.UNREADABLE) from None
    if not isinstance(document, dict):
        raise NotGenuine(Flaw.UNREADABLE)
    seal = document.pop(SIGNATURE, None)
    if seal is None:
        raise NotGenuine(Flaw.UNSIGNED)
    try:
        found = Seal(seal["by"], base64.b64decode(seal["value"], validate=True))
        bare = canonical(document)
        if sealed(bare, found) != text:
            raise NotGenuine(Flaw.ALTERED)
        made_on = datetime.fromisoformat(document["made_at"]).astimezone(PARIS).date()
        authority, name = found.by.split()
        known = trust.certificates.get((authority, name))
        message = signed_bytes(bare)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise NotGenuine(Flaw.ALTERED) from None
    if known is None or known.purpose != SEAL or not known.may_have_signed(made_on):
        raise NotGenuine(Flaw.UNKNOWN_CERTIFICATE)
    if not keyring.verifies(known.public, message, found.signature):
        raise NotGenuine(Flaw.ALTERED)
    return dict(document)
