"""The known word somebody probably meant, for the sentence that refuses another."""

from __future__ import annotations

import re
from collections.abc import Sequence


def closest(value: str, known: Sequence[str]) -> str:
    """A known word that differs from ``value`` by case, accents of form or one letter, or ''."""
    folded = re.sub(r"[^a-z0-9]", "", value.lower())
    for word in known:
        if re.sub(r"[^a-z0-9]", "", word.lower()) == folded and folded:
            return word
    for word in known:
        if len(folded) > 2 and _one_letter_apart(folded, re.sub(r"[^a-z0-9]", "", word.lower())):
            return word
    return ""


def _one_letter_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < len(a) and i < len(b) and a[i] == b[i]:
        i += 1
    return a[i + 1 :] == b[i:] or a[i:] == b[i + 1 :] or a[i + 1 :] == b[i + 1 :]
