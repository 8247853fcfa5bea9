"""The invented situation that the pages show: the contract's own, answered by the kernel.

It is read from ``docs/examples/contrat.yaml``, without its decision: somebody who waits.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.reading import read_documents
from droitfil.web.public.whereami.question import answers
from droitfil.web.templatetags.page import day

PATH = settings.BASE_DIR / "docs" / "examples" / "contrat.yaml"
#: What the contract takes for absent: left out of the question shown to developers.
DEFAULTS: tuple[Any, ...] = (None, [], {})
#: Read by the contract from other facts, or telling more of a person than an example needs.
NEEDLESS = ("language", "person", "work_authorisation", "acknowledged", "decision")


@dataclass(frozen=True, slots=True)
class Step:
    """One knot of the thread. ``tone``: ok, warn or bad."""

    when: str
    says: str
    tone: str = "ok"


@functools.cache
def question() -> Mapping[str, Any]:
    """The example's question, with what it needs only."""
    whole = read_documents(PATH.read_text(encoding="utf-8"))[0]
    kept = _needed(whole)
    kept["applications"] = [_needed(one) for one in whole["applications"]]
    kept["documents"] = [_needed(one) for one in whole["documents"]]
    return kept


def _needed(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in fields.items()
        if value not in DEFAULTS and name not in NEEDLESS
    }


def thread() -> list[Step]:
    """The example's days in order, as the law stands in our data, in the reader's language."""
    asked = question()
    answered = answer_question(dict(asked), load_law())["applications"][0]
    filed, silence = _date(asked["applications"][0]["filed_on"]), answered["silence"]
    return [
        Step(
            _("Du %(start)s au %(end)s")
            % {"start": _day(answered["window"]["from"]), "end": _day(answered["window"]["to"])},
            _("C’est la période pour demander le renouvellement."),
        ),
        Step(day(filed), _("La demande est déposée en ligne, complète et à temps.")),
        Step(
            day(_date(asked["documents"][0]["to"]) + timedelta(days=1)),
            _("La carte a expiré. Les droits continuent : la préfecture doit avoir donné une "
              "attestation de prolongation."),
            "warn",
        ),
        Step(
            _day(silence["earliest"]),
            _("Sans réponse, le silence devient un refus. Il se conteste jusqu’au %(limit)s.")
            % {"limit": _day(answered["appeal"]["limit"])},
            "bad",
        ),
    ]  # fmt: skip


def address() -> str:
    """The query string of the example's answer on « Où en suis-je ? »."""
    return answers(dict(question()), load_law()).address()


def rule() -> str:
    """A rule that the example's answer quotes."""
    answered = answer_question(dict(question()), load_law())
    return str(answered["applications"][0]["window"]["rule"])


def _date(text: Any) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def _day(text: str) -> str:
    return day(_date(text))
