"""Pictures: decoded to points and encoded again, so that nothing but the picture remains."""

from __future__ import annotations

import io
from contextlib import suppress

import pi_heif
from PIL import Image, ImageCms, ImageOps

from droitfil.files.cleaner.kinds import HEIC, JPEG, PNG
from droitfil.files.cleaner.outcome import Cleaned, Limits, NotAccepted

pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # ours is checked below, and refuses instead of warning

_FORMATS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), HEIC: ("HEIF",)}
#: The longest side of the copy, in points: an A4 page at 340 points an inch, fine print included.
LONGEST = 4000
QUALITY = 88


def clean_picture(content: bytes, kind: str, limits: Limits) -> Cleaned:
    """A JPEG that looks the same: upright, in sRGB, on white, without EXIF, place or thumbnail.

    :raises NotAccepted: when there are too many points.
    """
    with Image.open(io.BytesIO(content), formats=_FORMATS[kind]) as picture:
        width, height = picture.size
        if width * height > limits.pixels:
            raise NotAccepted(
                "pixels", {"width": width, "height": height, "most": limits.pixels // 1_000_000}
            )
        picture.draft(None, (LONGEST, LONGEST))
        picture.load()
        upright = _plain(_in_srgb(ImageOps.exif_transpose(picture)))
    upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # A new picture, made of the points alone: nothing that the file said of itself follows.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    return Cleaned(kind, JPEG, 1, as_jpeg(bare, quality=QUALITY, subsampling=0))


def turned(cleaned: bytes, turn: int, longest: int) -> Image.Image:
    """A picture that was cleaned, turned clockwise by ``turn`` degrees, no longer side beyond
    ``longest`` points."""
    with Image.open(io.BytesIO(cleaned), formats=("JPEG",)) as picture:
        picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        return picture.convert("RGB").rotate(-turn, expand=True)


def as_jpeg(picture: Image.Image, *, quality: int, subsampling: int = 2) -> bytes:
    """The points of ``picture`` alone, as a JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
    return out.getvalue()


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    # A profile that cannot be used costs shades of colour, nothing more.
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
        return made or picture
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white, as on paper."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        # Sixteen bits of grey; Pillow would cut the scale, not shorten it.
        picture = picture.convert("F").point(lambda value: value / 256 + 0).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    with_alpha = picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return white
