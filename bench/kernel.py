"""How many situations a second one core answers, with every sentence written out."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import profiles
from bench.bars import Bar, Say
from droitfil.lawbook import load_law
from droitfil.rules.answer import plain
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.legal_cases import read_cases

SITUATIONS_A_SECOND = 5_000
#: The questions of law/cases are answered again and again for this long, in seconds.
LASTS = 3.0


def bars(say: Say) -> Iterator[Bar]:
    """Situations explained a second, and the same beside a mere ``json.dumps`` of the answers."""
    law = load_law()
    written = [case.question for case in read_cases()]
    questions = [read_question(question, law) for question in written]
    say(f"{len(questions)} questions de law/cases, une fois puis une autre…")

    def explained() -> list[dict[str, Any]]:
        return [plain(answer(question, law)) for question in questions]

    def from_writing() -> None:
        for question in written:
            plain(answer(read_question(question, law), law))

    answers = explained()
    fastest = _fastest(explained)
    yardstick = _fastest(lambda: [json.dumps(one, ensure_ascii=False) for one in answers])
    count = len(questions)
    yield Bar(
        "explained_situations",
        "Situations expliquées par seconde, un cœur",
        count / fastest,
        "/s",
        at_least=SITUATIONS_A_SECOND,
        details={"questions": count, "sentences": sum(len(a["explain"]) for a in answers)},
    ).explained(lambda: profiles.of(explained))
    yield Bar(
        "read_and_explained",
        "… lecture et contrôle de la question compris",
        count / _fastest(from_writing),
        "/s",
    )
    yield Bar(
        "beside_json",
        "… temps d'une réponse, en fois celui de l'écrire en JSON",
        fastest / yardstick,
        "×",
    )


def _fastest(work: Callable[[], object]) -> float:
    """Processor seconds of the quickest of many runs: what the machine's other work disturbs
    least."""
    work()
    gc.collect()
    found: list[float] = []
    until = time.monotonic() + LASTS
    while not found or time.monotonic() < until:
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)
