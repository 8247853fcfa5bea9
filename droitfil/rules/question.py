"""Reads a question as people write it, and refuses what cannot be true.

``read_question`` takes plain data (mappings, lists, texts, booleans: what YAML or JSON gave) and
builds the frozen :class:`~droitfil.rules.facts.Question`, or raises :class:`Refused` with every
problem found: the field by its path, the value, and what would be right. Nothing is guessed.
Every field is described in :mod:`droitfil.rules.fields`; how a problem is told, in
:mod:`droitfil.rules.problems`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from droitfil.rules import facts as f
from droitfil.rules.facts import Kind
from droitfil.rules.fields import RECORDS, Field
from droitfil.rules.law import Law
from droitfil.rules.problems import Problem, Refused
from droitfil.rules.sentences import Sentence
from droitfil.rules.spelling import closest

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
LENGTH = re.compile(r"([1-9]\d{0,3})([ymd])\Z", re.ASCII)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z", re.ASCII)
INTEGER = re.compile(r"\d{1,3}\Z", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2150
MOST_ITEMS = 50
_SHOWN = 60


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _Reader:
    """Walks the plain data once, collecting every problem before refusing."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self.problems: list[Problem] = []
        self._types: dict[str, Callable[[Any, str], Any]] = {
            "date": self._date,
            "boolean": self._boolean,
            "integer": self._integer,
            "id": self._id,
            "length": self._length,
            "article": self._article,
            "department": self._department,
            "country": self._country,
            "language": self._language,
        }

    def refuse(self, path: str, value: Any, why: str, **values: Any) -> None:
        """:param why: a template; its ``values`` are quoted as they stand."""
        self.problems.append(Problem(path, _shown(value), Sentence(why, values)))

    # -- records ---------------------------------------------------------------------------

    def record(self, name: str, data: Any, path: str) -> dict[str, Any]:
        """The fields of one record; absent and null ones are left out."""
        fields = RECORDS[name]
        prefix = f"{path}." if path else ""
        if not isinstance(data, Mapping):
            self.refuse(
                path or "question",
                data,
                "n'est pas un ensemble de champs ; écrivez {fields}.",
                fields=", ".join(fields),
            )
            return {}
        found: dict[str, Any] = {}
        for key, value in data.items():
            field = fields.get(key) if isinstance(key, str) else None
            if field is None:
                self._unknown_key(prefix, key, fields)
                continue
            if value is None:
                continue
            read = self._field(field, value, prefix + key)
            if read is not None:
                found[key] = read
        for key, field in fields.items():
            if field.required and data.get(key) is None:
                self.problems.append(
                    Problem(prefix + key, "null", self._lacking(field), quotes=False)
                )
        return found

    def _unknown_key(self, prefix: str, key: Any, fields: Mapping[str, Field]) -> None:
        near = closest(str(key), list(fields))
        why = Sentence(
            "ce champ n'existe pas ; les champs connus sont {fields}.",
            {"fields": ", ".join(fields)},
        )
        if near:
            why = Sentence(
                "ce champ n'existe pas ; vouliez-vous écrire « {near} » ?", {"near": near}
            )
        shown = _shown(key)
        self.problems.append(Problem(f"{prefix}{shown}", shown, why, quotes=False))

    def _field(self, field: Field, value: Any, path: str) -> Any:
        if field.many:
            return self._items(field, value, path)
        if field.holds in RECORDS:
            return self.record(field.holds, value, path)
        if field.enum is not None:
            return self._code(field.enum, value, path)
        return self._types[field.holds](value, path)

    def _items(self, field: Field, value: Any, path: str) -> list[dict[str, Any]] | None:
        if not isinstance(value, (list, tuple)):
            self.refuse(path, value, "n'est pas une liste ; écrivez une liste entre crochets [ ].")
            return None
        if len(value) > MOST_ITEMS:
            self.refuse(path, len(value), "éléments, c'est trop ; {most} au plus.", most=MOST_ITEMS)
            return None
        return [self.record(field.holds, item, f"{path}[{i}]") for i, item in enumerate(value)]

    @staticmethod
    def _lacking(field: Field) -> Sentence:
        label = {"label": field.label}
        if field.enum is not None:
            label["codes"] = ", ".join(field.enum)
            return Sentence("ce champ manque ; indiquez {label} ({codes}).", label)
        if field.holds == "date":
            return Sentence("ce champ manque ; indiquez {label} (AAAA-MM-JJ).", label)
        if field.holds == "id":
            return Sentence("ce champ manque ; indiquez {label} (par exemple « carte »).", label)
        return Sentence("ce champ manque ; indiquez {label}.", label)

    # -- values ----------------------------------------------------------------------------

    def _date(self, value: Any, path: str) -> date | None:
        match = _DAY.match(value) if isinstance(value, str) else None
        if match is None:
            instant = isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}[T ]", value)
            if instant:
                self.refuse(path, value, "est un instant ; écrivez seulement le jour, AAAA-MM-JJ.")
            else:
                self.refuse(
                    path, value, "n'est pas une date ; écrivez AAAA-MM-JJ, par exemple 2025-06-30."
                )
            return None
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            self.refuse(
                path, value, "n'existe pas dans le calendrier ; vérifiez le mois et le jour."
            )
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.refuse(
                path,
                value,
                "est hors du calendrier connu ; écrivez une année de {first} à {last}.",
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
            return None
        return day

    def _boolean(self, value: Any, path: str) -> bool | None:
        if value is True or value is False:
            return bool(value)
        self.refuse(path, value, "n'est ni vrai ni faux ; écrivez true ou false, sans guillemets.")
        return None

    def _integer(self, value: Any, path: str) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000:
            return value
        if isinstance(value, str) and INTEGER.match(value):
            return int(value)
        self.refuse(path, value, "n'est pas un nombre entier ; écrivez par exemple 0 ou 3.")
        return None

    def _text(self, value: Any, path: str) -> str | None:
        if isinstance(value, str):
            return value
        self.refuse(path, value, "n'est pas un texte ; mettez-le entre guillemets.")
        return None

    def _id(self, value: Any, path: str) -> str | None:
        text = self._text(value, path)
        if text is None:
            return None
        if not ID.match(text) or text in self._law.rules:
            self.refuse(
                path,
                value,
                "ne peut servir de nom ; prenez des lettres sans accent, des chiffres ou - _ . "
                "(40 au plus), et pas un article.",
            )
            return None
        return text

    def _length(self, value: Any, path: str) -> f.Length | None:
        match = LENGTH.match(value) if isinstance(value, str) else None
        if match is None:
            self.refuse(
                path,
                value,
                "n'est pas une durée ; écrivez par exemple 4y (ans), 18m (mois) ou 90d (jours).",
            )
            return None
        return f.Length(int(match[1]), match[2])

    def _known(self, value: Any, path: str, known: Mapping[str, Any], what: str) -> str | None:
        text = self._text(value, path)
        if text is None or text in known:
            return text
        near = closest(text, list(known))
        if near:
            self.refuse(
                path, value, "n'est pas {what} ; vouliez-vous écrire « {near} » ?",
                what=what, near=near,
            )  # fmt: skip
        else:
            self.refuse(path, value, "n'est pas {what}.", what=what)
        return None

    def _article(self, value: Any, path: str) -> str | None:
        if value == Kind.TIR and path.startswith("applications"):
            self.refuse(path, value, "n'est plus délivré : il est remplacé par le DCEM.")
            return None
        return self._known(value, path, self._law.titles, "un article de titre connu")

    def _department(self, value: Any, path: str) -> str | None:
        return self._known(
            value,
            path,
            self._law.departments,
            "un code de département (deux ou trois signes, entre guillemets)",
        )

    def _country(self, value: Any, path: str) -> str | None:
        return self._known(value, path, self._law.countries, "un code de pays à trois lettres")

    def _language(self, value: Any, path: str) -> str | None:
        if isinstance(value, str) and value in self._law.languages:
            return value
        self.refuse(
            path,
            value,
            "n'est pas une langue servie ; écrivez {languages}.",
            languages=", ".join(self._law.languages),
        )
        return None

    def _code(self, enum: type[StrEnum], value: Any, path: str) -> StrEnum | None:
        if isinstance(value, str):
            try:
                return enum(value)
            except ValueError:
                pass
        codes = [member.value for member in enum]
        near = closest(str(value), codes)
        if near:
            self.refuse(
                path, value, "n'est pas un code connu ; vouliez-vous écrire « {near} » ?", near=near
            )
        else:
            known = ", ".join(codes)
            self.refuse(path, value, "n'est pas un code connu ; écrivez {codes}.", codes=known)
        return None


# -- what must hold between fields ------------------------------------------------------------

#: (record, field that comes first, field that cannot come before it)
_ORDERS = (
    ("document", "from", "to"),
    ("application", "filed_on", "complete_on"),
    ("application", "filed_on", "commission_on"),
    ("application", "filed_on", "decision.taken_on"),
    ("application", "decision.taken_on", "handed_over_on"),
    ("complement", "asked_on", "due_on"),
    ("complement", "asked_on", "produced_on"),
    ("incident", "opened_on", "established_on"),
    ("incident", "established_on", "registered_on"),
    ("incident", "opened_on", "registered_on"),
    ("decision", "taken_on", "notified_on"),
    ("remedy", "asked_on", "answered_on"),
    ("person", "born_on", "in_france_since"),
    ("person", "born_on", "entered_on"),
)


def _within(data: Mapping[str, Any], dotted: str) -> Any:
    """The value at ``decision.taken_on``, or None."""
    found: Any = data
    for key in dotted.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _check_orders(reader: _Reader, name: str, data: Mapping[str, Any], path: str) -> None:
    prefix = f"{path}." if path else ""
    for record, first, then in _ORDERS:
        if record != name:
            continue
        earlier, later = _within(data, first), _within(data, then)
        if earlier is not None and later is not None and later < earlier:
            reader.refuse(
                prefix + then,
                later.isoformat(),
                "est avant {first} ({day}) ; une fin ne peut précéder son début.",
                first=prefix + first,
                day=earlier.isoformat(),
            )
    for key, field in RECORDS[name].items():
        if key not in data or field.holds not in RECORDS:
            continue
        if field.many:
            for i, item in enumerate(data[key]):
                _check_orders(reader, field.holds, item, f"{prefix}{key}[{i}]")
        else:
            _check_orders(reader, field.holds, data[key], prefix + key)


def _check_kinds(reader: _Reader, documents: Sequence[Mapping[str, Any]]) -> None:
    for i, document in enumerate(documents):
        kind = document.get("kind")
        for key, field in RECORDS["document"].items():
            if (
                key in document
                and kind is not None
                and field.only is not None
                and kind not in field.only
            ):
                reader.refuse(
                    f"documents[{i}].{key}",
                    document[key],
                    "ne va pas avec un document {kind} ; ce champ n'existe que pour {kinds}.",
                    kind=str(kind),
                    kinds=", ".join(k for k in Kind if k in field.only),
                )


def _check_names(reader: _Reader, data: Mapping[str, Any]) -> None:
    seen: dict[str, str] = {}
    for collection in ("documents", "applications"):
        for i, item in enumerate(data.get(collection, ())):
            name, path = item.get("id"), f"{collection}[{i}].id"
            if name is None:
                continue
            if name in seen:
                reader.refuse(
                    path,
                    name,
                    "est déjà le nom de {other} ; donnez un nom à chacun.",
                    other=seen[name],
                )
            else:
                seen[name] = path
    for collection, key, target in (
        ("applications", "holds", "documents"),
        ("documents", "application", "applications"),
    ):
        known = [item["id"] for item in data.get(target, ()) if "id" in item]
        for i, item in enumerate(data.get(collection, ())):
            if key in item and item[key] not in known:
                path, names = f"{collection}[{i}].{key}", ", ".join(known)
                if known:
                    reader.refuse(
                        path, item[key],
                        "ne désigne rien dans {target} ; les noms donnés sont {names}.",
                        target=target, names=names,
                    )  # fmt: skip
                else:
                    reader.refuse(
                        path, item[key], "ne désigne rien dans {target} ; aucun n'est décrit.",
                        target=target,
                    )  # fmt: skip


def _check_applications(reader: _Reader, data: Mapping[str, Any]) -> None:
    for i, item in enumerate(data.get("applications", ())):
        path = f"applications[{i}]"
        if item.get("request") is f.Request.RENEWAL and "holds" not in item:
            reader.refuse(
                f"{path}.holds",
                None,
                "ne va pas avec un renouvellement ; nommez le document à renouveler.",
            )


# -- building the frozen question ---------------------------------------------------------------


def _document(item: Mapping[str, Any], i: int) -> f.Document:
    return f.Document(
        id=item["id"],
        kind=item["kind"],
        path=f"documents[{i}]",
        article=item.get("article"),
        start=item.get("from"),
        end=item.get("to"),
        length=item.get("length"),
        validated_on=item.get("validated_on"),
        work=item.get("work"),
        application=item.get("application"),
    )


def _request(item: Mapping[str, Any], held: f.Document | None) -> f.Request:
    """What is asked, by its definition, when the question leaves it out."""
    request = item.get("request")
    if isinstance(request, f.Request):
        return request
    if held is None or held.kind in f.VISAS:
        return f.Request.FIRST
    return f.Request.RENEWAL if held.article == item.get("article") else f.Request.CHANGE


_SIMPLE = (
    "article",
    "listed",
    "basis",
    "filed_on",
    "complete_on",
    "work_authorisation",
    "recognised_on",
    "contract_until",
    "principal_until",
    "extension_notified_on",
    "commission_on",
    "acknowledged",
    "handed_over_on",
)


def _application(item: Mapping[str, Any], i: int, held: f.Document | None) -> f.Application:
    simple = {key: item[key] for key in _SIMPLE if key in item}
    simple.setdefault("article", None)
    return f.Application(
        id=item["id"],
        path=f"applications[{i}]",
        request=_request(item, held),
        holds=held,
        complements=tuple(
            sorted(
                (f.Complement(**c) for c in item.get("complements", ())), key=lambda c: c.asked_on
            )
        ),
        incident=f.Incident(**item["incident"]) if "incident" in item else None,
        decision=f.Decision(**item["decision"]) if "decision" in item else None,
        remedies=tuple(
            sorted((f.Remedy(**r) for r in item.get("remedies", ())), key=lambda r: r.asked_on)
        ),
        **simple,
    )


def read_question(data: Mapping[str, Any], law: Law) -> f.Question:
    """The question as frozen facts; raises :class:`Refused` naming every field to correct."""
    reader = _Reader(law)
    read = reader.record("question", data, "")
    _check_orders(reader, "question", read, "")
    _check_kinds(reader, read.get("documents", ()))
    _check_names(reader, read)
    _check_applications(reader, read)
    born, today = _within(read, "person.born_on"), read.get("today")
    if born is not None and today is not None and born > today:
        day = today.isoformat()
        reader.refuse("person.born_on", born.isoformat(), "est après today ({day}).", day=day)
    if reader.problems:
        raise Refused(reader.problems)
    documents = tuple(_document(item, i) for i, item in enumerate(read.get("documents", ())))
    by_id = {document.id: document for document in documents}
    person = dict(read.get("person", {}))
    person["parents"] = tuple(f.Parent(**parent) for parent in person.get("parents", ()))
    return f.Question(
        today=read["today"],
        assume_issued=read.get("assume_issued", True),
        language=read.get("language", "fr"),
        person=f.Person(**person),
        documents=documents,
        applications=tuple(
            _application(item, i, by_id.get(item.get("holds", "")))
            for i, item in enumerate(read.get("applications", ()))
        ),
    )
