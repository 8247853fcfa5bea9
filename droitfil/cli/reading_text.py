"""An answer to read in a terminal of 80 columns: what I may do, what to do next, who owes what."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from droitfil.cli import words
from droitfil.cli.ribbon import ASCII, UNICODE, Glyphs, draw
from droitfil.cli.words import _
from droitfil.lawbook.translations import renderer
from droitfil.rules.facts import PAPERS
from droitfil.rules.law import Law
from droitfil.rules.sentences import Sentence

WIDTH = 80
_MARGIN = "  "
_BEFORE = re.compile(r" (?=[:;?!»€])")
_AFTER = re.compile(r"(?<=[«]) ")
_ARTICLE = re.compile(r"\[[^\]]{1,40}\]\Z")

Data = Mapping[str, Any]


def page(question: Data, answer: Data, law: Law, *, unicode: bool = True) -> str:
    """The answer to ``question`` as text, in the question's language; each line ≤ 80 columns.

    Without ``unicode`` the drawing keeps to ASCII; the words keep their accents.
    """
    reader = _Page(question, answer, law, UNICODE if unicode else ASCII)
    return "\n".join(line.rstrip() for line in reader.lines()) + "\n"


class _Page:
    def __init__(self, question: Data, answer: Data, law: Law, glyphs: Glyphs) -> None:
        self.answer = answer
        self.law = law
        self.glyphs = glyphs
        self.today = date.fromisoformat(answer["today"])
        self.assumed = question.get("assume_issued") is not False
        self.documents = {d["id"]: d for d in question.get("documents") or ()}
        self.asked = {a["id"]: a for a in question.get("applications") or ()}
        self.renderer = renderer(question.get("language") or "fr")

    # -- words ---------------------------------------------------------------------------------

    def t(self, template: str, **values: Any) -> str:
        """A text of this page in the reader's language; dates are given as ISO texts."""
        shown = {
            name: date.fromisoformat(value) if name.endswith("_on") and value else value
            for name, value in values.items()
        }
        return self.renderer.text(Sentence(template, shown))

    def pair(self, name: str, text: str) -> str:
        """A name, a colon, a text, spaced as the reader's language does."""
        return self.t(_("{name} : {text}"), name=name, text=text)

    def says(self, item: Data) -> str:
        return str(item.get("said") or item.get("says") or item.get("why"))

    def article(self, rule: str) -> str:
        known = self.law.rules.get(rule)
        return f"[{known.article if known else rule}]"

    def title(self, article: str | None) -> str:
        title = self.law.title(article)
        return self.t(title.label) if title is not None else ""

    def document(self, name: str) -> str:
        """A document by its id, or a proof by its name, in words."""
        document = self.documents.get(name)
        if document is not None:
            label = self.title(document.get("article"))
            kind = self.t(words.DOCUMENTS.get(document["kind"], document["kind"]))
            return f"{label or kind} ({name})"
        kind, _colon, _rest = name.partition(":")
        if _colon:
            return self.t(words.DOCUMENTS.get(kind.upper(), kind))
        return self.t(_("la loi elle-même, {article}"), article=self.article(name)[1:-1])

    def proofs(self, names: list[str]) -> str:
        return " + ".join(self.document(name) for name in names)

    # -- layout --------------------------------------------------------------------------------

    def heading(self, text: str) -> Iterator[str]:
        yield ""
        yield self.t(text).upper()
        yield self.glyphs.rule * WIDTH

    def item(self, sign: str, text: str, rule: str | None = None) -> Iterator[str]:
        """A sentence behind a sign, its article at the end."""
        first = f"{_MARGIN}{sign} "
        whole = f"{text} {self.article(rule)}" if rule else text
        yield from _wrapped(whole, first, " " * len(first))

    def row(self, name: str, text: str, rule: str | None = None) -> Iterator[str]:
        """A named value: the name in a column of its own."""
        first = f"{_MARGIN}{self.t(name):<18} "
        whole = f"{text} {self.article(rule)}" if rule else text
        yield from _wrapped(whole, first, " " * 21)

    def period(self, start: str | None, end: str | None) -> str:
        if start is None and end is None:
            return ""
        if end is None:
            return self.t(_("à partir du {from_on}"), from_on=start)
        if start is None:
            return self.t(_("jusqu'au {to_on}"), to_on=end)
        if start == end:
            return self.t(_("le {from_on}"), from_on=start)
        return self.t(_("du {from_on} au {to_on}"), from_on=start, to_on=end)

    # -- the page ------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        yield self.t(_("Où en suis-je, au {today_on} ?"), today_on=self.answer["today"])
        yield self.glyphs.rule * WIDTH
        yield from self.now()
        yield from self.line_of_rights()
        yield from self.steps()
        for application in self.answer["applications"]:
            yield from self.application(application)
        yield from self.gaps()
        yield from self.warnings()
        yield from self.reasons()

    def now(self) -> Iterator[str]:
        span = self.span_today()
        g = self.glyphs
        if span is None:
            text = _("Aucun document ni papier n'est décrit pour ce jour.")
            yield from self.item(g.unknown, self.t(text))
            return
        if span["stay"]:
            template = _("Votre séjour est prouvé : {proofs}.")
            if span["to"]:
                template = _("Votre séjour est prouvé jusqu'au {to_on} : {proofs}.")
            proofs = self.proofs(span["proofs"])
            yield from self.item(g.yes, self.t(template, to_on=span["to"], proofs=proofs))
        else:
            text = self.t(
                _("Aucun papier ne prouve votre séjour depuis le {from_on}."),
                from_on=span["from"],
            )
            yield from self.item(g.no, text)
            gap = self.gap_today()
            if gap is not None:
                yield from self.item(" ", self.says(gap), gap["rule"])
        yield from self.row(_("Travail"), self.t(words.WORK[span["work"]]))
        social = _("ouverts") if span["social"] else _("non prouvés par un papier")
        yield from self.row(_("Droits sociaux"), self.t(social))
        yield from self.row(_("Voyage"), self.t(words.TRAVEL[span["travel"]]))

    def span_today(self) -> Data | None:
        today = self.answer["today"]
        for span in self.answer["spans"]:
            if span["from"] <= today and (span["to"] is None or today <= span["to"]):
                return dict(span)
        return None

    def line_of_rights(self) -> Iterator[str]:
        spans = self.answer["spans"]
        if not spans:
            return
        g = self.glyphs
        yield from self.heading(_("Vos droits dans le temps"))
        cards = [d["id"] for d in self.documents.values() if d["kind"] not in PAPERS]
        drawn, dates, arrow = draw(spans, cards, self.today, WIDTH - 2, g)
        today = self.t(_("aujourd'hui"))
        left = len(arrow) + 1 + len(today) > WIDTH - 2
        yield _MARGIN + drawn
        yield _MARGIN + dates
        yield _MARGIN + (
            f"{arrow[: -len(today) - 2]}{today} {g.arrow}" if left else f"{arrow} {today}"
        )
        yield from _wrapped(
            self.t(
                _("{document} document valide   {paper} papier ou loi   {nothing} rien"),
                document=g.document,
                paper=g.paper,
                nothing=g.nothing,
            ),
            _MARGIN,
            _MARGIN,
        )
        yield ""
        for span in spans:
            yield from self.span(span)

    def span(self, span: Data) -> Iterator[str]:
        g = self.glyphs
        sign = g.yes if span["stay"] else g.no
        what = self.proofs(span["proofs"]) if span["proofs"] else self.t(_("rien"))
        yield from self.item(sign, self.pair(self.period(span["from"], span["to"]), what))
        if span["stay"]:
            rights = self.t(_("travail : {work}"), work=self.t(words.WORK[span["work"]]))
            yield from _wrapped(rights, " " * 6, " " * 8)

    def steps(self) -> Iterator[str]:
        todo = self.answer["todo"]
        ways = [way for a in self.answer["applications"] for way in a["appeals"]]
        found = [(self.step(step), step["rule"]) for step in todo]
        found += [(self.claim(duty), duty["rule"]) for duty in self.overdue()]
        gap = self.gap_today()
        if gap is not None and gap["entitled"]:
            remedy = self.law.rules[gap["remedy"]]
            text = _("Si rien ne vient, saisir le juge en urgence. {remedy}.")
            found.append((self.t(text, remedy=self.t(remedy.label)), remedy.id))
        found += [(self.way(way), way["rule"]) for way in ways]
        yield from self.heading(_("Ce que vous avez à faire"))
        if not found:
            yield from self.item(self.glyphs.bullet, self.t(_("Rien, à ce jour.")))
        for number, (text, rule) in enumerate(found, start=1):
            yield from self.item(f"{number}.", text, rule)

    def overdue(self) -> Iterator[Data]:
        """Papers owed today, not among the documents."""
        today = self.answer["today"]
        for application in self.answer["applications"]:
            for duty in application["duties"]:
                running = duty["due_on"] <= today and (duty["to"] is None or today <= duty["to"])
                past = self.is_past(application["id"], duty)
                if running and not past and self.missing(application["id"], duty):
                    yield duty

    def decision(self, application: str) -> Data | None:
        """The prefecture's answer, once it is there: until its day, it is only a plan."""
        decided = self.asked.get(application, {}).get("decision")
        if not decided or str(decided["taken_on"]) > self.answer["today"]:
            return None
        return dict(decided)

    def is_past(self, application: str, duty: Data) -> bool:
        """Is a paper no longer owed: its days are over, or a decision ended the waiting?"""
        if duty["to"] is not None and duty["to"] < self.answer["today"]:
            return True
        return self.decision(application) is not None and duty["issue"] != "ADF"

    def claim(self, duty: Data) -> str:
        return self.t(
            _("Réclamer à la préfecture ce qu'elle doit depuis le {due_on} : {paper}."),
            due_on=duty["due_on"],
            paper=self.t(words.DOCUMENTS[duty["issue"]]),
        )

    def gap_today(self) -> Data | None:
        gaps = self.answer["gaps"]
        return gaps[-1] if gaps and gaps[-1]["to"] == self.answer["today"] else None

    def step(self, step: Data) -> str:
        what = self.t(str(words.STEPS.get(step["do"], step["do"])))
        about = self.about(step)
        return self.pair(f"{what}{about}", f"{self.when(step['from'], step['to'])}.")

    def about(self, step: Data) -> str:
        if "document" in step:
            return f", {self.document(step['document'])}"
        asked = self.asked.get(step["application"], {})
        label = self.title(asked.get("article"))
        return f", {label} ({step['application']})" if label else f" ({step['application']})"

    def when(self, start: str | None, end: str | None) -> str:
        today = self.answer["today"]
        if end is not None and end < today:
            return self.t(_("dès maintenant ; le délai est passé depuis le {to_on}"), to_on=end)
        if start is not None and start > today:
            return self.period(start, end)
        if end is not None:
            return self.t(_("dès maintenant, au plus tard le {to_on}"), to_on=end)
        return self.t(_("dès maintenant"))

    def way(self, way: Data) -> str:
        what = self.t(words.AGAINST[way["against"]])
        if way["limit"] is None:
            return self.t(
                _("{what} devant le tribunal administratif : sans délai opposable à ce jour."),
                what=what,
            )
        target = way["target"]
        if target is None or target == way["limit"] or target < self.answer["today"]:
            return self.t(
                _("{what} devant le tribunal administratif : au plus tard le {limit_on}."),
                what=what,
                limit_on=way["limit"],
            )
        return self.t(
            _(
                "{what} devant le tribunal administratif : au plus tard le {target_on} ; "
                "dernier jour, le {limit_on}."
            ),
            what=what,
            target_on=target,
            limit_on=way["limit"],
        )

    # -- one application -------------------------------------------------------------------------

    def application(self, a: Data) -> Iterator[str]:
        asked = self.asked.get(a["id"], {})
        label = self.title(asked.get("article")) or self.t(_("titre non précisé"))
        request = self.t(words.REQUESTS.get(str(asked.get("request")), ""))
        yield ""
        name = self.t(_("Demande")).upper()
        yield from _wrapped(
            self.pair(f"{name} {a['id']}", label) + (request and f", {request}"), "", ""
        )
        yield self.glyphs.rule * WIDTH
        yield from self.filing(a)
        yield from self.owed(a)
        yield from self.silence(a)
        yield from self.card(a)
        yield from self.fees(a)
        marks = {True: self.glyphs.yes, False: self.glyphs.no, None: self.glyphs.unknown}
        for condition in a["conditions"]:
            yield from self.item(marks[condition["met"]], self.says(condition), condition["rule"])

    def filing(self, a: Data) -> Iterator[str]:
        if a["channel"]:
            yield from self.row(_("Se demande"), self.t(words.CHANNELS[a["channel"]]))
        window = a["window"]
        if window is not None:
            period = self.period(window["from"], window["to"])
            yield from self.row(_("Se dépose"), period, window["rule"])
        elif a["timing"] != "no_window" and (lacking := self.lacking(a["id"])):
            yield from self.row(_("Se dépose"), self.t(words.UNKNOWN, fields=lacking))
        if a["timing"] is None:
            yield from self.row(
                _("Votre dépôt"), self.t(words.UNKNOWN_TIMING, fields=self.lacking(a["id"]))
            )
        else:
            timing = self.t(words.TIMING[a["timing"]])
            if a["protected"]:
                timing += self.t(_(", grâce au blocage constaté du téléservice"))
            yield from self.row(_("Votre dépôt"), timing)
        if a["last_day_as_renewal"] is not None and a["timing"] != "in_time":
            yield from self.row(
                _("Renouvellement"),
                self.t(_("possible jusqu'au {last_on}"), last_on=a["last_day_as_renewal"]),
                "R431-8",
            )
        if words.COMMISSION.get(a["commission"] or "none"):
            yield from self.row(_("Commission"), self.t(words.COMMISSION[a["commission"]]))

    def lacking(self, application: str) -> str:
        """The fields without which nobody can tell when to file: « applications[0].filed_on »."""
        rank = list(self.asked).index(application)
        held = self.asked[application].get("holds")
        paths = {f"applications[{rank}].{name}" for name in ("filed_on", "article")}
        paths |= {
            f"person.{name}" for name in ("born_on", "entered_on", "french_loss_opposable_on")
        }
        paths |= {f"documents[{i}].to" for i, name in enumerate(self.documents) if name == held}
        return ", ".join(
            warning["field"]
            for warning in self.answer["warnings"]
            if warning["code"] == "fact_missing" and warning["field"] in paths
        )

    def owed(self, a: Data) -> Iterator[str]:
        """The papers that were owed, then those that are: what is over is no debt."""
        for past, heading in (
            (True, _("La préfecture vous devait :")),
            (False, _("La préfecture vous doit :")),
        ):
            duties = [duty for duty in a["duties"] if self.is_past(a["id"], duty) is past]
            if duties:
                yield _MARGIN + self.t(heading)
            for duty in duties:
                yield from self.duty(a["id"], duty)

    def duty(self, application: str, duty: Data) -> Iterator[str]:
        late = duty["due_on"] <= self.answer["today"] and self.missing(application, duty)
        sign = self.glyphs.no if late else self.glyphs.bullet
        if self.received(application, duty):
            sign = self.glyphs.yes
        text = self.t(
            _("{paper}, {period} ; à remettre le {due_on} au plus tard"),
            paper=self.t(words.DOCUMENTS[duty["issue"]]),
            period=self.period(duty["from"], duty["to"]),
            due_on=duty["due_on"],
        )
        if late:
            text += self.t(_(" : pas parmi vos documents"))
        yield from self.item(sign, text, duty["rule"])

    def missing(self, application: str, duty: Data) -> bool:
        return not self.assumed and not self.received(application, duty)

    def received(self, application: str, duty: Data) -> bool:
        """A paper of the kind owed that covers some of its days is among the documents."""
        return any(
            document["kind"] == duty["issue"]
            and document.get("application") in (None, application)
            and (document.get("to") or "9999") >= duty["from"]
            and (duty["to"] is None or (document.get("from") or "") <= duty["to"])
            for document in self.documents.values()
        )

    def silence(self, a: Data) -> Iterator[str]:
        decision = self.asked.get(a["id"], {}).get("decision")
        if decision:
            outcome = self.t(words.OUTCOMES[decision["outcome"]])
            text = self.t(
                _("{outcome}, le {taken_on}"), outcome=outcome, taken_on=decision["taken_on"]
            )
            yield from self.row(_("Décision"), text)
        silence, appeal = a["silence"], a["appeal"]
        if silence is None or self.decision(a["id"]) is not None:
            return  # an express decision takes the place of the silence
        born = silence["earliest"] <= self.answer["today"]
        if silence["earliest"] == silence["latest"]:
            template = (
                _("a valu refus le {earliest_on}") if born else _("vaudra refus le {earliest_on}")
            )
        else:
            template = _("vaut refus entre le {earliest_on} et le {latest_on}, selon la lecture")
        text = self.t(template, earliest_on=silence["earliest"], latest_on=silence["latest"])
        yield from self.row(_("Le silence"), text, silence["rule"])
        if appeal is None or a["appeals"]:
            return
        template = _("au plus tard le {target_on} ; dernier jour, le {limit_on}")
        if appeal["limit"] < self.answer["today"]:
            template = _("son délai a fini le {limit_on}")
        target, limit = appeal["target"], appeal["limit"]
        yield from self.row(_("Recours"), self.t(template, target_on=target, limit_on=limit))

    def card(self, a: Data) -> Iterator[str]:
        card = a["card"]
        if card["rule"] is None:
            return
        parts = []
        if card["due_on"]:
            parts.append(self.t(_("à remettre le {due_on} au plus tard"), due_on=card["due_on"]))
        if card["length"]:
            parts.append(self.length(card["length"]))
        if card["to"]:
            parts.append(self.t(_("valable jusqu'au {to_on}"), to_on=card["to"]))
        if parts:
            yield from self.row(_("La carte demandée"), ", ".join(parts), card["rule"])

    def length(self, code: str) -> str:
        number = int(code[:-1])
        one, many = words.UNITS[code[-1]]
        return self.t(one if number == 1 else many, n=number)

    def fees(self, a: Data) -> Iterator[str]:
        fees = a["fees"]
        if not fees:
            return
        total = sum(fee["amount"] for fee in fees)
        upfront = sum(fee["upfront"] for fee in fees)
        text = self.t(_("{total} € à la remise"), total=total - upfront)
        if upfront:
            text = self.t(
                _("{upfront} € au dépôt, {rest} € à la remise"),
                upfront=upfront,
                rest=total - upfront,
            )
        detail = " + ".join(
            self.t(
                _("{fee} {amount} €"),
                fee=self.t(words.FEES.get(fee["code"], fee["code"])).lower(),
                amount=fee["amount"],
            )
            for fee in fees
        )
        yield from self.row(_("Vous payez"), f"{text} ({detail})")
        if a["late_fee"] is None:
            yield from self.row(
                _("Droit de retard"), self.t(words.UNKNOWN, fields=self.lacking(a["id"]))
            )

    # -- what remains ----------------------------------------------------------------------------

    def gaps(self) -> Iterator[str]:
        gaps = self.answer["gaps"]
        if not gaps:
            return
        yield from self.heading(_("Jours sans papier"))
        for gap in gaps:
            sign = self.glyphs.no if gap["entitled"] else self.glyphs.bullet
            period = self.period(gap["from"], gap["to"])
            yield from self.item(sign, self.pair(period, self.says(gap)), gap["rule"])

    def warnings(self) -> Iterator[str]:
        found = self.answer["warnings"]
        lapses = [lapse for lapse in self.answer["lapses"] if lapse["lapses_on"]]
        if not found and not lapses:
            return
        yield from self.heading(_("À savoir"))
        for lapse in lapses:
            text = self.t(
                _("{document} cesse de valoir le {lapses_on}."),
                document=self.document(lapse["document"]),
                lapses_on=lapse["lapses_on"],
            )
            yield from self.item("!", text, lapse["rule"])
        for warning in sorted(found, key=lambda w: w["code"] == "uncertain_rule"):
            if warning["code"] == "uncertain_rule":
                doubt = self.t(_("Incertain"))
                name = f"{doubt} ({warning['parameter']})"
                yield from self.item("?", self.pair(name, self.says(warning)))
            else:
                yield from self.item("!", self.says(warning))

    def reasons(self) -> Iterator[str]:
        yield from self.heading(_("Pourquoi"))
        for reason in self.answer["explain"]:
            yield from self.item(self.glyphs.bullet, self.says(reason), reason["rule"])
        yield ""
        text = _("Droitfil n'est pas un service officiel ; ce n'est pas un conseil juridique.")
        yield self.t(text)


def _wrapped(text: str, first: str, others: str) -> list[str]:
    """Lines of at most ``WIDTH``; signs that French parts from a word stay beside it."""
    tied = _BEFORE.sub("\u00a0", _AFTER.sub("\u00a0", text))
    tied = _ARTICLE.sub(lambda found: found[0].replace(" ", "\u00a0"), tied)
    lines = textwrap.wrap(
        tied, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
    return [line.replace("\u00a0", " ") for line in lines]
