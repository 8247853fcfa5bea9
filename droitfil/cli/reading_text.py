"""An answer to read in a terminal of 80 columns: what I may do, what to do next, who owes what."""

from __future__ import annotations

from collections.abc import Iterator

from droitfil.cli import words
from droitfil.cli.reading_application import ApplicationLines
from droitfil.cli.reading_lines import MARGIN, WIDTH, Data, wrapped
from droitfil.cli.ribbon import ASCII, UNICODE, draw
from droitfil.cli.words import _
from droitfil.rules.facts import PAPERS
from droitfil.rules.law import Law


def page(question: Data, answer: Data, law: Law, *, unicode: bool = True) -> str:
    """The answer to ``question`` as text, in the question's language; each line ≤ 80 columns.

    Without ``unicode`` the drawing keeps to ASCII; the words keep their accents.
    """
    reader = _Page(question, answer, law, UNICODE if unicode else ASCII)
    return "\n".join(line.rstrip() for line in reader.lines()) + "\n"


class _Page(ApplicationLines):
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
        yield MARGIN + drawn
        yield MARGIN + dates
        yield MARGIN + (
            f"{arrow[: -len(today) - 2]}{today} {g.arrow}" if left else f"{arrow} {today}"
        )
        yield from wrapped(
            self.t(
                _("{document} document valide   {paper} papier ou loi   {nothing} rien"),
                document=g.document,
                paper=g.paper,
                nothing=g.nothing,
            ),
            MARGIN,
            MARGIN,
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
            yield from wrapped(rights, " " * 6, " " * 8)

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
