"""One title as a sheet: its rights, delays, fee and lists, drawn from the law's dated data.

Each line says where it comes from (rule or parameter), so that a jurist can check it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from droitfil.lawbook import translations
from droitfil.rules.law import Law, Title
from droitfil.web.public.law_words import KINDS, REQUESTS, WORK, duration, length
from droitfil.web.templatetags.page import day


@dataclass(frozen=True, slots=True)
class Line:
    """One statement about a title; ``rule`` and ``parameter`` name its source when it has one."""

    term: str
    says: tuple[str, ...]
    rule: str = ""
    parameter: str = ""
    confidence: str = ""


def sheet(law: Law, title: Title, on: date) -> list[Line]:
    """The lines of ``title`` as the law stands on ``on``."""
    reader = _Reader(law, title, on)
    return [*reader.rights(), *reader.procedure(), *reader.money(), *reader.lists()]


class _Reader:
    def __init__(self, law: Law, title: Title, on: date) -> None:
        self.law, self.title, self.article, self.on = law, title, title.article, on

    def value(self, name: str) -> Any:
        return self.law.value(name, self.on)

    def line(self, term: str, *says: str, parameter: str = "", rule: str = "") -> Line:
        confidence = ""
        if parameter:
            dated = self.law.parameters[parameter].at(self.on)
            confidence = dated.confidence or self.law.parameters[parameter].confidence
        elif rule in self.law.rules:
            confidence = self.law.rules[rule].confidence
        rule = rule if rule in self.law.rules else ""
        return Line(term, tuple(s for s in says if s), rule, parameter, confidence)

    # --- rights

    def rights(self) -> Iterator[Line]:
        title = self.title
        if title.travel_document or title.minor_document:
            return
        yield self.line(
            _("Travail avec la carte"), str(WORK[title.work]), _law(title.work_limit),
            rule=title.work_rule,
        )  # fmt: skip
        if title.book_two:
            return
        for term, name in (
            (_("Travail pendant une première demande en ligne"), "api_first_work"),
            (_("Travail pendant une première demande au guichet"), "recepisse_first_work"),
        ):
            yield self.line(term, self._first_work(self.value(name)), parameter=name)

        if self.article not in self.value("not_renewable"):
            yield Line(
                _("Travail pendant un renouvellement"),
                (_("Comme la carte que la personne tient, tant que la loi la prolonge"),),
            )

    def _first_work(self, lists: Mapping[str, Any]) -> str:
        for name, says in FIRST_WORK.items():
            if self.article in lists.get(name, ()):
                return str(says)
        if self.article in self.value("student_titles"):
            return _("Non, sauf dans la limite du visa que l’étudiant détient")
        return _("Non : la loi ne le prévoit pas pour ce titre")

    # --- procedure

    def procedure(self) -> Iterator[Line]:
        listed = tuple(self._listings())
        yield self.line(
            _("Demande en ligne"),
            *(listed or (_("Non : la demande se fait au guichet"),)),
            parameter="listed_titles",
        )
        if not (self.title.travel_document or self.title.book_two):
            yield self._silence()
        lengths = self.value("card_lengths").get(self.article)
        if lengths:
            yield self.line(
                _("Durée fixée par la loi"),
                *(
                    _("%(what)s : %(amount)s") % {"what": words, "amount": length(lengths[key])}
                    for key, words in CARD_LENGTHS.items()
                    if lengths.get(key)
                ),
                parameter="card_lengths",
                rule=lengths.get("rule", ""),
            )

    def _listings(self) -> Iterator[str]:
        """« Première demande : depuis le 1er mai 2021 », one for each kind of request."""
        by_periods: dict[tuple[Any, ...], list[str]] = {}
        for request, words in REQUESTS.items():
            periods = self.law.listings.get((self.article, request), ())
            if periods:
                by_periods.setdefault(tuple(periods), []).append(str(words))
        for periods, requests in by_periods.items():
            when = _(" puis ").join(_period(start, end) for start, end in periods)
            yield _("%(requests)s : %(when)s") % {"requests": ", ".join(requests), "when": when}

    def _silence(self) -> Line:
        delays, article = self.value("silence_delays"), self.article
        term = _("Silence de la préfecture : refus après")
        if article in delays.get("none", ()):
            return self.line(term, _("aucun délai fixé"), parameter="silence_delays")
        special = delays["special"].get(article)
        spec = special or delays["default"]
        says = [duration(spec)]
        for name, words in SILENCE_CASES.items():
            other = delays.get(name, {}).get(article)
            if other:
                says.append(_("%(delay)s %(case)s") % {"delay": duration(other), "case": words})
        return self.line(term, *says, parameter="silence_delays", rule=spec.get("rule", ""))

    # --- money

    def money(self) -> Iterator[Line]:
        table = self.value("tax_table")
        term = _("Ce qu’il faut payer à la remise")
        if self.title.travel_document:
            yield self.line(term, *self._travel_fee(), parameter="travel_document_fees")
            return
        if self.title.minor_document:
            if table.get("dcem") is not None:
                yield self.line(term, _euros(table["dcem"]), parameter="tax_table")
            return
        if self.article in self.value("tax_exempt_titles"):
            yield self.line(term, _("Rien"), parameter="tax_exempt_titles")
            return
        stamp = _euros(table["stamp"])
        if self.article in self.value("tax_none_titles"):
            yield self.line(
                term, _("Droit de timbre seul : %(stamp)s") % {"stamp": stamp},
                parameter="tax_none_titles",
            )  # fmt: skip
            return
        if self.article in self.value("aps_titles"):
            if table.get("aps") is not None:
                yield self.line(term, _euros(table["aps"]), parameter="tax_table")
            return
        reduced = self.article in self.value("tax_reduced_titles")
        amounts = table["reduced" if reduced else "standard"]
        free = self.article in self.value("tax_free_first_titles")
        yield self.line(
            term,
            _("Première délivrance : %(amount)s")
            % {"amount": _euros(0 if free else amounts["first"])},
            _("Renouvellement : %(amount)s") % {"amount": _euros(amounts["renewal"])},
            _("Plus un droit de timbre : %(stamp)s") % {"stamp": stamp},
            parameter="tax_reduced_titles" if reduced else "tax_table",
        )

    def _travel_fee(self) -> Iterator[str]:
        fee = self.value("travel_document_fees").get(self.article)
        if isinstance(fee, Mapping):
            for kind, amount in fee.items():
                yield _("%(what)s : %(amount)s") % {
                    "what": KINDS.get(kind, kind),
                    "amount": _euros(amount),
                }
        elif fee is not None:
            yield _euros(fee)

    # --- lists

    def lists(self) -> Iterator[Line]:
        commission = self.value("commission_titles")
        if self.article in commission.get("any", ()):
            yield self.line(
                _("Commission du titre de séjour"),
                _("Saisie avant tout refus à qui remplit les conditions"),
                parameter="commission_titles",
            )
        elif self.article in commission.get("first_only", ()):
            yield self.line(
                _("Commission du titre de séjour"),
                _("Saisie avant le refus d’une première délivrance à qui remplit les conditions"),
                parameter="commission_titles",
            )
        for term, says, name in MEMBERSHIPS:
            if self.article in self.value(name):
                yield self.line(str(term), str(says), parameter=name)
        parents = self.value("dcem").get("short_titles", {}).get(self.article)
        if parents:
            kinds = ", ".join(str(KINDS.get(kind, kind)) for kind in parents)
            yield self.line(
                _("Enfant d’un titulaire"),
                _("Document de circulation limité à la carte du parent (%(kinds)s)")
                % {"kinds": kinds},
                parameter="dcem",
            )


FIRST_WORK = {
    "unconditional": gettext_lazy("Oui"),
    "if_work_authorisation": gettext_lazy("Oui, avec une autorisation de travail"),
    "if_visa": gettext_lazy("Oui, pour qui détient un visa de long séjour"),
    "after_one_year": gettext_lazy("Oui, après un temps de présence en France"),
}
CARD_LENGTHS = {
    "first": gettext_lazy("Première carte"),
    "after_visa": gettext_lazy("Après un visa valant titre de séjour"),
    "next": gettext_lazy("Carte suivante"),
}
SILENCE_CASES = {
    "mobility": gettext_lazy("pour une mobilité depuis un autre État"),
    "family_of_cbe": gettext_lazy("pour la famille d’un titulaire de carte bleue européenne"),
    "uncertain": gettext_lazy("selon une autre lecture"),
}
#: (term, what it means, parameter that lists the titles)
MEMBERSHIPS = (
    (
        gettext_lazy("Jeunes majeurs"),
        gettext_lazy("Peut être demandé jusqu’à la veille de l’anniversaire qui clôt la liste"),
        "nineteen_titles",
    ),
    (
        gettext_lazy("Droit de régularisation"),
        gettext_lazy("Non dû, même par qui est entré ou resté sans visa ni titre"),
        "regularisation_exempt_titles",
    ),
    (
        gettext_lazy("Renouvellement"),
        gettext_lazy("Ce titre ne se renouvelle pas"),
        "not_renewable",
    ),
    (
        gettext_lazy("Renouvellement"),
        gettext_lazy("Ce titre se renouvelle une seule fois"),
        "renewable_once",
    ),
)


def _law(text: str) -> str:
    """A text of the law's files, in the reader's language when it has been translated."""
    return translations.text(text, get_language() or translations.SOURCE_LANGUAGE) if text else ""


def _euros(amount: int | float) -> str:
    return _("%(amount)s €") % {"amount": amount}


def _period(start: date, end: date | None) -> str:
    since = day(start)
    if end is None:
        return _("depuis le %(start)s") % {"start": since}
    return _("du %(start)s au %(end)s") % {"start": since, "end": day(end)}
