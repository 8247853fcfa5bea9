"""How long a question waits for its answer over HTTP, with people asking at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from bench import clients, profiles
from bench.bars import Bar, Say, percentile
from bench.clients import CLIENTS
from tests.rules.legal_cases import read_cases

PATH = "/api/v1/timeline"
#: Each client asks one question a second for this long, in seconds.
LASTS = 10.0
MILLISECONDS = 150


def bars(say: Say, address: str) -> Iterator[Bar]:
    """Milliseconds from the question sent to the answer read whole: median, 99th percentile."""
    questions = [json.dumps(case.question).encode() for case in read_cases()]
    say(f"{CLIENTS} clients, une question par seconde chacun, {LASTS:.0f} secondes…")
    client = asking(address, questions)
    for number in range(10):
        client(number)(0)
    times, failures = clients.together(client, lasts=LASTS)
    yield Bar(
        "api_p99",
        f"POST {PATH}, {CLIENTS} clients (99e centile)",
        percentile(times, 99),
        "ms",
        at_most=MILLISECONDS,
        details={"answers": len(times), "slowest_ms": round(max(times), 1)},
    ).explained(lambda: profiles.of_page(PATH, body=questions[0]))
    yield Bar("api_p50", "… médiane", percentile(times, 50), "ms")
    yield Bar("api_failures", "… réponses autres que 200", failures, "", at_most=0)


def asking(address: str, questions: Sequence[bytes]) -> Callable[[int], clients.Ask]:
    """Clients who ask these questions in turn, each from another one on."""

    def client(number: int) -> clients.Ask:
        def ask(rank: int) -> bytes:
            question = questions[(number + rank * CLIENTS) % len(questions)]
            return clients.fetch(f"{address}{PATH}", shows=b"", body=question)

        return ask

    return client
