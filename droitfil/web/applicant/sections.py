"""The form of a case in sections: one page each, in order, then the pieces, then the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from droitfil.cases.form import Form
from droitfil.rules.procedure import Block, Question
from droitfil.web.applicant.fields import Shown, by_field, shown
from droitfil.web.public.law_words import in_words


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions. ``number`` counts from 1; ``left`` are those still to be answered."""

    id: str
    label: str
    help: str
    number: int
    questions: tuple[Question, ...]
    left: int

    @property
    def done(self) -> bool:
        return self.left == 0


@dataclass
class Sections:
    """The pages of a form, from what is answered so far."""

    form: Form
    written: Mapping[str, Any]

    @cached_property
    def all(self) -> list[Section]:
        """The pages that have something to ask, in order."""
        wrong = by_field(self.form.problems)
        found: list[Section] = []
        for block in self.form.version.blocks:
            asked = self._of(block)
            if asked:
                left = sum(question.id in wrong for question in asked)
                help_ = in_words(block.help)
                label = in_words(block.label)
                found.append(Section(block.id, label, help_, len(found) + 1, asked, left))
        return found

    def _of(self, block: Block) -> tuple[Question, ...]:
        return tuple(question for question in self.form.questions if question.block == block.id)

    def get(self, name: str) -> Section | None:
        """The page of that name; None when it asks nothing."""
        return next((section for section in self.all if section.id == name), None)

    def after(self, section: Section) -> Section | None:
        """The page after ``section``; None after the last one."""
        return next((other for other in self.all if other.number > section.number), None)

    def before(self, section: Section) -> Section | None:
        """The page before ``section``."""
        return next((o for o in reversed(self.all) if o.number < section.number), None)

    def first_left(self) -> Section | None:
        """The first page where something is still to be answered."""
        return next((section for section in self.all if not section.done), None)

    def fields(self, section: Section, *, judged: bool) -> list[Shown]:
        """The questions of ``section`` with what was written; their faults only when ``judged``."""
        wrong = by_field(self.form.problems) if judged else {}
        return [shown(q, self.written.get(q.id), wrong.get(q.id)) for q in section.questions]
