"""The authority and its certificates: made once, put out of service one by one, never removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from droitfil.attestations import keyring
from droitfil.attestations.models import Certificate, Purpose
from droitfil.journal.actions import record
from droitfil.lib.refusals import Conflict, Refusal

#: What a certificate made now is valid for. It begins before: an instance may live on a date of
#: its own (a demonstration, a recovery), and outlives every paper that it signs.
BEFORE, AFTER = timedelta(days=5 * 365), timedelta(days=25 * 365)
#: One at a time makes or retires certificates.
_LOCK = 0x7365616C
_LETTER = {Purpose.CODE: "", Purpose.SEAL: "S"}
_NAME_LENGTH = 4


class Signer(NamedTuple):
    """A certificate in service, with its private key."""

    certificate: Certificate
    key: ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        """See :func:`keyring.sign`."""
        return keyring.sign(self.key, message)


def signing_folder() -> str:
    """Where the private keys of certificates are, for messages to an operator."""
    return str(settings.KEYS_FOLDER / "signing")


def signer(purpose: Purpose) -> Signer:
    """The certificate in service for ``purpose``, and its key.

    :raises Refusal: when there is none, or when its key is not in the folder: a person who
        operates the platform can put it right.
    """
    found = _current(purpose)
    if found is None:
        raise Refusal(
            _("Aucun certificat n’est en service pour signer. Lancez droitfil keys signing init.")
        )
    return Signer(found, private_key(found))


def private_key(certificate: Certificate) -> ec.EllipticCurvePrivateKey:
    """The key of a certificate, from its file. :raises Refusal: when it is not there."""
    public = keyring.public_key(x509.load_der_x509_certificate(bytes(certificate.der)))
    try:
        return keyring.load(
            public, settings.KEYS_FOLDER / "signing", certificate=str(certificate).replace(" ", "-")
        )
    except keyring.KeyMissing:
        raise Refusal(
            _(
                "La clé privée du certificat %(name)s n’est pas dans le dossier des clés : "
                "remettez-la, ou mettez un autre certificat en service par "
                "droitfil keys signing rotate."
            )
            % {"name": certificate}
        ) from None


def make_authority(actor: str, *, now: datetime) -> list[Certificate]:
    """Makes what is missing of the authority and its certificates; those that were made.

    Calling it again makes nothing.
    """
    with transaction.atomic():
        _one_at_a_time()
        return [_make(actor, purpose, now=now) for purpose in Purpose if _current(purpose) is None]


def rotate(actor: str, *, purpose: Purpose, now: datetime) -> Certificate:
    """Puts a new key in service for ``purpose``; the former one signs nothing more.

    What it signed stays verifiable: its certificate is kept, and published.

    :raises Conflict: for the authority: a new one is a new name (DROITFIL_AUTHORITY).
    """
    if purpose == Purpose.AUTHORITY:
        raise Conflict(_("Une autorité ne se remplace pas : elle change de nom."))
    with transaction.atomic():
        _one_at_a_time()
        former = _current(purpose)
        if former is not None:
            Certificate.objects.filter(pk=former.pk).update(retired_at=now)
            record(
                actor,
                action="certificate.retired",
                subject_kind="certificate",
                at=now,
                facts={"authority": former.authority, "name": former.name},
            )
        return _make(actor, purpose, now=now)


def _current(purpose: Purpose) -> Certificate | None:
    return Certificate.objects.filter(
        authority=settings.AUTHORITY, purpose=purpose, retired_at__isnull=True
    ).first()


def _make(actor: str, purpose: Purpose, *, now: datetime) -> Certificate:
    """A new key in the folder, and its certificate; the key first, so that it is never missing."""
    key = keyring.new_key()
    dates = {"valid_from": now - BEFORE, "valid_to": now + AFTER}
    name = settings.AUTHORITY if purpose == Purpose.AUTHORITY else _next_name(purpose)
    if purpose == Purpose.AUTHORITY:
        made = keyring.authority_certificate(key, name=name, **dates)
    else:
        authority = signer(Purpose.AUTHORITY)
        made = keyring.signing_certificate(
            key.public_key(),
            name=name,
            authority=x509.load_der_x509_certificate(bytes(authority.certificate.der)),
            authority_key=authority.key,
            **dates,
        )
    keyring.keep(key, settings.KEYS_FOLDER / "signing", certificate=f"{settings.AUTHORITY}-{name}")
    kept = Certificate.objects.create(
        name=name,
        authority=settings.AUTHORITY,
        purpose=purpose,
        der=keyring.der(made),
        made_at=now,
    )
    record(
        actor,
        action="certificate.made",
        subject_kind="certificate",
        at=now,
        facts={
            "authority": kept.authority,
            "name": name,
            "purpose": str(purpose),
            "fingerprint": keyring.fingerprint(keyring.der(made)),
        },
    )
    return kept


def _next_name(purpose: Purpose) -> str:
    """The next free name: 0001 for codes, S001 for seals."""
    letter = _LETTER[purpose]
    made = Certificate.objects.filter(authority=settings.AUTHORITY, purpose=purpose).count()
    return f"{letter}{made + 1:0{_NAME_LENGTH - len(letter)}}"


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
