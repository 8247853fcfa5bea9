"""What the parts of an answer to read in a terminal rest on: words, rows of 80 columns, papers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from droitfil.cli import words
from droitfil.cli.ribbon import Glyphs
from droitfil.cli.words import _
from droitfil.lawbook.translations import renderer
from droitfil.rules.law import Law
from droitfil.rules.sentences import Sentence

WIDTH = 80
MARGIN = "  "
_BEFORE = re.compile(r" (?=[:;?!»€])")
_AFTER = re.compile(r"(?<=[«]) ")
_ARTICLE = re.compile(r"\[[^\]]{1,40}\]\Z")

Data = Mapping[str, Any]


class Lines:
    """One question and its answer, said in the question's language."""

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
        first = f"{MARGIN}{sign} "
        whole = f"{text} {self.article(rule)}" if rule else text
        yield from wrapped(whole, first, " " * len(first))

    def row(self, name: str, text: str, rule: str | None = None) -> Iterator[str]:
        """A named value: the name in a column of its own."""
        first = f"{MARGIN}{self.t(name):<18} "
        whole = f"{text} {self.article(rule)}" if rule else text
        yield from wrapped(whole, first, " " * 21)

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

    # -- papers ----------------------------------------------------------------------------------

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


def wrapped(text: str, first: str, others: str) -> list[str]:
    """Lines of at most ``WIDTH``; signs that French parts from a word stay beside it."""
    tied = _BEFORE.sub("\u00a0", _AFTER.sub("\u00a0", text))
    tied = _ARTICLE.sub(lambda found: found[0].replace(" ", "\u00a0"), tied)
    lines = textwrap.wrap(
        tied, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
    return [line.replace("\u00a0", " ") for line in lines]
