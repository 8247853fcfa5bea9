"""Whom to believe and what was revoked, as known on one day: the bundle that travels, signed.

No Django: whoever has the file verifies papers without any network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from droitfil.attestations import keyring

FORMAT = "droitfil-trust-1"
#: What a certificate signs, as ``models.Purpose`` writes it.
AUTHORITY, CODE, SEAL = "authority", "code", "seal"
#: Bytes of the mark of a signed text.
MARK_BYTES = 16


class Untrustworthy(ValueError):
    """The file is no bundle of ours, or not as it was signed. The sentence is for a person."""


@dataclass(frozen=True, slots=True)
class Known:
    """A certificate that the authority made, checked and ready to verify with."""

    authority: str
    name: str
    purpose: str
    der: bytes
    public: ec.EllipticCurvePublicKey
    valid_from: date
    valid_to: date
    retired_on: date | None

    def may_have_signed(self, on: date | None) -> bool:
        """Was it in service that day?"""
        return (
            on is not None
            and self.valid_from <= on <= self.valid_to
            and (self.retired_on is None or on <= self.retired_on)
        )


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known at ``known_at``.

    :param authorities: name -> the authority's own certificate, DER.
    :param certificates: (authority, name) -> a certificate of it.
    :param revoked: mark of a signed text -> (reason, day); see :func:`mark_of`.
    """

    known_at: datetime
    authorities: Mapping[str, bytes]
    certificates: Mapping[tuple[str, str], Known]
    revoked: Mapping[bytes, tuple[str, date]]

    @property
    def fingerprints(self) -> dict[str, str]:
        """authority -> SHA-256 of its certificate: what to compare by another way."""
        return {name: keyring.fingerprint(der) for name, der in self.authorities.items()}


def mark_of(signed: bytes) -> bytes:
    """By which a signed text is found in the base and in lists of revocations."""
    return hashlib.sha256(signed).digest()[:MARK_BYTES]


def gathered(
    rows: list[dict[str, Any]],
    *,
    known_at: datetime,
    revoked: Mapping[bytes, tuple[str, date]],
) -> Trust:
    """Trust made of rows {authority, name, purpose, der, retired_on}, each checked.

    :raises Untrustworthy: for a certificate that its authority did not sign.
    """
    told = tuple(
        (row["authority"], row["name"], row["purpose"], bytes(row["der"]), row["retired_on"])
        for row in rows
    )
    authorities, certificates = _checked(told)
    return Trust(known_at, authorities, certificates, revoked)


@lru_cache(maxsize=4)
def _checked(
    rows: tuple[tuple[str, str, str, bytes, date | None], ...],
) -> tuple[Mapping[str, bytes], Mapping[tuple[str, str], Known]]:
    """Authorities and certificates, each verified; once, for as long as they are the same."""
    authorities = {name: der for _, name, purpose, der, _ in rows if purpose == AUTHORITY}
    certificates = {}
    try:
        roots = {name: x509.load_der_x509_certificate(der) for name, der in authorities.items()}
        for authority, name, purpose, der, retired_on in rows:
            if purpose == AUTHORITY:
                roots[name].verify_directly_issued_by(roots[name])
                continue
            found = x509.load_der_x509_certificate(der)
            found.verify_directly_issued_by(roots[authority])
            certificates[authority, name] = Known(
                authority=authority,
                name=name,
                purpose=purpose,
                der=der,
                public=keyring.public_key(found),
                valid_from=found.not_valid_before_utc.date(),
                valid_to=found.not_valid_after_utc.date(),
                retired_on=retired_on,
            )
    except (InvalidSignature, ValueError, TypeError, KeyError) as error:
        raise Untrustworthy("Un certificat de la liste n'est pas celui de son autorité.") from error
    return MappingProxyType(authorities), MappingProxyType(certificates)


def written(trust: Trust, *, signs: str, key: ec.EllipticCurvePrivateKey) -> str:
    """The bundle as a file, signed by the certificate ``signs`` ("XX99 S001")."""
    authorities = [
        {"name": name, "der": _text(der)} for name, der in sorted(trust.authorities.items())
    ]
    certificates = [
        {
            "authority": known.authority,
            "name": known.name,
            "purpose": known.purpose,
            "der": _text(known.der),
            "retired_on": None if known.retired_on is None else known.retired_on.isoformat(),
        }
        for _, known in sorted(trust.certificates.items())
    ]
    revoked = [
        [mark.hex(), reason, day.isoformat()]
        for mark, (reason, day) in sorted(trust.revoked.items())
    ]
    content = json.dumps(
        {
            "known_at": trust.known_at.isoformat(),
            "authorities": authorities,
            "certificates": certificates,
            "revoked": revoked,
        },
        separators=(",", ":"),
    )
    signature = keyring.sign(key, _signed(content))
    return json.dumps(
        {"format": FORMAT, "signed_by": signs, "signature": _text(signature), "content": content},
        indent=1,
    )


def read(text: str | bytes, *, authority: str = "") -> Trust:
    """The trust that a bundle carries, once its signature and every certificate are verified.

    A bundle vouches for itself: what it is worth is the way it came by, or ``authority``.

    :param authority: SHA-256 of the authority's certificate, known by another way; checked when
        given.
    :raises Untrustworthy: when it is not whole, or from another authority.
    """
    try:
        envelope = json.loads(text)
        if envelope["format"] != FORMAT:
            raise Untrustworthy("Ce fichier n'est pas une liste de confiance de Droitfil.")
        content = json.loads(envelope["content"])
        trust = gathered(
            [
                *({"purpose": AUTHORITY, "authority": row["name"], "retired_on": None, **_raw(row)}
                  for row in content["authorities"]),
                *({**_raw(row), "retired_on": _maybe_day(row["retired_on"])}
                  for row in content["certificates"]),
            ],
            known_at=datetime.fromisoformat(content["known_at"]),
            revoked={
                bytes.fromhex(mark): (str(reason), date.fromisoformat(day))
                for mark, reason, day in content["revoked"]
            },
        )  # fmt: skip
        signer = trust.certificates.get(tuple(envelope["signed_by"].split()))
        signature = base64.b64decode(envelope["signature"], validate=True)
        signed = _signed(envelope["content"])
    except Untrustworthy:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Untrustworthy("Ce fichier n'est pas une liste de confiance lisible.") from error
    if (
        signer is None
        or signer.purpose != SEAL
        or not keyring.verifies(signer.public, signed, signature)
    ):
        raise Untrustworthy("La liste de confiance a été changée depuis sa signature.")
    if authority and authority.lower() not in trust.fingerprints.values():
        raise Untrustworthy("La liste de confiance vient d'une autre autorité que celle attendue.")
    return trust


def _signed(content: str) -> bytes:
    return f"{FORMAT}\n{content}".encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _raw(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "der": base64.b64decode(row["der"], validate=True)}


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
