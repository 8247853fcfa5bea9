"""The answer as plain data: ``said`` beside ``says``, and only for another language."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from droitfil.rules.answer import plain
from droitfil.rules.law import Law
from droitfil.rules.question import read_question
from droitfil.rules.sentences import FRENCH, Renderer, Sentence, french_date
from droitfil.rules.timeline import answer


def shout(text: str) -> str:
    """Another language: capitals, but for the blanks to fill."""
    return re.sub(r"\{\w+\}|[^{}]+", lambda m: m[0] if m[0][0] == "{" else m[0].upper(), text)


SHOUTED = Renderer(translate=shout, format_date=lambda day: f"<{day:%d/%m/%Y}>")
QUESTION: dict[str, Any] = {
    "today": "2026-03-10",
    "assume_issued": False,
    "documents": [
        {"id": "card", "kind": "CST", "article": "L421-1", "from": "2025-01-01", "to": "2025-12-31"}
    ],
    "applications": [
        {
            "id": "a1",
            "article": "L421-1",
            "request": "renewal",
            "holds": "card",
            "filed_on": "2025-12-01",
            "complete_on": "2025-12-01",
        }
    ],
    "person": {"renewals_of_this_card": 4},
}


def told(law: Law, language: str, renderer: Renderer | None) -> dict[str, Any]:
    question = read_question({**QUESTION, "language": language}, law)
    return plain(answer(question, law), renderer)


def sentences(answered: dict[str, Any]) -> list[dict[str, Any]]:
    conditions = answered["applications"][0]["conditions"]
    assert conditions
    assert answered["warnings"]
    return [*answered["explain"], *answered["warnings"], *conditions]


def test_french_is_said_once(law: Law) -> None:
    for renderer in (None, FRENCH, SHOUTED):
        answered = told(law, "fr", renderer)
        assert all("says" in row and "said" not in row for row in sentences(answered))
        assert all("said" not in gap for gap in answered["gaps"])


def test_another_language_stands_beside_the_french(law: Law) -> None:
    french, both = told(law, "fr", None), told(law, "en", SHOUTED)
    for one, other in zip(sentences(french), sentences(both), strict=True):
        assert other["says"] == one["says"]
        assert {**other, "said": ""} == {**one, "said": ""}
        assert other["said"] != other["says"]
    assert [gap["why"] for gap in both["gaps"]] == [gap["why"] for gap in french["gaps"]]
    assert [gap["said"] for gap in both["gaps"]] == [gap["why"].upper() for gap in french["gaps"]]
    opened = next(row for row in both["explain"] if row["rule"].startswith("R431-5-1"))
    assert "<31/12/2025>" in opened["said"]
    assert "31 décembre 2025" in opened["says"]


def test_without_a_renderer_another_language_is_not_made_up(law: Law) -> None:
    assert all("said" not in row for row in sentences(told(law, "en", None)))


def test_a_missing_fact_and_an_unsure_rule_are_named(law: Law) -> None:
    question = read_question(
        {"today": "2026-03-10", "documents": [{"id": "a", "kind": "CST"}]}, law
    )
    warnings = plain(answer(question, law))["warnings"]
    assert {"documents[0].from", "documents[0].to"} <= {w.get("field") for w in warnings}
    assert all(("field" in w) == (w["code"] == "fact_missing") for w in warnings)
    unsure = plain(answer(read_question(QUESTION, law), law))["warnings"]
    assert all(("parameter" in w) == (w["code"] == "uncertain_rule") for w in unsure)
    assert any("parameter" in w for w in unsure)


def test_dates_are_written_the_french_way(law: Law) -> None:
    assert french_date(date(2025, 7, 1)) == "1er juillet 2025"
    assert french_date(date(2025, 12, 31)) == "31 décembre 2025"
    assert FRENCH.text(Sentence("Le {day}, {count}.", {"day": date(2026, 2, 2), "count": 3})) == (
        "Le 2 février 2026, 3."
    )
    named = Sentence("{paper} à 100 %", {"paper": "le récépissé"})
    assert SHOUTED.text(Sentence("Rien", {})) == "RIEN"
    assert Renderer().text(named) == FRENCH.text(named) == "le récépissé à 100 %"
