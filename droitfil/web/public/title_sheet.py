"""One title as a sheet: its rights, delays, fee and lists, drawn from the law's dated data.

Each line says where it comes from (rule or parameter), so that a jurist can check it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from droitfil.lawbook.answering import answer_question
from droitfil.rules.facts import VISAS, Kind, Request
from droitfil.rules.law import Law, Parameter, Title
from droitfil.web.public.law_words import KINDS, ORDER, REQUESTS, WORK, duration, in_words, length
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
            _("Travail avec la carte"), str(WORK[title.work]), in_words(title.work_limit),
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
        if self.title.minor_document:
            months = {"months": self.value("dcem_silence")["months"]}
            return self.line(term, duration(months), parameter="dcem_silence")
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
        """What the kernel answers today, for a first card and for a renewal in time."""
        if self.title.travel_document:
            yield self._travel_fee()
            return
        for request in (Request.FIRST, Request.RENEWAL):
            fees = self._fees(request)
            if not fees:
                continue
            term = _("Ce qu’il faut payer : %(request)s") % {
                "request": str(REQUESTS[request]).lower()
            }
            says = tuple(
                _("%(amount)s, %(what)s")
                % {
                    "amount": _euros(fee["amount"]),
                    "what": in_words(self.law.rules[fee["rule"]].label),
                }
                for fee in fees
            )
            least_sure = min((fee["confidence"] for fee in fees), key=ORDER.index)
            yield Line(term, says, fees[0]["rule"], "", least_sure)

    def _fees(self, request: Request) -> list[dict[str, Any]]:
        answered = _answered(self.law, self.title, request, self.on)
        fees: list[dict[str, Any]] = answered["applications"][0]["fees"] if answered else []
        return fees

    def _travel_fee(self) -> Line:
        """The price may follow the card that the person holds."""
        fee, name = self.value("travel_document_fees")[self.article], "travel_document_fees"
        prices = fee if isinstance(fee, Mapping) else {"": fee}
        says = (
            _("%(what)s : %(amount)s") % {"what": KINDS[kind], "amount": _euros(amount)}
            if kind
            else _euros(amount)
            for kind, amount in prices.items()
        )
        return self.line(_("Ce qu’il faut payer"), *says, parameter=name)

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


#: Days around today between which the invented card of :func:`example_of` is valid: its renewal
#: is neither late nor over.
_SINCE, _UNTIL = timedelta(days=300), timedelta(days=90)


def doubts(law: Law, title: Title, on: date) -> list[Parameter]:
    """The uncertain parameters on which the plainest answers about ``title`` rest."""
    names: dict[str, None] = {}
    for request in (Request.FIRST, Request.RENEWAL):
        answered = _answered(law, title, request, on) or {"warnings": []}
        for warning in answered["warnings"]:
            if warning["code"] == "uncertain_rule":
                names[warning["parameter"]] = None
    return [law.parameters[name] for name in names]


def _answered(law: Law, title: Title, request: Request, on: date) -> dict[str, Any] | None:
    if request is Request.RENEWAL and title.article in law.value("not_renewable", on):
        return None
    asked = example_of(title, request, on)
    return None if asked is None else answer_question(asked, law)


def example_of(title: Title, request: Request, on: date) -> dict[str, Any] | None:
    """The plainest question about ``title`` on ``on``; None where nobody can ask it."""
    application = {"id": "a", "article": title.article, "request": request.value}
    question: dict[str, Any] = {"today": on.isoformat(), "applications": [application]}
    if title.minor_document or title.travel_document:
        return question if request is Request.FIRST else None
    kinds = set(title.kinds) - VISAS
    if request is Request.FIRST:
        kinds = {Kind.VLS_TS}
    if not kinds:
        return None
    question["documents"] = [
        {
            "id": "c",
            "kind": min(kinds),
            "article": title.article if request is Request.RENEWAL else None,
            "from": (on - _SINCE).isoformat(),
            "to": (on + _UNTIL).isoformat(),
        }
    ]
    application["holds"] = "c"
    return question


def _euros(amount: int | float) -> str:
    return _("%(amount)s €") % {"amount": amount}


def _period(start: date, end: date | None) -> str:
    since = day(start)
    if end is None:
        return _("depuis le %(start)s") % {"start": since}
    return _("du %(start)s au %(end)s") % {"start": since, "end": day(end)}
