"""Several cleaned copies made one document, in the order they are given."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import ExitStack

import pikepdf
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from droitfil.files.cleaner.kinds import PDF
from droitfil.files.cleaner.outcome import Cleaned, Limits, NotAccepted
from droitfil.files.cleaner.pictures import as_jpeg, turned

#: An A4 sheet upright, in points of a PDF.
SHEET = (595.28, 841.89)
#: The longest side of a photograph in points, and its quality: the first that fits is taken. The
#: first prints an A4 page at 205 points an inch; each photograph is kept besides as it came.
STEPS = ((2400, 82), (2000, 72), (1600, 60))


def bind(parts: Sequence[bytes], turns: Sequence[int], limits: Limits) -> Cleaned:
    """One PDF of ``parts``, cleaned PDFs and pictures, each turned clockwise by its ``turns``.

    :param turns: degrees: 0, 90, 180 or 270.
    :raises NotAccepted: "together", too many pages or octets however small the photographs.
    """
    for longest, quality in STEPS:
        made, pages = _bound(parts, turns, longest, quality)
        if pages > limits.pages:
            raise NotAccepted("together", {"pages": pages, "most": limits.pages})
        if len(made) <= limits.size:
            return Cleaned(PDF, PDF, pages, made)
    raise NotAccepted("together_size", {"size": len(made), "most": limits.size})


def _bound(
    parts: Sequence[bytes], turns: Sequence[int], longest: int, quality: int
) -> tuple[bytes, int]:
    with Pdf.new() as made, ExitStack() as open_until_written:
        for part, turn in zip(parts, turns, strict=True):
            if part.startswith(b"%PDF-"):
                source = open_until_written.enter_context(pikepdf.open(io.BytesIO(part)))
                before = len(made.pages)
                made.pages.extend(source.pages)
                for page in list(made.pages)[before:]:
                    page.rotate(turn, relative=True)
            else:
                _add_picture(made, turned(part, turn, longest), quality)
        out = io.BytesIO()
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return out.getvalue(), len(made.pages)


def _add_picture(made: Pdf, picture: Image.Image, quality: int) -> None:
    """A sheet that lies as the picture does, the picture as large as it allows."""
    width, height = SHEET if picture.width <= picture.height else SHEET[::-1]
    scale = min(width / picture.width, height / picture.height)
    wide, high = picture.width * scale, picture.height * scale
    page = made.add_blank_page(page_size=(width, height))
    stream = made.make_stream(
        as_jpeg(picture, quality=quality), Type=Name.XObject, Subtype=Name.Image,
        Width=picture.width, Height=picture.height, ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )  # fmt: skip
    page.obj.Resources = Dictionary(XObject=Dictionary(Im=stream))
    left, low = (width - wide) / 2, (height - high) / 2
    drawn = f"q {wide:.3f} 0 0 {high:.3f} {left:.3f} {low:.3f} cm /Im Do Q"
    page.obj.Contents = made.make_stream(drawn.encode())
