"""One application in a terminal: when to file, papers owed, silence, card, fees, conditions."""

from __future__ import annotations

from collections.abc import Iterator

from droitfil.cli import words
from droitfil.cli.reading_lines import MARGIN, WIDTH, Data, Lines, wrapped
from droitfil.cli.words import _


class ApplicationLines(Lines):
    """What the answer says of each application."""

    def application(self, a: Data) -> Iterator[str]:
        asked = self.asked.get(a["id"], {})
        label = self.title(asked.get("article")) or self.t(_("titre non précisé"))
        request = self.t(words.REQUESTS.get(str(asked.get("request")), ""))
        yield ""
        name = self.t(_("Demande")).upper()
        yield from wrapped(
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
                yield MARGIN + self.t(heading)
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
