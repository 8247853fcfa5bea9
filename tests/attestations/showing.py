"""What people show: the PDF of a paper, its code, photographs of it."""

from __future__ import annotations

import io
from datetime import datetime

import pillow_heif
from PIL import Image

from droitfil.attestations import bundle, drawing, printing, trust
from droitfil.attestations.actions import Order, issue
from droitfil.attestations.models import Attestation
from droitfil.rules import seal
from tests.attestations.papers import ACTOR, NOW, order


def issued(asked: Order | None = None, *, now: datetime = NOW) -> Attestation:
    """A paper issued now."""
    asked = asked or order()
    issue(ACTOR, [asked], now=now)
    return Attestation.objects.get(key=asked.key)


def code_of(paper: Attestation) -> str:
    """The text of its 2D-Doc."""
    return seal.text(paper.code, bytes(paper.signature or b""))


def pdf_of(paper: Attestation) -> bytes:
    """Its sealed PDF."""
    return printing.sealed_paper(paper)


def trust_now(*, now: datetime = NOW) -> trust.Trust:
    """What a bundle downloaded now tells."""
    return trust.read(bundle.bundle(now=now))


def picture_of(code: str, *, pixels: int = 6) -> Image.Image:
    """The printed Data Matrix, in the middle of a sheet."""
    matrix = drawing.DataMatrix(code, codecs=drawing.CODECS).matrix
    drawn = Image.new("L", (len(matrix[0]), len(matrix)), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                drawn.putpixel((x, y), 0)
    drawn = drawn.resize((drawn.width * pixels, drawn.height * pixels), Image.Resampling.NEAREST)
    sheet = Image.new("L", (drawn.width + 400, drawn.height + 500), 245)
    sheet.paste(drawn, (150, 200))
    return sheet


def as_heic(picture: Image.Image, *, orientation: int = 1) -> bytes:
    """The picture as telephones keep it; ``orientation`` says how the camera was held (EXIF)."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = picture.convert("RGB")
    made.info["exif"] = exif.tobytes()
    kept = io.BytesIO()
    pillow_heif.from_pillow(made).save(kept, quality=80)
    return kept.getvalue()


def as_bytes(picture: Image.Image, kind: str = "JPEG", *, quality: int = 75) -> bytes:
    """The picture as a file."""
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, kind, quality=quality)
    return kept.getvalue()
