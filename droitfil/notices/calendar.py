"""A person's dates as a calendar file (RFC 5545), for the telephone's own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Octets of a line, at most, its end apart.
_LINE = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Happening:
    """A day to remember.

    :param uid: names it for ever, so that a later file moves it instead of adding another:
        "window-closes-<id of the document>".
    :param reminds: days before it at which the telephone rings; none by default.
    """

    uid: str
    day: date
    title: str
    note: str = ""
    reminds: tuple[int, ...] = ()


def calendar(
    happenings: Iterable[Happening], *, name: str, host: str, made_at: datetime, version: int = 0
) -> bytes:
    """The file, ``text/calendar``. Whole days, without an hour: no time zone can shift them.

    :param host: the site's, which makes the uids ours: "droitfil.example".
    :param version: greater each time the dates change (``SEQUENCE``).
    """
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Droitfil//notices//FR", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}",
    ]  # fmt: skip
    for one in happenings:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(one.uid)}@{host}",
            f"DTSTAMP:{stamp}",
            f"SEQUENCE:{version}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(one.title)}",
            *([f"DESCRIPTION:{_text(one.note)}"] if one.note else []),
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
        ]
        for days in one.reminds:
            lines += [
                "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(one.title)}",
                f"TRIGGER:-P{days}D", "END:VALARM",
            ]  # fmt: skip
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """The line in pieces of 75 octets at most, no letter cut in two, each but the first after a
    blank."""
    pieces: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        room = _LINE if len(pieces) == 1 else _LINE - 1
        if len(pieces[-1]) + len(octets) > room:
            pieces.append(b"")
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
