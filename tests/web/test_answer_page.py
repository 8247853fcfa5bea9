"""The page of the answer: what is told after a decision, and when a fact is missing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests.e2e.pages import WAITS

ANSWER = "/ou-en-suis-je/reponse"


def shown(answers: str) -> dict[str, str]:
    """The text of each section of the answer, by its title; what stands above them under ""."""
    html = Client().get(f"{ANSWER}?{answers}").content.decode()
    found: dict[str, str] = {}
    main = html[html.index("<main") :]
    for part in re.split(r"(?=<h2)", main):
        title = re.match(r"<h2[^>]*>(.*?)</h2>", part, re.DOTALL)
        found[_text(title[1]) if title else ""] = _text(part)
    return found


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def answered(outcome: str, on: str, today: str, **more: str) -> str:
    """TC-01, the prefecture's answer known."""
    parts = {
        "a1.sens": outcome, "a1.decide": on, "a1.notifie": on, "a1.mesure": "non", "jour": today,
        **more,
    }  # fmt: skip
    said = "".join(f"&{key}={value}" for key, value in parts.items())
    return WAITS.replace("a1.plus=non", "a1.plus=decision") + said


@pytest.mark.parametrize(
    ("granted", "today"), [("2025-11-10", "2025-11-20"), ("2025-09-10", "2025-09-20")]
)
@pytest.mark.parametrize("received", ["", "non"])
def test_a_silence_that_a_grant_ended_is_neither_a_refusal_nor_to_contest(
    granted: str, today: str, received: str
) -> None:
    sections = shown(
        answered("granted", granted, today, **({"recu": received} if received else {}))
    )
    page = " ".join(text for title, text in sections.items() if title != "Pour comprendre")
    for words in ("compte comme un refus", "contester", "suspendre le refus", "silence = refus"):
        assert words not in page
    if received:
        assert "obliger la préfecture à donner le papier" in page


def test_a_silence_that_a_refusal_replaced_is_not_contested_beside_it() -> None:
    sections = shown(answered("refused", "2025-09-10", "2025-09-20"))
    page = " ".join(sections.values())
    assert "Contester le refus au tribunal" in page
    assert "le silence de la préfecture compte comme un refus" not in page
    assert "Contester le silence" not in page


def test_a_decision_still_to_come_leaves_the_silence_as_it_is() -> None:
    sections = shown(answered("granted", "2025-11-10", "2025-09-20"))
    page = " ".join(sections.values())
    assert "le silence de la préfecture compte comme un refus" in page


def test_papers_of_a_waiting_that_is_over_are_no_longer_owed() -> None:
    sections = shown(answered("granted", "2025-11-10", "2025-11-20", recu="non"))
    owed = sections["Ce que la préfecture vous doit"]
    assert "attestation de décision favorable" in owed
    assert "prolongation" not in owed
    past = sections["Ce que la préfecture vous devait"]
    assert past.count("attestation de prolongation") == 2
    top = sections[""]
    assert "La préfecture vous doit une attestation de décision favorable" in top


def test_a_filing_whose_day_is_unknown_is_neither_in_time_nor_free_of_delay() -> None:
    sections = shown(answered("granted", "2025-11-10", "2025-11-20", **{"a1.depot": "inconnu"}))
    filing = sections["Votre demande"]
    assert "Nous ne savons pas si cette demande est à temps" in filing
    assert "Il manque : le jour du dépôt." in filing
    page = " ".join(sections.values())
    assert "Aucune période à respecter" not in page
    assert "Nous ne savons pas si le droit pour demande tardive s’ajoute" in page
    assert "attestation de décision favorable" in sections["Ce que la préfecture vous doit"]


def test_a_window_that_cannot_be_computed_is_said_unknown() -> None:
    first = (
        "d1=aucun&a1=premier&a1.part=non&a1.theme=famille&a1.titre=L423-7&plus=non&jour=2026-03-20"
    )
    filed = shown(f"{first}&a1.depot=2026-03-10&a1.plus=non")
    assert "Nous ne savons pas si cette demande est à temps" in filed["Votre demande"]
    assert "la date d’entrée en France" in filed["Votre demande"]
    planned = shown(f"{first}&a1.depot=non&a1.plus=non")["À faire"]
    assert "Nous ne savons pas jusqu’à quand vous pouvez déposer" in planned
    assert "la date d’entrée en France" in planned
