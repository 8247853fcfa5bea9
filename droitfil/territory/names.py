"""How people write the name of a commune, and the one form it is searched by."""

from __future__ import annotations

import re

from droitfil.lib.sort_keys import sort_key

_OVER = re.compile(r"\b(s|ss)/")
_SPELT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_OVER_SPELT = {"s": "sur ", "ss": "sous "}
#: Written in addresses, part of no name.
_LEFT_OUT = frozenset({"cedex"})


def place_key(text: str) -> str:
    """The sort key of a place, abbreviations spelt out.

    « St-Étienne », "ST ETIENNE" and "Saint-Etienne" give the same key, and so do "Chalon s/ Saône"
    and « Chalon-sur-Saône »; "cedex" is left out.
    """
    spelt = _OVER.sub(lambda found: _OVER_SPELT[found[1]], text.casefold())
    words = (_SPELT.get(word, word) for word in sort_key(spelt).split())
    return " ".join(word for word in words if word not in _LEFT_OUT)
