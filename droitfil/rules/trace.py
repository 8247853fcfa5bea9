"""What shaped an answer: the rules used with their facts, what is unsure, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from droitfil.rules.answer import Because, Warn
from droitfil.rules.law import Law
from droitfil.rules.sentences import Sentence

_MISSING = "Il manque {what} ({field}) : sans cette information, cette règle ne peut pas répondre."
_NOTHING: Mapping[str, Any] = {}


class Trace:
    """Collects, in the order met, each sentence with its figures once, each warning once."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._because: dict[tuple[Any, ...], Because] = {}
        self._named: set[str] = set()
        self._warnings: dict[tuple[str, str | None], Warn] = {}

    def sentence(
        self, rule: str, variant: str = "default", args: Mapping[str, Any] = _NOTHING
    ) -> Sentence:
        return Sentence(self._law.rules[rule].says[variant], args)

    def because(self, rule: str, *facts: str, variant: str = "default", **args: Any) -> str:
        """Records that ``rule`` shaped the answer, on the strength of ``facts``; returns it."""
        key = (rule, variant, *args.values())
        known = self._because.get(key)
        if known is None:
            self._named.add(rule)
            self._because[key] = Because(rule, self.sentence(rule, variant, args), facts)
        elif facts and not set(facts) <= set(known.facts):
            more = tuple(fact for fact in facts if fact not in known.facts)
            self._because[key] = Because(rule, known.says, known.facts + more)
        return rule

    def ensure(self, rule: str, *facts: str) -> None:
        """Names a rule quoted by the answer, unless something already explained it."""
        if rule not in self._named:
            self._named.add(rule)
            self._because[(rule, "bare")] = Because(rule, self._without_figures(rule), facts)

    def _without_figures(self, rule: str) -> Sentence:
        """What a rule says as the ground of a span, a fee or a remedy, with no day nor amount."""
        row = self._law.rules[rule]
        template = row.says.get("bare", row.says["default"])
        return Sentence(row.label if "{" in template else template, _NOTHING)

    def warn(
        self,
        code: str,
        rule: str,
        variant: str,
        start: date | None = None,
        about: str | None = None,
        **args: Any,
    ) -> None:
        self.because(rule, variant=variant, **args)
        self._warnings.setdefault(
            (code, about), Warn(code, start, self.sentence(rule, variant, args))
        )

    def uncertain(self, parameter: str, start: date | None = None) -> None:
        """The answer rests on an unsure rule: the parameter that decides it says so."""
        if ("uncertain_rule", parameter) not in self._warnings:
            says = Sentence(self._law.parameters[parameter].says, _NOTHING)
            self._warnings["uncertain_rule", parameter] = Warn(
                "uncertain_rule", start, says, parameter=parameter
            )

    def doubtful(self, parameter: str, article: str | None, on: date) -> bool:
        """Whether ``article`` is held to be in a list by a reading that is not sure."""
        row = self._law.value(parameter, on)
        if article not in row["titles"]:
            return False
        self.uncertain(parameter)
        return bool(row["counts"])

    def missing(self, field: str, what: str) -> None:
        """A rule lacks ``field`` (a path of the question), ``what`` in words."""
        if ("fact_missing", field) not in self._warnings:
            says = Sentence(_MISSING, {"what": what, "field": field})
            self._warnings["fact_missing", field] = Warn("fact_missing", None, says, field=field)

    def warnings(self) -> tuple[Warn, ...]:
        return tuple(self._warnings.values())

    def explain(self) -> tuple[Because, ...]:
        return tuple(self._because.values())
