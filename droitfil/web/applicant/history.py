"""What happened to a case, in the words of the one who asked: the journal, told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from droitfil.cases.form import version_of, waits_for_card
from droitfil.cases.models import Amendment, Case
from droitfil.journal.models import Entry
from droitfil.journal.queries import of_case
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami.answer_words import THE_PAPERS
from droitfil.web.templatetags.page import day

#: Lines read at most; a case has a few dozen.
_MOST = 300


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history; ``tone`` colours its dot."""

    on: date
    says: str
    tone: str = ""


#: action -> what is told, and its tone. What is not here is not told: drafts saved, readings.
_TOLD: Mapping[str, tuple[Promise | str, str]] = {
    "case.started": (_("Brouillon ouvert."), ""),
    "case.submitted": (_("Demande déposée en ligne."), "ok"),
    "case.registered": (_("Demande enregistrée au guichet."), "ok"),
    "case.taken": (_("Un agent a pris votre dossier pour l’examiner."), ""),
    "case.released": (_("Votre dossier attend un autre agent."), ""),
    "case.moved": (_("Votre dossier a suivi votre déménagement. Sa date ne change pas."), ""),
    "complement.requested": (_("La préfecture vous a demandé des pièces."), "warn"),
    "complement.produced": (_("Vous avez répondu à la demande de pièces."), "ok"),
    "complement.lapsed": (
        _("Le temps pour répondre est passé : un agent regarde ce qu’il y a."), "warn",
    ),
    "commission.seized": (_("La commission du titre de séjour a été saisie."), ""),
    "case.granted": (_("Demande acceptée."), "ok"),
    "case.refused": (_("Demande refusée."), "bad"),
    "case.closed": (_("Dossier clos par un agent."), "bad"),
    "case.reopened": (_("Votre demande est de nouveau examinée."), ""),
    "case.withdrawn": (_("Vous avez retiré votre demande."), ""),
    "card.arrived": (_("Votre carte est prête."), "ok"),
    "card.handed_over": (_("Votre carte vous a été remise."), "ok"),
}  # fmt: skip
#: The same of a child's travel document.
_OF_A_DOCUMENT: Mapping[str, tuple[Promise | str, str]] = {
    "card.arrived": (_("Le document est prêt."), "ok"),
    "card.handed_over": (_("Le document vous a été remis."), "ok"),
}


def history_of(case: Case) -> list[Happened]:
    """What happened, the latest first."""
    entries = list(of_case(case.pk)[:_MOST])
    found: list[Happened] = []
    card = waits_for_card(case)
    for (on, action), group in groupby(entries, key=lambda e: (_day(e), e.action)):
        found += _lines(on, action, list(group), card=card)
    return found


def _day(entry: Entry) -> date:
    return timezone.localdate(entry.at)


def _lines(on: date, action: str, entries: list[Entry], *, card: bool) -> Iterable[Happened]:
    told = _TOLD.get(action) if card else _OF_A_DOCUMENT.get(action, _TOLD.get(action))
    if told is not None:
        return [Happened(on, str(told[0]), told[1])]
    if action == "case.amended":
        return [Happened(on, says) for says in dict.fromkeys(map(_amended, entries))]
    return [Happened(on, *line) for line in _counted(action, entries)]


def _amended(entry: Entry) -> str:
    if not entry.actor.startswith("staff:"):
        return gettext("Vous avez corrigé vos réponses.")
    made = Amendment.objects.filter(case=entry.case, at=entry.at).select_related("case")
    labels, why = [], ""
    for one in made:
        question = version_of(one.case.procedure, one.case.version_on).question(one.field)
        labels.append(in_words(question.label) if question is not None else one.field)
        why = one.reason
    return gettext("Un agent a corrigé au guichet : %(what)s Il dit pourquoi : %(why)s") % {
        "what": " ".join(f"« {label} »" for label in labels), "why": why,
    }  # fmt: skip


def _counted(action: str, entries: list[Entry]) -> Iterable[tuple[str, str]]:
    n = len(entries)
    if action == "piece.added":
        yield ngettext("Une pièce ajoutée.", "%(n)d pièces ajoutées.", n) % {"n": n}, ""
    elif action == "piece.withdrawn":
        yield ngettext("Une pièce retirée.", "%(n)d pièces retirées.", n) % {"n": n}, ""
    elif action == "complement.extended":
        until = date.fromisoformat(entries[0].facts["due_on"])
        yield gettext("Plus de temps pour répondre : jusqu’au %(day)s.") % {"day": day(until)}, ""
    elif action in ("paper.issued", "paper.voided"):
        for entry in entries:
            yield _paper(action, entry.facts)


def _paper(action: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    name = THE_PAPERS.get(facts["kind"], facts["kind"])
    if action == "paper.voided":
        return gettext("Ne compte plus : %(paper)s.") % {"paper": name}, ""
    start = day(date.fromisoformat(facts["from"]))
    if facts.get("to"):
        end = day(date.fromisoformat(facts["to"]))
        text = gettext("Papier délivré : %(paper)s, du %(start)s au %(end)s.")
        return text % {"paper": name, "start": start, "end": end}, "ok"
    text = gettext("Papier délivré : %(paper)s, à partir du %(start)s.")
    return text % {"paper": name, "start": start}, "ok"
