"""The calendar file, read again by the rules of RFC 5545."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from droitfil.notices.calendar import Happening, calendar

MADE = datetime(2025, 6, 2, 23, 30, tzinfo=timezone(timedelta(hours=2)))


def lines(content: bytes) -> list[str]:
    """The lines, unfolded; each is checked on the way."""
    assert content.endswith(b"\r\n")
    folded = content.split(b"\r\n")[:-1]
    for line in folded:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no letter is cut in two
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def read(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], text)


def values(content: bytes, name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines(content) if re.match(rf"{name}[;:]", line)]


def made(*happenings: Happening, **how: int) -> bytes:
    return calendar(happenings, name="Mes dates", host="titres.example", made_at=MADE, **how)


def test_a_day_is_a_whole_day_without_hour_nor_zone() -> None:
    content = made(Happening("fin-42", date(2025, 12, 31), "Dernier jour pour déposer"))
    assert "DTSTART;VALUE=DATE:20251231" in lines(content)
    assert "DTEND;VALUE=DATE:20260101" in lines(content)
    assert values(content, "UID") == ["fin-42@titres.example"]
    assert values(content, "DTSTAMP") == ["20250602T213000Z"]
    assert b"TZID" not in content


def test_the_same_date_moved_keeps_its_name() -> None:
    first = made(Happening("fin-42", date(2025, 12, 31), "Fin"))
    later = made(Happening("fin-42", date(2026, 1, 15), "Fin"), version=1)
    assert values(first, "UID") == values(later, "UID")
    assert (values(first, "SEQUENCE"), values(later, "SEQUENCE")) == (["0"], ["1"])


def test_blocks_open_and_close() -> None:
    content = made(
        Happening("a", date(2025, 7, 1), "A", reminds=(15, 3)),
        Happening("b", date(2025, 8, 1), "B"),
    )
    open_blocks: list[str] = []
    for line in lines(content):
        if line.startswith("BEGIN:"):
            open_blocks.append(line[6:])
        elif line.startswith("END:"):
            assert open_blocks.pop() == line[4:]
    assert open_blocks == []
    assert lines(content)[:3] == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Droitfil//notices//FR",
    ]  # fmt: skip
    assert values(content, "TRIGGER") == ["-P15D", "-P3D"]
    assert content.count(b"BEGIN:VEVENT") == 2


def test_nothing_to_remember_is_still_a_calendar() -> None:
    assert lines(made())[-1] == "END:VCALENDAR"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    title=st.text(
        st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from("\n;,\\éعربي"),
        max_size=300,
    ),
    day=st.dates(date(1950, 1, 1), date(2150, 1, 1)),
)
def test_any_text_comes_back_and_no_line_is_too_long(title: str, day: date) -> None:
    content = calendar(
        [Happening("x", day, title, note=title)], name=title, host="h",
        made_at=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert [read(one) for one in values(content, "SUMMARY")] == [title]
    assert [read(one) for one in values(content, "DESCRIPTION")] == ([title] if title else [])
    assert values(content, "DTSTART") == [day.strftime("%Y%m%d").rjust(8, "0")]
