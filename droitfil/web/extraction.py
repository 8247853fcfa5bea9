"""What the templates say to people, and the names of countries, for the gettext catalogues.

Named in ``babel.cfg``; ``make messages`` collects the pages and the code into one catalogue a
language, the law into another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

import yaml
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def extract_templates(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Any]:
    """Line, function, text and comments of each ``translate`` and ``blocktranslate``."""
    source = templatize(fileobj.read().decode("utf-8"))
    # Django turns a template into something that looks like Python, save for its indentation.
    flat = "\n".join(line.strip() for line in source.splitlines())
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, {"encoding": "utf-8"})


def extract_countries(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Any]:
    """The name of each country of ``law/codes.yaml``, with its line."""
    root = yaml.compose(fileobj.read().decode("utf-8"), Loader=yaml.SafeLoader)
    for key, table in root.value if root is not None else ():
        if key.value == "countries":
            for _code, name in table.value:
                yield name.start_mark.line + 1, "gettext", name.value, []
