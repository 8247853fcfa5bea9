"""What is written into a form by chance: what is right, what is wrong, what nobody would write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.files import samples
from tests.fuzz.forms import Field

#: A mark of ours in markup; raw in a page, it would have been run by a browser.
TAG = "<zqtag"
#: What a template engine would make of :data:`_TEMPLATE`.
EVALUATED = "35791zq"
_TEMPLATE = '{{ "35791"|add:"zq" }}{% now "Y" %}'

TEXTS: tuple[str, ...] = (
    "", " ", "\t\n", "\x00", "a\x00b", "\ud800", "\udcff\udfff", "\ufffe", "٣", "²", "１２", "½",
    "-1", "0", "00", "1", "2", "31", "1e309", "NaN", "-0", "9" * 25, "9" * 5000, "1_000", "+5",
    "0x10", "A" * 255, "A" * 5_000, "é" * 40_000, "A" * 300_000, "x " * 2_001,
    "'; DROP TABLE person; --", "' OR '1'='1", "\\", "%s%n%(x)s", "%", "{0.__class__}", _TEMPLATE,
    f"{TAG} a=1>'\"&", f"</textarea></script>{TAG}>", "\r\nSet-Cookie: zq=1", "\u202eabc", "\ufeff",
    "\x1b[31m", "\x7f\x85", "\u2028", "../../../etc/passwd", "javascript:zq()",
    "//ailleurs.example/", "https://ailleurs.example/", "/\\ailleurs.example", "0000-00-00",
    "0001-01-01", "9999-12-31", "10000-01-01", "2025-02-30", "2024-02-29", "31/02/2025",
    "2025-06-20T00:00:00Z", "-1-1-1",
    "true", "null", "[]", "{}", '{"a": 1}', "𝔘𝔫𝔦", "İ", "ß", "🇫🇷", "e\u0301" * 100, "a@b", "@",
    f"x@{'a' * 250}.example", "a b@exemple.example", "+33 6 12", "٠١٢٣٤٥٦٧٨٩", "FRA 123",
    "١٢/٠٥/٢٠٢٥",
)  # fmt: skip
#: What fits many a field.
ANY = ("Bonjour.", "1", "12", "2025", "2025-06-20", "Lina", "91000", "Évry")
#: What is no question.
BODIES = (
    b"", b"[" * 50_000, b"nul", b"\xff", b'{"a":1,"a":2}', b"NaN", b'"\\ud800"', b"1e999", b"{}",
    b"[]", b'{"":{"":[]}}',
)  # fmt: skip
NAMES = (
    "piece.pdf", "photo.jpg", "", ".", "../../x.pdf", "a\x00b.pdf", "x" * 300, "é.pdf", "con",
    "a\r\nX: 1.pdf", "\ud800.png", "piece.PDF.exe", "\u202efdp.exe",
)  # fmt: skip
#: Content types: ours, another's, and what is none.
KINDS = (
    "", "text/plain", "application/json", "application/xml", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=é",
    "application/x-www-form-urlencoded; charset=zq",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=latin-1", "x", "/", "application/json; charset=zq",
    "multipart/form-data; boundary=zq; charset=utf-7", "image/png", "application/pdf",
)  # fmt: skip


def files() -> tuple[bytes, ...]:
    """Files of every sort, small."""
    pdf, jpeg = samples.pdf(), samples.jpeg((64, 48))
    return (
        pdf, jpeg, samples.png((32, 32)), b"", b"\x00", pdf[:200], pdf[: len(pdf) // 2], jpeg[:100],
        jpeg + pdf, b"%PDF-1.4\n" + jpeg, b"GIF89a" + bytes(20), b"PK\x03\x04" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='zq()'/>", b"bonjour", samples.EICAR,
        samples.pdf(1, samples.with_script), b"\xff" * 5_000,
    )  # fmt: skip


class Draw:
    """Values for the fields of forms, from a seed.

    :param right: by the name of a field, values with which acts are done.
    :param ids: ids of people, cases and other things, of whomever they are.
    """

    def __init__(self, random: Random, right: dict[str, list[str]], ids: Sequence[str]) -> None:
        self.random = random
        self.right = right
        self.ids = ids
        self._files = files()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, among: Sequence[Any]) -> Any:
        return among[self.random.randrange(len(among))]

    def wrong(self, field: Field | None = None) -> list[str]:
        """Values that the field did not expect: none, one or several."""
        if self.chance(0.1):
            return []
        choice = field is not None and (field.options or field.kind == "hidden")
        if choice and self.chance(0.3):
            return [str(self.one(self.ids))]
        many = 1 + (self.random.randrange(1, 4) if self.chance(0.15) else 0)
        return [str(self.one(TEXTS)) for _one in range(many)]

    def fitting(self, field: Field) -> list[str]:
        """What someone would have written."""
        if field.kind == "hidden":
            return [field.value]
        if field.kind == "checkbox":
            return [value for value in field.options or [field.value] if self.chance(0.6)]
        if field.options:
            return [str(self.one(field.options))]
        known = self.right.get(field.name)
        if known and (not field.value or self.chance(0.5)):
            return [self.one(known)]
        if field.value:
            return [field.value]
        return [str(self.one(ANY))]

    def file(self) -> tuple[str, bytes]:
        """A file and its name; one in three is right."""
        if self.chance(0.35):
            return "piece.pdf", self._files[0]
        return str(self.one(NAMES)), bytes(self.one(self._files))

    def json(self, right: dict[str, Any]) -> bytes:
        """A body for the interface: the right one, changed somewhere or everywhere."""
        if self.chance(0.15):
            return bytes(self.one(BODIES))
        changed = dict(right)
        for name in list(changed):
            if self.chance(0.3):
                changed[name] = self.one((*TEXTS, None, 1, -1, 1.5, True, [], {}, [None], {"a": 1}))
        if self.chance(0.2):
            changed[str(self.one(TEXTS))[:200]] = "zq"
        return json.dumps(changed).encode("utf-8", "surrogatepass")
