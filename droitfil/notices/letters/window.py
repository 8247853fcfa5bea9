"""Where an address is written so that the window of the envelope shows it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MEASURES = Path(__file__).with_name("window.yaml")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the sheet, in millimetres from its left and its top."""

    left: float
    top: float
    right: float
    bottom: float


@cache
def measures() -> dict[str, dict[str, float]]:
    """The file ``window.yaml``."""
    found: dict[str, dict[str, Any]] = yaml.load(
        MEASURES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found


def always_seen() -> Area:
    """What the window shows however the sheet slid in its envelope."""
    left, top, right, bottom, aside, down = _edges()
    return Area(left, top, right - aside, bottom - down)


def ever_seen() -> Area:
    """What it may show, the sheet slid one way or the other: the address, and nothing else."""
    left, top, right, bottom, aside, down = _edges()
    return Area(left - aside, top - down, right, bottom)


def _edges() -> tuple[float, float, float, float, float, float]:
    """The window's edges on a sheet pushed to the left and the top; how far it may slide."""
    known = measures()
    envelope, window, sheet = known["envelope"], known["window"], known["sheet"]
    right = envelope["width"] - window["from_right"]
    bottom = envelope["height"] - window["from_bottom"]
    return (
        right - window["width"], bottom - window["height"], right, bottom,
        envelope["width"] - sheet["width"], envelope["height"] - sheet["height"],
    )  # fmt: skip
