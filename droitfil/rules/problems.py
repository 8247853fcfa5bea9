"""What is wrong in a question, told to whoever wrote it, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from droitfil.rules.sentences import FRENCH, Renderer, Sentence

#: How a problem is told: filled once translated, since people's own words are not ours.
_QUOTED = Sentence("{path} : « {value} » {why}", {})
_PLACED = Sentence("{path} : {why}", {})
_NUMBERED = Sentence("document {number} : {said}", {})
#: The values of a sentence that are words of ours; the others are quoted as they stand.
_WORDS = ("label", "what")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where, what was written, and ``why``: what would be right.

    ``quotes``: the sentence says again what was written. ``document``: its number among several.
    """

    path: str
    value: str
    why: Sentence
    quotes: bool = True
    document: int | None = None

    @property
    def says(self) -> str:
        """The whole sentence, in French."""
        return self.told(FRENCH)

    def told(self, renderer: Renderer) -> str:
        """The whole sentence, in the language of ``renderer``; what was written stays as it is."""
        ours = {
            name: renderer.text(Sentence(value, {})) if name in _WORDS else value
            for name, value in self.why.args.items()
        }
        why = renderer.text(Sentence(self.why.template, {})).format_map(ours)
        frame = renderer.text(_QUOTED if self.quotes else _PLACED)
        said = frame.format(path=self.path, value=self.value, why=why)
        if self.document is None:
            return said
        return renderer.text(_NUMBERED).format(number=self.document, said=said)


class Refused(ValueError):
    """The question cannot be answered as written; ``problems`` says what to correct."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.says for problem in problems))
        self.problems = tuple(problems)
