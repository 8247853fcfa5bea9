"""Templates of ours set as accessible PDF files, with the one font that is shipped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

#: One open font with Latin, Arabic and Cyrillic, shipped with the project.
FONTS = settings.BASE_DIR / "assets" / "fonts"
STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA: tags for those who read with their ears or fingers


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    """``template`` with its data, as PDF/UA; it reads nothing outside its own folder."""
    made = _compiler(template, data).compile(format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)
    return made


def typeset_and_read(
    template: Path, data: Mapping[str, Any], *, label: str
) -> tuple[bytes, list[Any]]:
    """As :func:`typeset`, with the values that the template leaves under ``label``."""
    compiler = _compiler(template, data)
    made = compiler.compile(format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)
    return made, json.loads(compiler.query(f"<{label}>", field="value"))


def _compiler(template: Path, data: Mapping[str, Any]) -> typst.Compiler:
    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
