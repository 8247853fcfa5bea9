"""The PDF of a paper: drawn when asked for, from its row alone, then sealed."""

from __future__ import annotations

import hashlib

from cryptography import x509
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from droitfil.attestations import drawing, keyring, sealed_pdf, words
from droitfil.attestations.actions import receipts
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.models import Attestation, Certificate, Purpose, Receipt
from droitfil.lib.refusals import Refusal
from droitfil.rules import seal


def sealed_paper(paper: Attestation) -> bytes:
    """The sealed PDF of a paper. Drawn again it says exactly the same; only its seal is new.

    :raises Refusal: when its row is not what was signed, or when no key can seal.
    """
    whole = seal.from_canonical(paper.content)
    _check(paper)
    code = seal.text(paper.code, bytes(paper.signature)) if paper.signature else ""
    signs = signer(Purpose.SEAL)
    drawn = drawing.draw(
        whole,
        code=code,
        issued_on=timezone.localdate(paper.issued_at),
        authority=signs.certificate.authority,
    )
    return put_seal(drawn)


def sealed_receipt(receipt: Receipt) -> bytes:
    """The sealed PDF of a receipt. Raises what :func:`sealed_paper` does."""
    public = keyring.public_key(x509.load_der_x509_certificate(bytes(receipt.certificate.der)))
    signed = f"{receipts.FORMAT}\n{receipt.content}".encode()
    if not keyring.verifies(public, signed, bytes(receipt.signature)):
        raise Refusal(_("Ce reçu n’est plus tel qu’il a été signé ; il ne peut pas être imprimé."))
    return put_seal(drawing.draw_receipt(receipt.content, authority=receipt.certificate.authority))


def put_seal(pdf: bytes) -> bytes:
    """A PDF of ours with the seal in service. :raises Refusal: when no key can seal."""
    signs = signer(Purpose.SEAL)
    authority = Certificate.objects.get(
        authority=signs.certificate.authority, purpose=Purpose.AUTHORITY
    )
    with translation.override("fr"):
        reason = str(words.SEALED)
    return sealed_pdf.seal(
        pdf,
        key=signs.key,
        certificate=bytes(signs.certificate.der),
        authority=bytes(authority.der),
        reason=reason,
    )


def _check(paper: Attestation) -> None:
    """Whoever changes the base does not make us seal what was never signed."""
    whole = hashlib.sha256(paper.content.encode()).digest() == bytes(paper.digest)
    if whole and paper.certificate is not None:
        public = keyring.public_key(x509.load_der_x509_certificate(bytes(paper.certificate.der)))
        signed = paper.code.encode("ascii")
        whole = keyring.verifies(public, signed, bytes(paper.signature or b""))
    if not whole:
        raise Refusal(
            _(
                "Ce papier n’est plus tel qu’il a été signé ; il ne peut pas être imprimé. "
                "La préfecture doit en être prévenue."
            )
        )
