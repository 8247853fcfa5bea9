"""Cuts the whole fonts of this folder into the small files that the pages load.

Run by hand when a script is added or a font is replaced: ``.venv/bin/python assets/fonts/cut.py``.
The outputs (``droitfil/web/static/fonts/*.woff2`` and ``droitfil/web/static/fonts.css``) are
committed, so that nobody else needs fonttools. The same sources give the same bytes.

One file a script, one weight axis (400 to 700), no width axis. The ``unicode-range`` of each makes
the browser load only the scripts that the page shows.
"""

from __future__ import annotations

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "droitfil" / "web" / "static"
LATIN, ARABIC = "NotoSans-Variable.ttf", "NotoSansArabic-Variable.ttf"
JOINING = ["init", "medi", "fina", "isol", "rlig", "calt", "ccmp", "locl", "mark", "mkmk", "kern"]

#: script -> (source, unicode ranges, layout features kept). Latin holds all French and English.
CUTS = {
    "latin": (
        LATIN,
        ("20-7E, A0-FF, 131, 152-153, 178, 2C6, 2DA, 2DC, 2009, 200B-200D, 2010-2015, 2018-201E, "
        "2020-2022, 2026, 202F, 2030, 2039-203A, 20AC, 2122, 2212"),
        ["kern"],
    ),
    "latin-ext": (
        LATIN,
        ("100-130, 132-151, 154-177, 179-17F, 192, 1A0-1A1, 1AF-1B0, 1CD-1DC, 218-21B, 259, "
        "1E80-1E85, 1E9E, 1EA0-1EF9, 20AB"),
        ["kern", "locl", "ccmp", "mark"],
    ),
    "cyrillic": (LATIN, ("400-45F, 490-493, 49A-49B, 4A2-4A3, 4AE-4B1, 4BA-4BB, 4D8-4D9, 4E8-4E9, "
                 "2116"), ["kern", "locl"]),
    "arabic": (
        ARABIC,
        ("60C, 61B, 61F, 621-652, 660-66D, 670-671, 679, 67C, 67E, 681, 685-686, 688-689, 691, "
         "693, 696, 698, 69A, 6A9, 6AB, 6AF, 6BA, 6BC, 6BE, 6C1-6C3, 6CC-6CD, 6D0, 6D2-6D5, "
         "6F0-6F9"),
        JOINING,
    ),
}  # fmt: skip


def points(ranges: str) -> set[int]:
    """The code points of a comma-separated list of hexadecimal ranges."""
    found: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.strip().partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def cut(source: str, ranges: str, features: list[str]) -> bytes:
    """One woff2 file: the glyphs of ``ranges`` from ``source``, weights 400 to 700."""
    font = TTFont(HERE / source, recalcTimestamp=False)
    options = subset.Options(
        hinting=False, layout_features=features, name_IDs=[0, 1, 2, 13, 14], glyph_names=False,
        drop_tables=[*subset.Options().drop_tables, "MVAR"],
    )  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points(ranges))
    cutter.subset(font)
    whole = io.BytesIO()  # the instancer wants the tables as they would be read from a file
    font.save(whole)
    whole.seek(0)
    font = instancer.instantiateVariableFont(
        TTFont(whole, recalcTimestamp=False), {"wdth": 100, "wght": (400, 700)}
    )
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def face(name: str, ranges: str) -> str:
    """The ``@font-face`` of one cut."""
    listed = ",".join("U+" + part.strip() for part in ranges.split(","))
    return (
        "@font-face{font-family:Fil;font-weight:400 700;font-display:swap;"
        f'src:url("fonts/noto-sans-{name}.woff2") format("woff2");unicode-range:{listed}}}\n'
    )


def main() -> None:
    css = "/* Written by assets/fonts/cut.py. Noto Sans, SIL Open Font Licence: fonts/OFL.txt */\n"
    for name, (source, ranges, features) in CUTS.items():
        data = cut(source, ranges, features)
        (STATIC / "fonts" / f"noto-sans-{name}.woff2").write_bytes(data)
        css += face(name, ranges)
        print(f"{name:10} {len(data):6} bytes")
    (STATIC / "fonts.css").write_text(css, encoding="utf-8")


if __name__ == "__main__":
    main()
