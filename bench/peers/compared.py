"""The other programs, what each is asked beside us, and what makes a comparison fair or not.

Notes are data: they are printed under the figures and written with them, so that no ratio travels
without what it leaves out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.bars import Bar, number

FOLDER = Path(__file__).resolve().parent
#: Closer than this, the machine's other work decides.
EVEN = 1.1
US, DRAW, UNKNOWN = "Droitfil", "à égalité", "aucun : les réponses diffèrent"


@dataclass(frozen=True, slots=True)
class Question:
    """What a peer and we are both asked."""

    name: str
    label: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program, as its project writes its name and as PyPI knows it."""

    name: str
    package: str
    questions: tuple[Question, ...]
    #: What it does better than we do, whatever the figures say.
    better: tuple[str, ...]

    @property
    def lock(self) -> Path:
        """Its libraries, pinned: none of them is ours."""
        return FOLDER / "locks" / f"{self.package}.lock"

    @property
    def version(self) -> str:
        """The version that is pinned."""
        for line in self.lock.read_text(encoding="utf-8").splitlines():
            package, _, rest = line.partition("==")
            if package == self.package:
                return rest.split()[0]
        raise LookupError(f"{self.lock.name} does not pin {self.package}.")

    def question(self, name: str) -> Question:
        return next(question for question in self.questions if question.name == name)


def _read() -> tuple[Peer, ...]:
    told = yaml.safe_load((FOLDER / "peers.yaml").read_text(encoding="utf-8"))
    return tuple(
        Peer(
            one["name"],
            one["package"],
            tuple(
                Question(name, said["label"], tuple(said["notes"]))
                for name, said in one["questions"].items()
            ),
            tuple(one["better"]),
        )
        for one in told
    )


PEERS = SPIFF, OPENFISCA, HELPDESK = _read()


def compared(
    peer: Peer,
    question: str,
    theirs: Sequence[float],
    ours: Sequence[float],
    *,
    differences: int | None,
    **details: Any,
) -> Bar:
    """Their quickest time over ours: above 1 we are quicker. No bar to pass; and no ratio when the
    answers are not the same.

    :param theirs: seconds of each of their runs; ``ours`` likewise, taken in turn.
    :param differences: answers that are not the same: nobody wins when there are any. None for
        what has no answer to compare.
    """
    asked = peer.question(question)
    ratio = min(theirs) / min(ours)
    return Bar(
        f"pair_{peer.package}_{question}",
        f"{peer.name} : {asked.label}",
        None if differences else ratio,
        "× notre temps",
        details={
            "peer": peer.name, "version": peer.version, "question": asked.label,
            "theirs_ms": _milliseconds(theirs), "ours_ms": _milliseconds(ours),
            "differences": differences, "winner": winner(peer, ratio, differences),
            **details, "notes": list(asked.notes),
        },
    )  # fmt: skip


def not_measured(peer: Peer, question: Question, why: str) -> Bar:
    """A line of the table that says why it has no figure."""
    return Bar(
        f"pair_{peer.package}_{question.name}",
        f"{peer.name} : {question.label}",
        None,
        "",
        details={
            "peer": peer.name, "version": peer.version, "question": question.label,
            "not_measured": why, "notes": list(question.notes),
        },
    )  # fmt: skip


def winner(peer: Peer, ratio: float, differences: int | None) -> str:
    """Who is quicker, if both gave the same answers."""
    if differences:
        return UNKNOWN
    if 1 / EVEN < ratio < EVEN:
        return DRAW
    return US if ratio > 1 else peer.name


def _milliseconds(times: Sequence[float]) -> dict[str, Any]:
    return {
        "best": round(min(times) * 1000, 3), "median": round(statistics.median(times) * 1000, 3),
        "runs": len(times),
    }  # fmt: skip


def table(bars: Iterable[Bar]) -> str:
    """Each question with both times and who wins; then, by peer, what the figures leave out."""
    rows = [bar.details for bar in bars if bar.details is not None]
    head = f"  {'':<52} {'eux':>12} {'nous':>12}   plus rapide"
    lines: list[str] = []
    for peer in PEERS:
        mine = [row for row in rows if row["peer"] == peer.name]
        if not mine:
            continue
        lines += ["", f"  {peer.name} {peer.version}", head]
        for row in mine:
            lines += [_row(row), *(f"    – {note}" for note in row["notes"])]
        lines += ["  Ce qu'il fait de mieux :", *(f"    + {better}" for better in peer.better)]
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    if "not_measured" in row:
        return f"  {row['question']:<52} non mesuré : {row['not_measured']}"
    theirs, ours = row["theirs_ms"]["best"], row["ours_ms"]["best"]
    verdict = row["winner"]
    if not row["differences"] and verdict != DRAW:
        verdict += f", × {number(max(theirs / ours, ours / theirs))}"
    return f"  {row['question']:<52} {_told(theirs):>12} {_told(ours):>12}   {verdict}"


def _told(milliseconds: float) -> str:
    if milliseconds >= 10_000:
        return f"{number(milliseconds / 1000)} s"
    return f"{number(milliseconds)} ms"
