"""Keys and certificates as files and bytes: P-256, private keys on disk only, no Django.

A private key is a file that only its owner reads, named after the authority, the certificate and
the public key: a key is never overwritten, and two installations never mistake each other's.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.x509.oid import NameOID

#: What every certificate of ours says of who made it. Nobody may take it for the State's.
ORGANISATION = "Droitfil - autorité inventée, sans valeur officielle"
#: SHA-256 with a deterministic form of its result: see :func:`sign`.
ALGORITHM = ec.ECDSA(hashes.SHA256())
#: The order of P-256. Of the two values of s that verify, the smaller one is ours.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HALF = 32
SIGNATURE = 2 * HALF


class KeyMissing(Exception):
    """The private key of a certificate is not in the folder; says where it was looked for."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key, nowhere kept yet."""
    return ec.generate_private_key(ec.SECP256R1())


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """ECDSA P-256 with SHA-256: raw r and s, 64 bytes, with the smaller s.

    Nobody without the key can make another signature of the same message out of this one.
    """
    r, s = decode_dss_signature(key.sign(message, ALGORITHM))
    return r.to_bytes(HALF, "big") + min(s, ORDER - s).to_bytes(HALF, "big")


def verifies(public: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    """Did the owner of ``public`` make exactly this signature with :func:`sign`?"""
    if len(signature) != SIGNATURE:
        return False
    r, s = int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big")
    if s > ORDER // 2:
        return False
    try:
        public.verify(encode_dss_signature(r, s), message, ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True


def authority_certificate(
    key: ec.EllipticCurvePrivateKey, *, name: str, valid_from: datetime, valid_to: datetime
) -> x509.Certificate:
    """The authority's own certificate, signed by itself; ``name`` has four characters."""
    subject = _name(name)
    return (
        _builder(subject, subject, key.public_key(), valid_from, valid_to)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def signing_certificate(
    public: ec.EllipticCurvePublicKey,
    *,
    name: str,
    valid_from: datetime,
    valid_to: datetime,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A certificate of the authority for a key that signs papers."""
    return (
        _builder(_name(name), authority.subject, public, valid_from, valid_to)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )


def keep(key: ec.EllipticCurvePrivateKey, folder: Path, *, certificate: str) -> Path:
    """Writes a private key where only its owner reads it; never over another one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(key.public_key(), folder, certificate)
    fresh = path.with_suffix(f".{os.getpid()}")
    content = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()
    return path


def kept(public: ec.EllipticCurvePublicKey, folder: Path, *, certificate: str) -> bool:
    """Is the private key of this certificate in the folder?"""
    return _path(public, folder, certificate).is_file()


def load(
    public: ec.EllipticCurvePublicKey, folder: Path, *, certificate: str
) -> ec.EllipticCurvePrivateKey:
    """The private key of a certificate. :raises KeyMissing: when it is not in the folder."""
    return _load(_path(public, folder, certificate))


@lru_cache(maxsize=16)
def _load(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyMissing(str(path)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyMissing(str(path))
    return key


def _path(public: ec.EllipticCurvePublicKey, folder: Path, certificate: str) -> Path:
    return folder / f"{certificate}-{fingerprint(public_bytes(public))[:16]}.pem"


def public_bytes(public: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as certificates hold it (DER)."""
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def public_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    """The key of a certificate. :raises ValueError: when it is not on P-256."""
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("A certificate of ours holds a P-256 key.")
    return public


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as bytes."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    valid_from: datetime,
    valid_to: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_to)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})
