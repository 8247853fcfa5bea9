"""The page of the answer, whole: what is open if nothing comes, what it costs, what is unsure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext

from droitfil.lawbook.translations import renderer
from droitfil.rules.problems import Refused
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.public.whereami import question as q
from droitfil.web.public.whereami.answer_steps import Steps
from droitfil.web.public.whereami.answer_today import Fees, Item, day_of, said
from droitfil.web.public.whereami.dates import iso
from droitfil.web.public.whereami.flow import Place
from droitfil.web.public.whereami.state import NO, UNKNOWN, YES
from droitfil.web.public.whereami.steps_person import wanted
from droitfil.web.public.whereami.summary import Line, lines, name_document
from droitfil.web.templatetags.page import day


class AnswerPage(Steps):
    """What the page of the answer shows, in the order a worried person needs it."""

    # -- if it does not come --------------------------------------------------------------------

    @property
    def gaps(self) -> list[Item]:
        found = []
        for gap in self.answer["gaps"]:
            start, end = day_of(gap["from"]), day_of(gap["to"])
            assert start is not None
            assert end is not None
            if start == end:
                title = gettext("Le %(day)s, sans papier") % {"day": day(start)}
            else:
                title = gettext("Du %(start)s au %(end)s, sans papier") % {
                    "start": day(start),
                    "end": day(end),
                }
            found.append(
                Item(title, said(gap, "why"), gap["rule"], "bad" if gap["entitled"] else "warn")
            )
        return found

    @property
    def remedies(self) -> list[Item]:
        """The urgent ways that are still of use: for today's gap, or the one that comes."""
        codes = [gap["remedy"] for gap in self.answer["gaps"] if self._in(gap)]
        if (
            not codes
            and self.pending
            and (self.breaks is not None or any(i.tone == "bad" for i in self.duties))
        ):
            refused = any(
                a["silence"]
                and a["silence"]["earliest"] <= self.answer["today"]
                and not self.decision(a["id"])
                for a in self.answer["applications"]
            )
            codes = ["L521-1" if refused else "L521-3"]
        return [Item(*words.REMEDIES[code], code) for code in codes if code in words.REMEDIES]

    @property
    def silences(self) -> list[Item]:
        """The silences that stand or will: an express decision takes the place of one."""
        found = []
        for a in self.answer["applications"]:
            silence = a["silence"]
            if silence is None or self.decision(a["id"]) is not None:
                continue
            about = self.application_name(a["id"]) if self.several else ""
            first, last = day_of(silence["earliest"]), day_of(silence["latest"])
            assert first is not None
            assert last is not None
            past = first <= self.today
            if past:
                title = gettext(
                    "Depuis le %(day)s, le silence de la préfecture compte comme un refus"
                )
            else:
                title = gettext("Sans réponse le %(day)s, le silence comptera comme un refus")
            title %= {"day": words.dated(first, self.today)}
            more: Any = gettext(
                "Ce n’est pas la fin : votre demande reste à l’étude, et vous pouvez contester."
            )
            if first != last:
                more = gettext("Une autre lecture des textes dit le %(day)s.") % {"day": day(last)}
            found.append(Item(title, more, silence["rule"], "warn" if past else "", first, about))
            if a["appeal"] and not a["appeals"]:
                target, limit = day_of(a["appeal"]["target"]), day_of(a["appeal"]["limit"])
                assert target is not None
                assert limit is not None
                if limit >= self.today:
                    title = gettext(
                        "Il sera possible de le contester au tribunal jusqu’au %(limit)s"
                    ) % {"limit": day(limit)}
                    more = gettext("Visez le %(target)s, pour ne pas risquer un jour.") % {
                        "target": day(target)
                    }
                    found.append(Item(title, more, "R421-2", "", target, about))
        return found

    @property
    def appeals(self) -> list[Item]:
        return self.open_appeals(("silence", "refusal", "removal"))

    # -- money ----------------------------------------------------------------------------------

    @property
    def fees(self) -> list[Fees]:
        found = []
        for a in self.answer["applications"]:
            rows = [
                {
                    "name": words.FEES.get(fee["code"], fee["code"]),
                    "amount": fee["amount"],
                    "upfront": fee["upfront"],
                    "rule": fee["rule"],
                    "confidence": fee["confidence"],
                }
                for fee in a["fees"]
            ]
            late = ""
            if a["late_fee"] == "risk":
                risks = (said(w) for w in self.answer["warnings"] if w["code"] == "late_fee_risk")
                late = next(risks, "")
            elif a["late_fee"] is None:
                late = f"{words.LATE_FEE_UNKNOWN} {self.lacking(a['id'])}".rstrip()
            if rows and a["id"] not in self.closed:
                total = sum(row["amount"] for row in rows)
                about = self.application_name(a["id"])
                found.append(Fees(about, rows, total, late, "L436-5" if late else ""))
        return found

    # -- warnings, doubts, reasons --------------------------------------------------------------

    #: Told in their own place of the page.
    _ELSEWHERE = frozenset(
        {"uncertain_rule", "fact_missing", "late_fee_risk", "silence_near", "gap_ahead"}
    )

    @property
    def warnings(self) -> list[Item]:
        return [
            Item(said(w), tone="warn", day=day_of(w["from"]))
            for w in self.answer["warnings"]
            if w["code"] not in self._ELSEWHERE
        ]  # fmt: skip

    @property
    def missing(self) -> list[Item]:
        """Facts the answer lacks, each with the way to give it."""
        found = []
        if self.state.get("d1") == UNKNOWN:
            found.append(Item(gettext("Quel papier avez-vous ?"), place=self.places[0].address))
        for page in self.places:
            if page.step.name in self._left_out(page):
                title = gettext("%(question)s Sans cette date, cette réponse ne compte pas.") % {
                    "question": page.step.heading(page.asked)
                }
                found.append(Item(title, place=page.address))
        for w in self.answer["warnings"]:
            if w["code"] != "fact_missing":
                continue
            fact, name = words.FACTS.get(w["field"], ("", ""))
            place = "" if fact else place_of(w["field"], self.places)
            if fact:
                title = gettext("Il manque %(what)s : la réponse serait plus sûre avec.") % {
                    "what": name
                }
                if fact in self.state.ticks("plus") or self._asked_already(fact):
                    fact, place = "", place_of(w["field"], self.places)
                found.append(Item(title, fact=fact, place=place))
            elif place:
                label = next(
                    (p.step.heading(p.asked) for p in self.places if p.address == place), ""
                )
                found.append(Item(label, place=place))
        return found

    def _left_out(self, place: Place) -> list[str]:
        application = place.asked.prefix.partition(".")[0]
        return q.left_out(self.state, application) if application[0] == "a" else []

    def _asked_already(self, fact: str) -> bool:
        return wanted(fact, self.state)

    @property
    def doubts(self) -> list[dict[str, str]]:
        return [
            {"says": said(w), "parameter": w["parameter"]}
            for w in self.answer["warnings"]
            if w["code"] == "uncertain_rule"
        ]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        return [{"says": said(b), "rule": b["rule"]} for b in self.answer["explain"]]

    @property
    def summary(self) -> list[Line]:
        return lines(self.places)

    @property
    def lapses(self) -> list[Item]:
        found = []
        for lapse in self.answer["lapses"]:
            end = day_of(lapse["lapses_on"])
            if end is None:
                continue
            title = gettext("%(document)s : ne vaut plus à partir du %(day)s") % {
                "document": name_document(self.state, lapse["document"]),
                "day": words.dated(end, self.today),
            }
            found.append(
                Item(
                    title,
                    gettext("Même si une date plus lointaine est imprimée."),
                    lapse["rule"],
                    "warn",
                )
            )
        return found

    @property
    def removable(self) -> list[tuple[str, str]]:
        """Documents and applications beyond the first, that a button may remove."""
        found = [(d, name_document(self.state, d)) for d in self.state.documents()[1:]]
        found += [(a, self.application_name(a)) for a in self.state.applications()[1:]]
        return found

    @property
    def received(self) -> str:
        value = self.state.get("recu", "")
        return value if value in (YES, NO) else ""


def place_of(path: str, places: list[Place]) -> str:
    """The page that asks the field of a path such as ``documents[0].to``; empty when none does."""
    table = {
        "documents": ("d", q._DOCUMENT),
        "applications": ("a", q._APPLICATION),
        "person": ("p", q._PERSON),
    }
    head, _dot, rest = path.partition(".")
    name, _bracket, number = head.partition("[")
    if name not in table:
        return ""
    letter, fields = table[name]
    prefix = letter if letter == "p" else f"{letter}{int(number.rstrip(']')) + 1}"
    field_name = rest.split(".")[0].split("[")[0]
    nested = {"decision": "decide", "incident": "bloque", "complete_on": "complet"}
    key = next((k for k, v in fields.items() if v == field_name), nested.get(field_name, ""))
    for place in places:
        if place.asked.prefix == prefix and any(
            f.key(prefix) == f"{prefix}.{key}" for f in place.step.visible(place.asked)
        ):
            return place.address
    return next((p.address for p in places if p.asked.prefix == prefix), "")


def contradictions(refused: Refused, places: list[Place]) -> list[Item]:
    """Answers that cannot all be true, each with the page where to look."""
    found = []
    told_in = renderer(get_language() or "fr")
    for problem in refused.problems:
        place = place_of(problem.path, places)
        heading = next((p.step.heading(p.asked) for p in places if p.address == place), "")
        written = iso(problem.value)
        more = gettext("Cette réponse ne va pas avec une autre : vérifiez les deux.")
        if written is not None:
            told = gettext(
                "Vous avez écrit le %(day)s : cette date ne va pas avec une autre. "
                "Vérifiez les deux."
            )
            more = told % {"day": day(written)}
        found.append(Item(heading or more, more, about=problem.told(told_in), place=place))
    return found
