"""Measures what was promised: ``python -m bench``, ``python -m bench.soak``."""

from __future__ import annotations
