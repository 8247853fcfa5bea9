"""The kinds of question a page may ask: a choice, boxes, a date, a number, a long list.

A field reads what a form sends into one text of the state, or says a sentence; what was typed is
kept as typed, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from droitfil.rules.law import Law
from droitfil.web.public.whereami.dates import Unclear, iso, read_day
from droitfil.web.public.whereami.state import NO, UNKNOWN, State

Text = Any  # a str or a lazy translation


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
    hint: Text = ""
    group: Text = ""  # heading above it, when it differs from the one before
    folded: bool = False  # its group opens on demand
    french: bool = False  # words of a French paper: marked as French on every page


CHOOSE = _("Choisissez une réponse. « Je ne sais pas » en est une.")
DONT_KNOW = Option(UNKNOWN, _("Je ne sais pas"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A place of the questionnaire: whose answers, under which prefix, by which law, which day."""

    state: State
    prefix: str
    law: Law
    today: date

    def value(self, name: str) -> str:
        return self.state.get(f"{self.prefix}.{name}" if name else self.prefix, "")


Options = Sequence[Option] | Callable[[Asked], Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``name`` is the key under the prefix, "" the prefix itself, "/x" the key x."""

    name: str
    label: Text
    kind: str = "choice"  # choice | boxes | date | number | list
    options: Options = ()
    #: for a date: boxes that may be ticked instead
    others: tuple[Option, ...] = ()
    hint: Text = ""
    #: (key under the prefix, or /key; what that date is): this date cannot come before it
    not_before: tuple[tuple[str, Text], ...] = ()
    shown: Callable[[Asked], bool] = lambda asked: True
    past: bool = False
    optional: bool = False
    #: boxes of which at most one may be ticked, with the sentence that says so
    one_of: frozenset[str] = frozenset()
    #: values given by another page to the same key, and the choice they are shown as
    stands: tuple[frozenset[str], str] = (frozenset(), "")
    empty: Text = CHOOSE

    def key(self, prefix: str) -> str:
        if self.name.startswith("/"):
            return self.name[1:]
        return f"{prefix}.{self.name}" if self.name else prefix

    def choices(self, asked: Asked) -> Sequence[Option]:
        return self.options(asked) if callable(self.options) else self.options

    def answered(self, asked: Asked) -> bool:
        """Does the state hold an answer to it that could have been given here?"""
        value = asked.state.get(self.key(asked.prefix))
        if value is None:
            return self.optional
        return self.valid(value, asked)

    def valid(self, value: str, asked: Asked) -> bool:
        if self.kind == "date":
            return iso(value) is not None or value in {other.value for other in self.others}
        if self.kind == "number":
            return value == UNKNOWN or (value.isdigit() and len(value) < 3)
        known = {option.value for option in self.choices(asked)}
        if self.kind == "boxes":
            return all(code in known for code in value.split("-") if code != NO)
        return value in known or value in self.stands[0]

    # -- reading a form ------------------------------------------------------------------

    def read(self, data: QueryDict, asked: Asked) -> tuple[str | None, Text]:
        """The value for the state and "", or None and the sentence to show."""
        key = self.key(asked.prefix)
        if self.kind == "boxes":
            return self._read_boxes(data.getlist(key), asked)
        if self.kind == "date":
            return self._read_date(data, key, asked)
        value = data.get(key, "").strip()
        if self.kind == "number":
            if data.get(f"{key}_x") and not value:
                return UNKNOWN, ""
            if value.isdigit() and len(value) < 3 and value.isascii():
                return str(int(value)), ""
            return None, _("Écrivez un nombre, par exemple 0 ou 2.")
        if not value and self.optional:
            return "", ""
        if not self.valid(value, asked):
            return None, self.empty
        return value, ""

    def _read_boxes(self, ticked: list[str], asked: Asked) -> tuple[str | None, Text]:
        known = [option.value for option in self.choices(asked)]
        codes = [code for code in known if code in ticked]
        if len(self.one_of.intersection(codes)) > 1:
            return None, _(
                "Ces cases s’excluent : gardez celle qui explique votre demande, enlevez l’autre."
            )
        return "-".join(codes) or NO, ""

    def _read_date(self, data: QueryDict, key: str, asked: Asked) -> tuple[str | None, Text]:
        parts = [data.get(f"{key}_{part}", "") for part in "jma"]
        other = data.get(f"{key}_x", "")
        if other not in {o.value for o in self.others}:
            other = ""
        before = asked.state.get(key, "")
        # The box wins, unless it was only left ticked from before a date was written.
        if other and not (before == other and any(parts)):
            return other, ""
        try:
            day = read_day(*parts, past=self.past)
        except Unclear as unclear:
            return None, unclear.says
        if day is None:
            if self.optional:
                return "", ""
            return None, (
                _("Écrivez une date, ou cochez la case.") if self.others else _("Écrivez une date.")
            )
        return self._in_order(day, data, asked)

    def _in_order(self, day: date, data: QueryDict, asked: Asked) -> tuple[str | None, Text]:
        if self.past and day > asked.today:
            return None, _("Cette date est dans l’avenir : vérifiez l’année.")
        for name, what in self.not_before:
            key = name[1:] if name.startswith("/") else f"{asked.prefix}.{name}"
            first = iso(asked.state.get(key))
            try:  # a date of the same page counts as it is being written
                if f"{key}_j" in data:
                    first = read_day(*(data.get(f"{key}_{part}", "") for part in "jma"))
            except Unclear:
                first = None
            if first is not None and day < first:
                return None, _("Cette date vient avant %(what)s : vérifiez les deux.") % {
                    "what": what
                }
        return day.isoformat(), ""


# -- showing a field ---------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """Choices under one heading; folded boxes open by themselves when one of them is ticked."""

    name: Text
    folded: bool
    options: list[dict[str, Any]] = default(default_factory=list)

    @property
    def open(self) -> bool:
        return any(option["checked"] for option in self.options)


def _groups(options: list[dict[str, Any]], *, foldable: bool) -> list[Group]:
    """In order, one group a heading; of boxes, all but the first group are folded."""
    found: list[Group] = []
    for option in options:
        name = option["option"].group
        if not found or str(found[-1].name) != str(name):
            found.append(Group(name, option["option"].folded and foldable))
        found[-1].options.append(option)
    return found


@dataclass(slots=True)
class Shown:
    """A field as the template shows it."""

    field: Field
    key: str
    id: str
    label: Text
    hint: Text
    kind: str
    error: Text
    options: list[dict[str, Any]] = default(default_factory=list)
    day: str = ""
    month: str = ""
    year: str = ""
    text: str = ""
    groups: list[Group] = default(default_factory=list)
    others: list[dict[str, Any]] = default(default_factory=list)
    only: bool = False
    focus: str = ""
    described: str = ""


def show(
    f: Field, asked: Asked, *, raw: QueryDict | None = None, error: Text = "", only: bool = False
) -> Shown:
    """With ``raw``, as it was just typed; else as it was answered before."""
    key = f.key(asked.prefix)
    before = asked.state.get(key, "")
    name = key.replace(".", "-")
    shown = Shown(f, key, name, f.label, f.hint, f.kind, error, only=only)
    shown.described = " ".join(
        filter(None, (f"{name}-aide" if f.hint else "", f"{name}-faute" if error else ""))
    )
    if f.kind in ("choice", "boxes", "list"):
        if raw is not None:
            chosen = set(raw.getlist(key))
        else:
            chosen = set(before.split("-")) if f.kind == "boxes" else {before}
            if before in f.stands[0] and before not in {o.value for o in f.choices(asked)}:
                chosen = {f.stands[1]}
        for i, option in enumerate(f.choices(asked)):
            shown.options.append(
                {
                    "option": option,
                    "id": name if i == 0 else f"{name}-{i + 1}",
                    "checked": option.value in chosen,
                }
            )
        shown.groups = _groups(shown.options, foldable=f.kind == "boxes")
        shown.focus = name
    elif f.kind == "date":
        day = iso(before)
        if raw is not None:
            shown.day, shown.month, shown.year = (raw.get(f"{key}_{p}", "") for p in "jma")
            ticked = raw.get(f"{key}_x", "")
        else:
            if day is not None:
                shown.day, shown.month, shown.year = str(day.day), str(day.month), str(day.year)
            ticked = before
        shown.others = [
            {"option": o, "id": f"{name}-{o.value}", "checked": ticked == o.value} for o in f.others
        ]
        shown.focus = f"{name}-j"
    else:
        text = raw.get(key, "") if raw is not None else before
        shown.text = "" if text == UNKNOWN else text
        unknown = raw.get(f"{key}_x") if raw is not None else before == UNKNOWN
        shown.others = [{"option": DONT_KNOW, "id": f"{name}-{UNKNOWN}", "checked": bool(unknown)}]
        shown.focus = name
    return shown


def names(f: Field, prefix: str) -> set[str]:
    """Every name that the field's inputs send."""
    key = f.key(prefix)
    return {key, *(f"{key}_{part}" for part in "jmax")}
