"""What the page of the answer shows, in the order a worried person needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.rules.law import Law
from droitfil.rules.question import Refused
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.public.whereami.flow import Place
from droitfil.web.public.whereami.line import Drawing, draw
from droitfil.web.public.whereami.question import Data
from droitfil.web.public.whereami.state import NO, YES, State
from droitfil.web.public.whereami.summary import Line, lines, name_application, name_document
from droitfil.web.templatetags.page import day


def said(item: dict[str, Any], key: str = "says") -> str:
    """The sentence in the reader's language when the answer has it."""
    return str(item.get("said") or item[key])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(slots=True)
class Item:
    """One sentence of the page, with its rule one tap away."""

    title: Any
    more: Any = ""
    rule: str = ""
    tone: str = ""
    day: date | None = None
    about: str = ""
    place: str = ""  # a page to fill
    fact: str = ""  # a box to tick


@dataclass(slots=True)
class Stretch:
    number: int
    start: date
    end: date | None
    stay: bool
    work: str
    travel: str
    words: str
    proofs: str
    rules: list[str]
    current: bool


@dataclass(slots=True)
class Fees:
    about: str
    rows: list[dict[str, Any]]
    total: int
    late_risk: str
    rule: str


@dataclass(slots=True)
class AnswerPage:
    """The answer to ``asked``, told. Everything is computed once, in :meth:`__post_init__`."""

    answer: dict[str, Any]
    asked: Data
    state: State
    places: list[Place]
    law: Law
    now: date
    today: date = field(init=False)
    headline: Any = field(init=False, default="")
    tone: str = field(init=False, default="ok")
    proof: str = field(init=False, default="")
    until: str = field(init=False, default="")
    span: dict[str, Any] | None = field(init=False, default=None)
    can: list[Item] = field(init=False, default_factory=list)
    stretches: list[Stretch] = field(init=False, default_factory=list)
    drawing: Drawing | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.today = date.fromisoformat(self.answer["today"])
        self.span = next((s for s in self.answer["spans"] if self._holds(s)), None)
        self._tell_today()
        self._tell_stretches()

    # -- today ---------------------------------------------------------------------------------

    @property
    def other_day(self) -> bool:
        return self.today != self.now

    def _holds(self, span: dict[str, Any]) -> bool:
        start, end = _day(span["from"]), _day(span["to"])
        return start is not None and start <= self.today and (end is None or self.today <= end)

    def _tell_today(self) -> None:
        span = self.span
        stays = span is not None and span["stay"]
        if stays and span is not None:
            found = words.HEADLINES_ON if self.other_day else words.HEADLINES
            self.headline = found[span["work"]]
            self.tone = "ok" if span["work"] != "none" else "warn"
            self.proof = self.proofs(span["proofs"])
            self.until = self._stays_until(span)
        else:
            owed = any(g["entitled"] and self._in(g) for g in self.answer["gaps"])
            self.headline = words.OWED if owed else words.UNPROVEN
            if self.other_day and not owed:
                self.headline = words.UNPROVEN_ON
            self.tone = "bad"
        if self.other_day:
            self.headline = (
                str(self.headline) % {"day": day(self.today)}
                if "%" in str(self.headline)
                else self.headline
            )
        current = span or {"stay": False, "work": "none", "travel": "none", "social": False}
        rule = (current.get("rules") or [""])[0]
        for tone, title, more in (
            words.STAY[current["stay"]],
            words.WORK[current["work"]],
            words.TRAVEL[current["travel"]],
            words.SOCIAL[current["social"]],
        ):
            self.can.append(Item(title, more, tone=tone))
        self.can[0].rule = "L411-1" if "L411-1" in self.law.rules else ""
        self.can[1].rule = (current.get("rules") or [""])[-1]
        self.can[2].rule = self.can[3].rule = rule

    def _in(self, gap: dict[str, Any]) -> bool:
        return bool(gap["from"] <= self.answer["today"] <= gap["to"])

    def _stays_until(self, span: dict[str, Any]) -> str:
        """Last day of the unbroken right to stay that holds today."""
        end: str | None = None
        spans = self.answer["spans"]
        for later in spans[spans.index(span) :]:
            if not later["stay"]:
                break
            end = later["to"]
            if end is None:
                return gettext("Sans date de fin connue aujourd’hui.")
        last = _day(end)
        if last is None:
            return ""
        return gettext("Jusqu’au %(day)s.") % {"day": words.dated(last, self.today)}

    @property
    def breaks(self) -> date | None:
        """First day to come without proof of stay, after today's."""
        if self.span is None or not self.span["stay"]:
            return None
        for span in self.answer["spans"]:
            start = _day(span["from"])
            if start is not None and start > self.today and not span["stay"]:
                return start
        return None

    # -- names -----------------------------------------------------------------------------------

    def proofs(self, names: list[str]) -> str:
        return " + ".join(self.proof_name(name) for name in names)

    def proof_name(self, name: str) -> str:
        if name in self.state:
            return name_document(self.state, name)
        if ":" in name:
            issue, _application, rank = name.split(":")
            paper = str(words.THE_PAPERS[issue.upper()])
            if issue.upper() in ("ADF", "EU_ATTESTATION") or rank == "1":
                return paper
            return gettext("%(paper)s, n° %(rank)s") % {"paper": paper, "rank": rank}
        rule = self.law.rules.get(name)
        return in_words(rule.label) if rule else name

    def application_name(self, name: str) -> str:
        return name_application(self.state, name, self.law)

    @property
    def several(self) -> bool:
        return len(self.answer["applications"]) > 1

    # -- the line ----------------------------------------------------------------------------------

    def _tell_stretches(self) -> None:
        for i, span in enumerate(self.answer["spans"], start=1):
            start = _day(span["from"])
            assert start is not None
            told = (
                gettext("%(work)s, %(travel)s")
                % {
                    "work": words.WORK_SHORT[span["work"]],
                    "travel": words.TRAVEL_SHORT[span["travel"]],
                }
                if span["stay"]
                else ""
            )
            self.stretches.append(
                Stretch(
                    i,
                    start,
                    _day(span["to"]),
                    span["stay"],
                    span["work"],
                    span["travel"],
                    told,
                    self.proofs(span["proofs"]),
                    list(span["rules"]),
                    self._holds(span),
                )  # fmt: skip
            )
        self.drawing = draw(
            self.answer["spans"],
            self.today,
            self._marked(),
            (gettext("Rester"), gettext("Travailler"), gettext("Voyager et revenir")),
            gettext("aujourd’hui") if not self.other_day else day(self.today),
        )

    def _marked(self) -> list[tuple[date, str]]:
        marked = []
        for a in self.asked.get("applications", []):
            filed, decided = _day(a.get("filed_on")), _day(a.get("decision", {}).get("taken_on"))
            if filed:
                marked.append((filed, gettext("dépôt")))
            if decided:
                marked.append((decided, gettext("réponse")))
        for a in self.answer["applications"]:
            silence = a["silence"] and _day(a["silence"]["earliest"])
            if silence and abs((silence - self.today).days) < 500:
                marked.append((silence, gettext("silence = refus")))
        for span in self.answer["spans"]:
            start = _day(span["from"])
            if start and not span["stay"]:
                marked.append((start, gettext("plus de papier")))
        return marked

    # -- what to do ----------------------------------------------------------------------------------

    @property
    def todo(self) -> list[Item]:
        found = [self._todo(step) for step in self.answer["todo"]]
        found += self._advice()
        return sorted(found, key=lambda item: item.day or date.max)

    def _todo(self, step: dict[str, Any]) -> Item:
        code, start, end = step["do"], _day(step["from"]), _day(step["to"])
        item = Item(words.TODO[code], words.TODO_MORE.get(code, ""), step["rule"], day=end)
        subject = step.get("application") or step.get("document")
        if code == "file":
            self._tell_file(item, start, end, step)
        elif end is not None and end >= self.today:
            item.title = gettext("%(what)s, au plus tard le %(day)s") % {
                "what": item.title, "day": words.dated(end, self.today)}  # fmt: skip
            item.tone = "warn" if (end - self.today).days <= 30 else ""
        elif end is not None:
            item.title = gettext("%(what)s : c’était à faire avant le %(day)s") % {
                "what": item.title, "day": words.dated(end, self.today)}  # fmt: skip
            item.tone = "bad"
        if subject in self.state and (self.several or code in ("hand_back", "validate_visa")):
            item.about = (
                self.application_name(subject)
                if subject.startswith("a")
                else name_document(self.state, subject)
            )
        return item

    def _tell_file(
        self, item: Item, start: date | None, end: date | None, step: dict[str, Any]
    ) -> None:
        today = self.today
        found = [a for a in self.answer["applications"] if a["id"] == step.get("application")]
        item.more = words.CHANNEL.get(found[0]["channel"], "") if found else ""
        window = (found[0]["window"] if found else None) or {"to": step["to"]}
        if start is not None and start > today and end is not None:
            item.title = gettext("Déposez votre demande entre le %(from)s et le %(to)s") % {
                "from": words.dated(start, today), "to": words.dated(end, today)}  # fmt: skip
        elif end is not None and step["to"] == window["to"]:
            item.title = gettext("Déposez votre demande au plus tard le %(to)s") % {
                "to": words.dated(end, today)}  # fmt: skip
            item.tone = "warn"
        elif end is not None:
            item.title = gettext(
                "La période est passée : déposez tout de suite, au plus tard le %(to)s"
            ) % {"to": words.dated(end, today)}
            item.tone = "bad"
        elif step["from"] or window["to"]:
            item.title = gettext("La période est passée : déposez dès que possible")
            item.tone = "bad"

    def _advice(self) -> list[Item]:
        """What the line itself calls for: a break ahead, or a break today."""
        found = []
        pending = [a for a in self.answer["applications"] if a["timing"] not in (None, "not_filed")]
        undecided = pending and not any(a.get("decision") for a in self.asked["applications"])
        if self.breaks is not None and undecided and not self._assumed:
            item = Item(
                gettext("Écrivez à la préfecture avant le %(day)s pour demander une attestation")
                % {"day": words.dated(self.breaks, self.today)},
                _("Dites ce que vous risquez de perdre (travail, logement, soins) et gardez la "
                  "preuve de l’envoi. Sans réponse, faites-vous aider avant ce jour."),
                "R431-15-1-2", "warn", self.breaks,
            )  # fmt: skip
            found.append(item)
        current = next((g for g in self.answer["gaps"] if self._in(g)), None)
        if current is not None and current["entitled"]:
            found.append(
                Item(
                    _("Réclamez tout de suite le papier que la préfecture vous doit"),
                    _(
                        "Par le site et par lettre recommandée. Gardez les preuves : elles serviront "
                        "devant le juge."
                    ),
                    current["rule"],
                    "bad",
                    self.today,
                )  # fmt: skip
            )
        return found

    # -- what the prefecture owes -----------------------------------------------------------------

    @property
    def _assumed(self) -> bool:
        return bool(self.asked["assume_issued"]) and any(
            ":" in proof for span in self.answer["spans"] for proof in span["proofs"]
        )

    @property
    def assumed_now(self) -> list[str]:
        """Papers that the answer takes as received by now, to be confirmed by the person."""
        if not self.asked["assume_issued"]:
            return []
        names = []
        for span in self.answer["spans"]:
            if span["from"] <= self.answer["today"]:
                names += [p for p in span["proofs"] if ":" in p and p not in names]
        return [self.proof_name(name) for name in names]

    @property
    def only_received(self) -> bool:
        return not self.asked["assume_issued"]

    @property
    def duties(self) -> list[Item]:
        found = []
        papers = [d for d in self.asked.get("documents", []) if d.get("application")]
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            for duty in a["duties"]:
                due, end = _day(duty["due_on"]), _day(duty["to"])
                start = _day(duty["from"])
                assert due is not None and start is not None
                paper = words.PAPERS[duty["issue"]]
                got = any(
                    p["kind"] == duty["issue"] and p["application"] == a["id"]
                    and p.get("from", "9999") <= (duty["to"] or "9999")
                    and p.get("to", "9999") >= duty["from"]
                    for p in papers
                )  # fmt: skip
                when = gettext("Au plus tard le %(day)s : %(paper)s")
                title = when % {"day": words.dated(due, self.today), "paper": paper}
                more = gettext("Elle vaut à partir du %(start)s.") % {"start": day(start)}
                if end is not None:
                    more = gettext("Pour les jours du %(start)s au %(end)s, au plus.") % {
                        "start": day(start), "end": day(end)}  # fmt: skip
                tone = "ok" if got else ""
                if due <= self.today and not got and self.only_received:
                    tone = "bad"
                    more = gettext("%(more)s La préfecture aurait déjà dû la donner.") % {
                        "more": more
                    }
                found.append(Item(title, more, duty["rule"], tone, due, about))
            card = a["card"]
            due = _day(card["due_on"])
            if due is not None:
                title = gettext("Au plus tard le %(day)s : la carte") % {
                    "day": words.dated(due, self.today)}  # fmt: skip
                found.append(Item(title, "", card["rule"], "", due, about))
        return sorted(found, key=lambda item: item.day or date.max)

    @property
    def promised(self) -> list[Item]:
        """What the law fixes about the card itself, and the commission's hearing."""
        from droitfil.web.public.law_words import length

        found = []
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            card, to = a["card"], _day(a["card"]["to"])
            if to is not None:
                text = gettext("La carte ira jusqu’au %(day)s.") % {"day": day(to)}
                found.append(Item(text, "", card["rule"], about=about))
            elif card["length"]:
                text = gettext("La carte accordée dure %(length)s.") % {
                    "length": length(card["length"])}  # fmt: skip
                found.append(Item(text, "", card["rule"], about=about))
            if a["commission"] in ("if_conditions_met", "seized"):
                text = _("Avant un refus, la préfecture doit consulter la commission du titre de "
                         "séjour, si vous remplissez les conditions.")  # fmt: skip
                found.append(Item(text, "", "L432-13", about=about))
        return found

    # -- filings -------------------------------------------------------------------------------------

    @property
    def filings(self) -> list[Item]:
        """In time or late, application by application."""
        found = []
        for a in self.answer["applications"]:
            if a["timing"] not in words.TIMING:
                continue
            tone, text = words.TIMING[a["timing"]]
            window = a["window"]
            more = ""
            if window is not None:
                start, end = _day(window["from"]), _day(window["to"])
                assert end is not None
                if start is not None:
                    more = gettext("La période allait du %(from)s au %(to)s.") % {
                        "from": day(start), "to": day(end)}  # fmt: skip
                else:
                    more = gettext("La période allait jusqu’au %(to)s.") % {"to": day(end)}
            rule = window["rule"] if window else ""
            if a["protected"]:
                text = _(
                    "Votre dépôt compte comme fait à temps, parce que le site vous a bloqué(e)."
                )
                rule = "R431-2-3"
            item = Item(text, more, rule, tone, about=self.application_name(a["id"]))
            found.append(item)
            found += [
                Item(said(c), "", c["rule"], "bad" if c["met"] is False else "",
                     about=self.application_name(a["id"]) if self.several else "")
                for c in a["conditions"] if c["met"] is not True
            ]  # fmt: skip
        return found

    # -- if it does not come --------------------------------------------------------------------------

    @property
    def gaps(self) -> list[Item]:
        found = []
        for gap in self.answer["gaps"]:
            start, end = _day(gap["from"]), _day(gap["to"])
            assert start is not None and end is not None
            if start == end:
                title = gettext("Le %(day)s, sans papier") % {"day": day(start)}
            else:
                title = gettext("Du %(start)s au %(end)s, sans papier") % {
                    "start": day(start), "end": day(end)}  # fmt: skip
            found.append(
                Item(title, said(gap, "why"), gap["rule"], "bad" if gap["entitled"] else "warn")
            )
        return found

    @property
    def remedies(self) -> list[Item]:
        codes = list(dict.fromkeys(gap["remedy"] for gap in self.answer["gaps"]))
        if not codes and (self.breaks is not None or any(i.tone == "bad" for i in self.duties)):
            refused = any(
                a["silence"] and a["silence"]["earliest"] <= self.answer["today"]
                for a in self.answer["applications"]
            )
            codes = ["L521-1" if refused else "L521-3"]
        return [Item(*words.REMEDIES[code], code) for code in codes if code in words.REMEDIES]

    @property
    def silences(self) -> list[Item]:
        found = []
        for a in self.answer["applications"]:
            silence = a["silence"]
            if silence is None:
                continue
            about = self.application_name(a["id"]) if self.several else ""
            first, last = _day(silence["earliest"]), _day(silence["latest"])
            assert first is not None and last is not None
            past = first <= self.today
            if past:
                title = gettext(
                    "Depuis le %(day)s, le silence de la préfecture compte comme un refus"
                )
            else:
                title = gettext("Sans réponse le %(day)s, le silence comptera comme un refus")
            title %= {"day": words.dated(first, self.today)}
            more = _(
                "Ce n’est pas la fin : votre demande reste à l’étude, et vous pouvez contester."
            )
            if first != last:
                more = gettext("Une autre lecture des textes dit le %(day)s.") % {"day": day(last)}
            found.append(Item(title, more, silence["rule"], "warn" if past else "", first, about))
            if a["appeal"] and not a["appeals"]:
                target, limit = _day(a["appeal"]["target"]), _day(a["appeal"]["limit"])
                assert target is not None and limit is not None
                if limit >= self.today:
                    title = gettext(
                        "Il sera possible de le contester au tribunal jusqu’au %(limit)s"
                    ) % {"limit": day(limit)}
                    more = gettext("Visez le %(target)s, pour ne pas risquer un jour.") % {
                        "target": day(target)}  # fmt: skip
                    found.append(Item(title, more, "R421-2", "", target, about))
        return found

    @property
    def appeals(self) -> list[Item]:
        found = []
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            for way in a["appeals"]:
                target, limit = _day(way["target"]), _day(way["limit"])
                if limit is None:
                    title, more = (
                        words.AGAINST[way["against"]],
                        _(
                            "Sans attendre : aucun délai ne peut vous être opposé, mais ne tardez pas."
                        ),
                    )
                    found.append(Item(title, more, way["rule"], about=about))
                    continue
                title = gettext("%(what)s au tribunal : jusqu’au %(limit)s") % {
                    "what": words.AGAINST[way["against"]],
                    "limit": words.dated(limit, self.today),
                }
                more = ""
                if target is not None and target != limit:
                    more = gettext("Visez le %(target)s, pour ne pas risquer un jour.") % {
                        "target": day(target)}  # fmt: skip
                tone = "bad" if limit < self.today else "warn"
                if limit < self.today:
                    more = _(
                        "Ce délai est passé : voyez vite un avocat, il reste parfois une voie."
                    )
                found.append(Item(title, more, way["rule"], tone, limit, about))
        return found

    # -- money ------------------------------------------------------------------------------------------

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
            late = (
                next((said(w) for w in self.answer["warnings"] if w["code"] == "late_fee_risk"), "")
                if a["late_fee"] == "risk"
                else ""
            )
            if rows:
                total = sum(row["amount"] for row in rows)
                about = self.application_name(a["id"])
                found.append(Fees(about, rows, total, late, "L436-5" if late else ""))
        return found

    # -- warnings, doubts, reasons ---------------------------------------------------------------------

    _SHOWN_ELSEWHERE = (
        "uncertain_rule",
        "fact_missing",
        "late_fee_risk",
        "silence_near",
        "gap_ahead",
    )

    @property
    def warnings(self) -> list[Item]:
        return [
            Item(said(w), tone="warn", day=_day(w["from"]))
            for w in self.answer["warnings"]
            if w["code"] not in ("uncertain_rule", "fact_missing", "late_fee_risk", "silence_near",
                                 "gap_ahead")
        ]  # fmt: skip

    @property
    def missing(self) -> list[Item]:
        """Facts the answer lacks, each with the way to give it."""
        found = []
        for w in self.answer["warnings"]:
            if w["code"] != "fact_missing":
                continue
            fact, name = words.FACTS.get(w["field"], ("", ""))
            place = "" if fact else place_of(w["field"], self.places)
            if fact:
                title = gettext("Il manque %(what)s : la réponse serait plus sûre avec.") % {
                    "what": name}  # fmt: skip
                if fact in self.state.ticks("plus") or self._asked_already(fact):
                    fact, place = "", place_of(w["field"], self.places)
                found.append(Item(title, fact=fact, place=place))
            elif place:
                label = next(
                    (p.step.heading(p.asked) for p in self.places if p.address == place), ""
                )
                found.append(Item(label, place=place))
        return found

    def _asked_already(self, fact: str) -> bool:
        from droitfil.web.public.whereami.steps_person import wanted

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
            end = _day(lapse["lapses_on"])
            if end is None:
                continue
            title = gettext("%(document)s : ne vaut plus à partir du %(day)s") % {
                "document": name_document(self.state, lapse["document"]),
                "day": words.dated(end, self.today),
            }
            found.append(
                Item(
                    title, _("Même si une date plus lointaine est imprimée."), lapse["rule"], "warn"
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

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)


def place_of(path: str, places: list[Place]) -> str:
    """The page that asks the field of a path such as ``documents[0].to``; empty when none does."""
    from droitfil.web.public.whereami import question as q

    table = {"documents": ("d", q._DOCUMENT), "applications": ("a", q._APPLICATION),
             "person": ("p", q._PERSON)}  # fmt: skip
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
    for problem in refused.problems:
        place = place_of(problem.path, places)
        heading = next((p.step.heading(p.asked) for p in places if p.address == place), "")
        found.append(Item(heading or problem.says, problem.says, place=place))
    return found
