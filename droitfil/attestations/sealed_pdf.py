"""The PAdES seal of a PDF: put by pyHanko, verified here to the last byte. No Django.

A PDF reader judges what a seal covers; we ask more: the file must be, byte for byte, the one that
was sealed. The seal covers the whole file but its own place, and that place must hold exactly what
sealing wrote there, in its one possible form, then zeros.
"""

from __future__ import annotations

import hashlib
import io
import re

from asn1crypto import cms, keys, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from droitfil.attestations.answers import Fault
from droitfil.attestations.keyring import ALGORITHM
from droitfil.attestations.trust import SEAL, Trust

#: Names of what a sealed PDF carries along.
CODE_FILE, PAPER_FILE, RECEIPT_FILE = "2d-doc.txt", "attestation.json", "recu.json"
FIELD = "Sceau"
#: Hexadecimal digits kept for the seal.
ROOM = 4096
_BYTE_RANGE = re.compile(rb"/ByteRange \[(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10})\]")
_LONGEST_RANGE = 100
#: What reading bytes that are no seal may raise.
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class NotSealed(Exception):
    """The file is not, byte for byte, one that we sealed; ``fault`` says how."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def seal(
    pdf: bytes,
    *,
    key: ec.EllipticCurvePrivateKey,
    certificate: bytes,
    authority: bytes,
    reason: str,
) -> bytes:
    """The PDF with our seal, PAdES baseline B; its tags and its attachments stay.

    :param certificate: of the seal, DER, as ``authority``.
    :param reason: one sentence that readers show beside the seal.
    """
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(x509.Certificate.load(authority))
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=store,
    )
    described = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
    )
    sealed = signers.PdfSigner(
        described,
        signer,
        new_field_spec=fields.SigFieldSpec(FIELD, readable_field_name=reason),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=ROOM)
    return bytes(sealed.getbuffer())


def attachments(pdf: bytes, trust: Trust) -> dict[str, bytes]:
    """What a PDF of ours carries along, once its seal is verified.

    :raises NotSealed: for any file that is not, to the last byte, one that was sealed by a
        certificate of ``trust``.
    """
    _verify(pdf, trust)
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        return {
            str(names[rank]): bytes(names[rank + 1]["/EF"]["/F"].data)
            for rank in range(0, len(names), 2)
        }
    except (KeyError, IndexError, PdfError):
        return {}  # sealed by us, and nothing in it that we know


def _verify(pdf: bytes, trust: Trust) -> None:
    place = pdf.rfind(b"/ByteRange")
    if place < 0:
        raise NotSealed(Fault.NOT_SEALED)
    found = _BYTE_RANGE.match(pdf[place : place + _LONGEST_RANGE])
    if found is None:
        raise NotSealed(Fault.ALTERED)
    start, before, after, rest = (int(digits) for digits in found.groups())
    if start or not 0 < before < after <= place or after + rest != len(pdf):
        raise NotSealed(Fault.ALTERED)
    message = hashlib.sha256(pdf[:before])
    message.update(pdf[after:])
    try:
        _verify_container(_container(pdf[before:after]), message.digest(), trust)
    except _MALFORMED:
        raise NotSealed(Fault.ALTERED) from None


def _container(gap: bytes) -> bytes:
    """The DER that the seal's place holds, in its one possible writing."""
    digits = gap[1:-1]
    raw = bytes.fromhex(digits.decode("ascii"))
    container = raw[: len(cms.ContentInfo.load(raw).dump())]
    if gap != b"<" + container.hex().upper().encode().ljust(len(digits), b"0") + b">":
        raise NotSealed(Fault.ALTERED)
    return container


def _verify_container(container: bytes, digest: bytes, trust: Trust) -> None:
    (info,) = cms.ContentInfo.load(container)["content"]["signer_infos"]
    attributes = info["signed_attrs"]
    signature = info["signature"].native
    serial = info["sid"].chosen["serial_number"].native
    said = {row["type"].native: row["values"][0].native for row in attributes}
    for known in trust.certificates.values():
        certificate = x509.Certificate.load(known.der)
        if known.purpose == SEAL and certificate.serial_number == serial:
            break
    else:
        raise NotSealed(Fault.UNKNOWN_CERTIFICATE)
    authority = x509.Certificate.load(trust.authorities[known.authority])
    if _rebuilt(certificate, authority, attributes, signature) != container:
        raise NotSealed(Fault.ALTERED)
    if said.get("message_digest") != digest:
        raise NotSealed(Fault.ALTERED)
    try:
        known.public.verify(signature, attributes.untag().dump(), ALGORITHM)
    except InvalidSignature:
        raise NotSealed(Fault.ALTERED) from None


def _rebuilt(
    certificate: x509.Certificate,
    authority: x509.Certificate,
    attributes: cms.CMSAttributes,
    signature: bytes,
) -> bytes:
    """The container as sealing writes it: whatever the signature does not cover is known."""
    sha256 = {"algorithm": "sha256"}
    issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer}),
            "digest_algorithm": sha256,
            "signed_attrs": attributes.untag().copy(),
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signature,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate, authority],
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())
