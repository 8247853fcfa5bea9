"""What a file is, by its first bytes: its name and what a browser says of it prove nothing."""

from __future__ import annotations

from droitfil.files.cleaner.outcome import NotAccepted

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
KINDS = (PDF, JPEG, PNG, HEIC)

#: Brands of the HEIF container that hold one HEVC picture (ISO/IEC 23008-12); and its general ones.
_HEVC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_HEIF = (b"mif1", b"msf1", b"mif2")
#: Some scanners and mail programs put a few lines before the header (ISO 32000, annex H).
_BEFORE_PDF = 1024
#: First bytes -> what people call it, to answer them better than "unknown".
_OTHERS = (
    (b"PK\x03\x04", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"{\\rtf", "office"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x1aE\xdf\xa3", "video"),
)
_OFFICE_PARTS = (b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")


def kind_of(content: bytes) -> str:
    """One of :data:`KINDS`. :raises NotAccepted: "kind", with what it seems to be instead."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[4:8] == b"ftyp":
        return _in_container(content)
    found = next((what for start, what in _OTHERS if content.startswith(start)), "")
    if found == "archive" and any(part in content[:4096] for part in _OFFICE_PARTS):
        found = "office"
    if content.startswith(b"RIFF"):
        found = "picture" if content[8:12] == b"WEBP" else "video"
    if not found and b"%PDF-" in content[:_BEFORE_PDF]:
        return PDF
    raise NotAccepted("kind", {"found": found})


def _in_container(content: bytes) -> str:
    size = int.from_bytes(content[:4])
    brands = [content[at : at + 4] for at in (8, *range(16, min(max(size, 16), 256), 4))]
    if brands[0] in _HEVC or (brands[0] in _HEIF and any(brand in _HEVC for brand in brands)):
        return HEIC
    still = brands[0] in (*_HEIF, b"avif", b"avis")
    raise NotAccepted("kind", {"found": "picture" if still else "video"})
