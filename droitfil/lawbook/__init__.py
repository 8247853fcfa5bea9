"""The law as data: reads and checks ``law/``, hands the kernel frozen tables. No Django here."""

from __future__ import annotations

from droitfil.lawbook.errors import LawError
from droitfil.lawbook.loading import load_law

__all__ = ["LawError", "load_law"]
