"""Reading the code of a photographed paper. No Django.

Whatever is given is only looked at: a picture that would fill the memory is refused before it is
decoded, and nothing of it is kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

#: A larger file, or a picture of more pixels, is refused.
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
#: The code is looked for in a picture of this size at most, then in smaller ones.
LARGEST_SIDES = (2000, 1200, 700)
FORMATS = ("JPEG", "PNG", "WEBP")
_DATA_MATRIX = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix])
#: Codes looked at in one picture.
MOST_CODES = 6


class NotAPicture(ValueError):
    """The bytes are no picture that is read here."""


class TooLarge(ValueError):
    """The picture has more pixels than anyone's photograph of a paper."""


def codes(picture: bytes) -> list[str]:
    """The texts of the Data Matrix codes of a picture, none when no code can be read.

    :raises NotAPicture: for anything but a JPEG, PNG or WebP picture.
    :raises TooLarge: when it has too many pixels.
    """
    for attempt in _attempts(_opened(picture)):
        found = zxingcpp.read_barcodes(attempt, formats=_DATA_MATRIX, try_invert=False)
        texts = [code.bytes.decode("latin-1") for code in found[:MOST_CODES] if code.valid]
        if texts:
            return texts
    return []


def is_picture(content: bytes) -> bool:
    """Do the first bytes say one of :data:`FORMATS`?"""
    return (
        content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or content[:4] + content[8:12] == b"RIFFWEBP"
    )


def _opened(picture: bytes) -> Image.Image:
    """The picture in grey, upright, no larger than what is looked at."""
    if len(picture) > MOST_BYTES:
        raise TooLarge
    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)  # its head only
        if image.width * image.height > MOST_PIXELS:
            raise TooLarge
        image.draft("L", (LARGEST_SIDES[0], LARGEST_SIDES[0]))
        image.thumbnail((LARGEST_SIDES[0],) * 2, reducing_gap=2.0)
        return ImageOps.exif_transpose(image).convert("L")
    except TooLarge:
        raise
    except Image.DecompressionBombError:
        raise TooLarge from None
    # Pillow's decoders raise nearly anything on bytes made to harm.
    except Exception as error:
        raise NotAPicture from error


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture, then made easier in the ways that photographs ask for; few, for each costs."""
    for side in LARGEST_SIDES:
        if side == LARGEST_SIDES[0] or max(image.size) > side:
            smaller = image.copy()
            smaller.thumbnail((side, side))
            yield smaller
    middle = image.copy()
    middle.thumbnail((LARGEST_SIDES[1],) * 2)
    yield ImageOps.autocontrast(middle.filter(ImageFilter.UnsharpMask(radius=3, percent=200)))
    if max(image.size) < LARGEST_SIDES[1]:
        yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
