"""The forms and the links of a page, as a browser would see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Field:
    """One name of a form; ``options`` are the values offered by choices, in the page's order."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form: where it goes, how, its fields by name, and the values of its buttons."""

    action: str
    method: str
    multipart: bool
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Page:
    """What was read of a page."""

    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    title: str = ""
    headings: int = 0
    paragraphs: int = 0


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.page = Page()
        self._form: Form | None = None
        self._in = ""
        self._field: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "title" and not self.page.title:
            self._in = "title"
        elif tag == "h1":
            self.page.headings += 1
        elif tag == "p":
            self.page.paragraphs += 1
        elif tag == "a" and (link := self._inside(given.get("href", ""))):
            self.page.links.append(link)
        elif tag == "form":
            action = self._inside(given.get("action") or self.address)
            self._form = Form(
                action or "/",
                given.get("method", "get").upper(),
                "multipart" in given.get("enctype", ""),
            )
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        kind = given.get("type", "text") if tag == "input" else tag
        if tag == "option" and self._field is not None:
            self._field.options.append(value)
        elif tag == "button" or kind in ("submit", "image"):
            if name:
                form.buttons.append((name, value))
        elif tag in ("input", "select", "textarea") and name:
            known = form.fields.setdefault(name, Field(name, kind, value))
            if kind in ("radio", "checkbox"):
                known.options.append(value or "on")
            if tag in ("select", "textarea"):
                self._field, self._in = known, tag

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.page.title += data.strip()
        elif self._in == "textarea" and self._field is not None:
            self._field.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "textarea", "select"):
            self._in, self._field = "", None
        elif tag == "form":
            self._form = None

    def _inside(self, link: str) -> str:
        """An address of the same site, without its fragment; empty for any other."""
        whole = urlsplit(urljoin(f"http://testserver{self.address}", link))
        if whole.netloc != "testserver":
            return ""
        return whole.path + (f"?{whole.query}" if whole.query else "")


def read(text: str, address: str) -> Page:
    """What stands in the page ``text``, asked at ``address``."""
    reader = _Reader(address)
    reader.feed(text)
    return reader.page
