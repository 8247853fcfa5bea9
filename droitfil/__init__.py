"""Droitfil: nobody who files in time loses a day of rights, and anyone can see why."""

__version__ = "0.1.0"

from __future__ import annotations
