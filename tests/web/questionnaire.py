"""Walks the pages of « Où en suis-je ? » the way a person does: reads a form, fills it, sends it.

No shortcut: only what stands in the page's HTML is sent, to where the HTML says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from droitfil.rules.law import Law
from droitfil.web.public.whereami.question import answers
from droitfil.web.public.whereami.state import NO, UNKNOWN, YES, State

START = "/ou-en-suis-je"
MOST_PAGES = 60


@dataclass
class Control:
    tag: str
    type: str
    name: str
    value: str
    checked: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    id: str
    method: str
    action: str
    controls: list[Control] = field(default_factory=list)

    def named(self, name: str) -> list[Control]:
        return [control for control in self.controls if control.name == name]

    def hidden(self) -> dict[str, str]:
        return {c.name: c.value for c in self.controls if c.type == "hidden"}


class _Reader(HTMLParser):
    """Forms of a page, with the buttons that belong to them by ``form=``."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.buttons: list[dict[str, str]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._open: Form | None = None
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "form":
            self._open = Form(a.get("id", ""), a.get("method", "get"), a.get("action", ""))
            self.forms.append(self._open)
        elif tag == "input" and self._open is not None and a.get("name"):
            self._open.controls.append(
                Control(tag, a.get("type", "text"), a["name"], a.get("value", ""), "checked" in a)
            )
        elif tag == "select" and self._open is not None:
            self._select = Control(tag, tag, a["name"], "")
            self._open.controls.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(a["value"])
        elif tag == "button":
            self.buttons.append(a)
        elif tag == "a":
            self.links.append(a.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None


class Visitor:
    """A person at the questionnaire, who wants to give the answers of ``wanted``."""

    def __init__(self, wanted: State, client: Client | None = None, start: str = START) -> None:
        self.wanted = wanted
        self.client = client or Client()
        self.pages = 0
        self.addresses: list[str] = []
        self.take(self.client.get(start, follow=True))

    @classmethod
    def of(cls, question: Mapping[str, Any], law: Law) -> Visitor:
        return cls(answers(question, law))

    # -- reading ---------------------------------------------------------------------------

    def take(self, response: Any) -> None:
        self.response = response
        self.html = response.content.decode()
        self.page = _Reader()
        self.page.feed(self.html)
        self.pages += 1
        path = response.request["PATH_INFO"]
        query = response.request.get("QUERY_STRING", "")
        self.addresses.append(f"{path}?{query}")
        assert self.pages < MOST_PAGES, f"the questions turn in circles: {self.addresses[-3:]}"

    def question_form(self) -> Form | None:
        return next((form for form in self.page.forms if form.named("de")), None)

    def kept(self) -> State:
        """The answers that the page of the answer carries."""
        form = next(form for form in self.page.forms if form.id == "etat")
        return State.read(form.hidden())

    # -- sending ---------------------------------------------------------------------------

    def send(self, form: Form, data: Mapping[str, Any], action: str = "") -> None:
        where = urlsplit(action or form.action)
        if form.method == "post":
            address = f"{where.path}?{where.query}" if where.query else where.path
            self.take(self.client.post(address, data, follow=True))
        else:
            self.take(self.client.get(where.path, dict(data), follow=True))

    def press(self, name: str, value: str) -> None:
        """A button of the page of the answer."""
        assert any(b.get("name") == name and b.get("value") == value for b in self.page.buttons), (
            f"no button {name}={value}"
        )
        form = next(form for form in self.page.forms if form.id == "etat")
        self.send(form, {**form.hidden(), name: value})

    # -- filling ---------------------------------------------------------------------------

    def fill(self, form: Form) -> dict[str, Any]:
        """What the person sends from this form."""
        data: dict[str, Any] = form.hidden()
        for name in dict.fromkeys(c.name for c in form.controls if c.type != "hidden"):
            value = self._value(name, form.named(name))
            if value not in ("", []):
                data[name] = value
        return data

    def _value(self, name: str, controls: list[Control]) -> Any:
        if name == "encore":
            return YES if self._one_more() else ""
        base, _underscore, part = name.rpartition("_")
        if part in ("j", "m", "a") and base:
            day = self.wanted.get(base, "")
            return dict(zip("amj", day.split("-"), strict=True))[part] if len(day) == 10 else ""
        if part == "x" and base:
            offered = [c.value for c in controls]
            wanted = self.wanted.get(base, UNKNOWN)
            if wanted in offered:
                return wanted
            day_given = len(wanted) == 10 or wanted.isdigit()
            return "" if day_given else offered[0]
        wanted = self.wanted.get(name, "")
        first = controls[0]
        if first.type == "checkbox":
            return [c.value for c in controls if c.value in wanted.split("-")]
        if first.type == "radio":
            offered = [c.value for c in controls]
            if wanted in offered:
                return wanted
            return "autre" if "autre" in offered and wanted else UNKNOWN
        if first.type == "select":
            return wanted if wanted in first.options else UNKNOWN
        return "" if wanted == UNKNOWN else wanted

    def _one_more(self) -> bool:
        """Is there another of what this page asks: a paper, a request for pieces, a letter?"""
        form = self.question_form()
        assert form is not None
        words = form.hidden()["de"].split("-")
        number = int(words[1])
        if words[0] == "document":
            mine = self.wanted.get(f"d{number}.demande")
            return any(
                int(d[1:]) > number and self.wanted.get(f"{d}.demande") == mine
                for d in self.wanted.documents()
            )
        item = {"pieces": "piece", "recours": "recours"}[words[2]]
        following = f"a{number}.{item}{int(words[3]) + 1}"
        return any(key == following for key in self.wanted)

    # -- walking -----------------------------------------------------------------------------

    def answer_questions(self) -> Visitor:
        """Fills page after page until the answer."""
        while (form := self.question_form()) is not None:
            sent = self.fill(form)
            self.send(form, sent)
            assert self.response.status_code == 200, (sent, self.html[-6000:])
        return self

    def walk(self) -> Visitor:
        """To the answer, then by its buttons until everything wanted is told."""
        self.answer_questions()
        for letter, what in (("d", "document"), ("a", "demande")):
            while self._left(letter):
                self.press("ajouter", what)
                self.answer_questions()
        wanted, now = self.wanted.get("recu", ""), self.kept().get("recu", "")
        if wanted != now:
            self.press("papiers", NO if wanted == NO else "tous")
        if "jour" in self.wanted:
            form = next(f for f in self.page.forms if f.named("jour_j"))
            self.send(form, {**self.fill(form), "voir": YES})
        return self

    def _left(self, letter: str) -> bool:
        kept = self.kept()
        have = kept.documents() if letter == "d" else kept.applications()
        want = self.wanted.documents() if letter == "d" else self.wanted.applications()
        return len(have) < len(want)

    def file(self) -> str:
        """The file that the page gives."""
        form = next(form for form in self.page.forms if form.id == "etat")
        action = next(
            b["formaction"] for b in self.page.buttons if "fichier" in b.get("formaction", "")
        )
        where = urlsplit(action)
        if form.method == "post":
            response = self.client.post(action, form.hidden())
        else:
            response = self.client.get(where.path, form.hidden())
        assert response.status_code == 200
        return response.content.decode()


def facts_in(address: str) -> dict[str, str]:
    """What an address says."""
    return dict(parse_qsl(urlsplit(address).query))
