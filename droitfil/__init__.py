"""Droitfil: nobody who files in time loses a day of rights, and anyone can see why."""

from __future__ import annotations

__version__ = "0.1.0"
