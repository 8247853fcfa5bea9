"""What to do and by when, what the prefecture owes, how the filing stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from droitfil.web.public.law_words import length
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.public.whereami.answer_today import Item, Telling, day_of, said
from droitfil.web.public.whereami.summary import name_document
from droitfil.web.templatetags.page import day


class Steps(Telling):
    """The parts of the page that say who must do what."""

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Applications that were filed, even on a day nobody knows."""
        return [a for a in self.answer["applications"] if a["timing"] != "not_filed"]

    @property
    def closed(self) -> set[str]:
        """Applications that ended without a card."""
        return {
            a["id"]
            for a in self.asked.get("applications", [])
            if a.get("decision", {}).get("outcome") in ("refused", "closed", "withdrawn")
        }

    def lacking(self, application: str) -> str:
        """« Il manque le jour du dépôt. »: what keeps us from telling when to file; or nothing."""
        asked = self.asked.get("applications", [])
        rank = next(i for i, a in enumerate(asked) if a["id"] == application)
        held = asked[rank].get("holds")
        paths = {f"applications[{rank}].{name}" for name in ("filed_on", "article")}
        paths |= {
            f"person.{name}" for name in ("born_on", "entered_on", "french_loss_opposable_on")
        }
        for i, document in enumerate(self.asked.get("documents", [])):
            if document["id"] == held:
                paths.add(f"documents[{i}].to")
        names = [
            str(words.FILING_FACTS[w["field"].rpartition(".")[2]])
            for w in self.answer["warnings"]
            if w["code"] == "fact_missing" and w["field"] in paths
        ]
        if not names:
            return ""
        return gettext("Il manque : %(facts)s.") % {"facts": ", ".join(dict.fromkeys(names))}

    # -- what to do -----------------------------------------------------------------------------

    @property
    def todo(self) -> list[Item]:
        found = [self._todo(step) for step in self.answer["todo"] if self.tells(step)]
        found += self._advice()
        found += [item for item in self.open_appeals(("refusal", "removal")) if item.tone == "warn"]
        return sorted(found, key=lambda item: item.day or date.max)

    def tells(self, step: Mapping[str, Any]) -> bool:
        """Does this page tell this step? A page that gives another way to it does not."""
        return True

    def _todo(self, step: dict[str, Any]) -> Item:
        code, start, end = step["do"], day_of(step["from"]), day_of(step["to"])
        item = Item(words.TODO[code], words.TODO_MORE.get(code, ""), step["rule"], day=end)
        subject = step.get("application") or step.get("document") or ""
        if code == "file":
            self._tell_file(item, start, end, step)
        elif code == "leave_voluntarily" and end is not None:
            item.title = gettext("%(what)s le %(day)s") % {
                "what": item.title,
                "day": words.dated(end, self.today),
            }
            item.tone = "bad"
        elif end is not None and end >= self.today:
            item.title = gettext("%(what)s, au plus tard le %(day)s") % {
                "what": item.title,
                "day": words.dated(end, self.today),
            }
            item.tone = "warn" if (end - self.today).days <= 30 else ""
        elif end is not None:
            item.title = gettext("%(what)s : c’était à faire au plus tard le %(day)s") % {
                "what": item.title,
                "day": words.dated(end, self.today),
            }
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
        if found and found[0]["window"] is None and (lacking := self.lacking(found[0]["id"])):
            item.more = f"{words.WINDOW_UNKNOWN} {lacking} {item.more}"
        window = (found[0]["window"] if found else None) or {"to": step["to"]}
        if start is not None and start > today and end is not None:
            item.title = gettext("Déposez votre demande entre le %(from)s et le %(to)s") % {
                "from": words.dated(start, today),
                "to": words.dated(end, today),
            }
        elif end is not None and step["to"] == window["to"]:
            item.title = gettext("Déposez votre demande au plus tard le %(to)s") % {
                "to": words.dated(end, today)
            }
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
        undecided = self.pending and not any(a.get("decision") for a in self.asked["applications"])
        if self.breaks is not None and undecided and not self._assumed:
            item = Item(
                gettext("Écrivez à la préfecture avant le %(day)s pour demander une attestation")
                % {"day": words.dated(self.breaks, self.today)},
                gettext(
                    "Dites ce que vous risquez de perdre (travail, logement, soins) et gardez la "
                    "preuve de l’envoi. Sans réponse, faites-vous aider avant ce jour."
                ),
                "R431-15-1-2",
                "warn",
                self.breaks,
            )
            found.append(item)
        if self._owed:
            current = next(gap for gap in self.answer["gaps"] if self._in(gap))
            found.append(
                Item(
                    gettext("Réclamez tout de suite le papier que la préfecture vous doit"),
                    gettext(
                        "Par le site et par lettre recommandée. Gardez les preuves : elles "
                        "serviront devant le juge."
                    ),
                    current["rule"],
                    "bad",
                    self.today,
                )
            )
        elif self.tone == "bad":
            found.append(
                Item(
                    gettext("Faites-vous aider par une association ou un avocat"),
                    gettext("Aucun papier ne vous protège. Voyez « Qui peut m’aider ? »."),
                    tone="bad",
                )
            )
        return found

    # -- what the prefecture owes ---------------------------------------------------------------

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
        names: list[str] = []
        if self.span is not None:
            names = [proof for proof in self.span["proofs"] if ":" in proof]
        return [self.proof_name(name) for name in names]

    @property
    def only_received(self) -> bool:
        return not self.asked["assume_issued"]

    @property
    def duties(self) -> list[Item]:
        """What is owed today or to come: papers, and the card where the law says by when."""
        found = self._papers(past=False)
        for a in self.answer["applications"]:
            card, due = a["card"], day_of(a["card"]["due_on"])
            if due is not None and a["id"] not in self.closed:
                about = self.application_name(a["id"]) if self.several else ""
                title = gettext("Au plus tard le %(day)s : la carte") % {
                    "day": words.dated(due, self.today)
                }
                found.append(Item(title, "", card["rule"], "", due, about))
        return sorted(found, key=lambda item: item.day or date.max)

    @property
    def past_duties(self) -> list[Item]:
        """What was owed, and is no more: its days are over, or a decision ended the waiting."""
        return sorted(self._papers(past=True), key=lambda item: item.day or date.max)

    def _papers(self, *, past: bool) -> list[Item]:
        found = []
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            found += [
                self._paper(a["id"], duty, about, past=past)
                for duty in a["duties"]
                if self.is_past(a["id"], duty) is past
            ]
        return found

    def _paper(self, application: str, duty: dict[str, Any], about: str, *, past: bool) -> Item:
        due, start, end = day_of(duty["due_on"]), day_of(duty["from"]), day_of(duty["to"])
        assert due is not None
        assert start is not None
        title = gettext("Au plus tard le %(day)s : %(paper)s") % {
            "day": words.dated(due, self.today),
            "paper": words.PAPERS[duty["issue"]],
        }
        more = gettext("Elle vaut à partir du %(start)s.") % {"start": day(start)}
        if end is not None:
            more = gettext("Pour les jours du %(start)s au %(end)s, au plus.") % {
                "start": day(start),
                "end": day(end),
            }
        got = self._received(application, duty)
        tone = "ok" if got else ""
        if due <= self.today and not got and self.only_received:
            tone = "" if past else "bad"
            late = (
                gettext("%(more)s Vous ne l’avez pas eue : gardez-en la trace.")
                if past
                else gettext("%(more)s La préfecture aurait déjà dû la donner.")
            )
            more = late % {"more": more}
        return Item(title, more, duty["rule"], tone, due, about)

    def _received(self, application: str, duty: dict[str, Any]) -> bool:
        """Is a paper of the kind owed, for some of its days, among the documents?"""
        return any(
            p["kind"] == duty["issue"]
            and p.get("application") == application
            and p.get("from", "9999") <= (duty["to"] or "9999")
            and p.get("to", "9999") >= duty["from"]
            for p in self.asked.get("documents", [])
        )

    @property
    def promised(self) -> list[Item]:
        """What the law fixes about the card itself, and the commission's hearing."""
        found = []
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            card, to = a["card"], day_of(a["card"]["to"])
            if to is not None:
                text = gettext("La carte ira jusqu’au %(day)s.") % {"day": day(to)}
                found.append(Item(text, "", card["rule"], about=about))
            elif card["length"] and a["id"] not in self.closed:
                text = gettext("La carte accordée dure %(length)s.") % {
                    "length": length(card["length"])
                }
                found.append(Item(text, "", card["rule"], about=about))
            if a["commission"] in ("if_conditions_met", "seized"):
                text = gettext(
                    "Avant un refus, la préfecture doit consulter la commission du titre de "
                    "séjour, si vous remplissez les conditions."
                )
                found.append(Item(text, "", "L432-13", about=about))
        return found

    # -- filings --------------------------------------------------------------------------------

    @property
    def filings(self) -> list[Item]:
        """In time or late, application by application."""
        found = []
        for a in self.answer["applications"]:
            if a["timing"] == "not_filed":
                continue
            more = ""
            if a["timing"] is None:
                tone, text = "warn", str(words.TIMING_UNKNOWN)
                more = self.lacking(a["id"])
            else:
                tone, text = words.TIMING[a["timing"]][0], str(words.TIMING[a["timing"]][1])
            window = a["window"]
            if window is not None:
                start, end = day_of(window["from"]), day_of(window["to"])
                assert end is not None
                if start is not None:
                    span = gettext("La période allait du %(from)s au %(to)s.") % {
                        "from": day(start),
                        "to": day(end),
                    }
                else:
                    span = gettext("La période allait jusqu’au %(to)s.") % {"to": day(end)}
                more = f"{more} {span}".strip()
            rule = window["rule"] if window else ""
            if a["protected"]:
                text = gettext(
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

    # -- going to court --------------------------------------------------------------------------

    def open_appeals(self, against: tuple[str, ...]) -> list[Item]:
        """The ways to court against these, each with its last day."""
        found = []
        for a in self.answer["applications"]:
            about = self.application_name(a["id"]) if self.several else ""
            for way in a["appeals"]:
                if way["against"] not in against:
                    continue
                target, limit = day_of(way["target"]), day_of(way["limit"])
                if limit is None:
                    title, more = (
                        str(words.AGAINST[way["against"]]),
                        gettext(
                            "Sans attendre : aucun délai ne peut vous être opposé, "
                            "mais ne tardez pas."
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
                        "target": day(target)
                    }
                tone = "bad" if limit < self.today else "warn"
                if limit < self.today:
                    more = gettext(
                        "Ce délai est passé : voyez vite un avocat, il reste parfois une voie."
                    )
                found.append(Item(title, more, way["rule"], tone, limit, about))
        return found
