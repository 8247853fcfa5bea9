"""How long a question waits for its answer over HTTP, with people asking at the same time."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench import profiles
from bench.bars import Bar, Say, percentile
from tests.rules.legal_cases import read_cases

PATH = "/api/v1/timeline"
CLIENTS = 20
#: Each client asks one question a second for this long, in seconds.
LASTS = 10
MILLISECONDS = 150


def bars(say: Say, address: str) -> Iterator[Bar]:
    """Milliseconds from the question sent to the answer read whole: median, 99th percentile."""
    questions = [json.dumps(case.question).encode() for case in read_cases()]
    say(f"{CLIENTS} clients, une question par seconde chacun, {LASTS} secondes…")
    for question in questions[:10]:
        ask(address, question)
    times, failures = together(address, questions, clients=CLIENTS, lasts=LASTS)
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


def ask(address: str, question: bytes) -> tuple[float, int]:
    """Milliseconds and status of one question on a connection of its own."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    start = time.perf_counter()
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", PATH, body=question, headers=headers)
        response = connection.getresponse()
        response.read()
        return (time.perf_counter() - start) * 1000, response.status
    finally:
        connection.close()


def together(
    address: str, questions: list[bytes], *, clients: int, lasts: float, pause: float = 1.0
) -> tuple[list[float], int]:
    """Each client, begun a little after the one before, asks every ``pause`` seconds;
    milliseconds of each answer, and how many were not 200."""
    times: list[float] = []
    failures = 0
    lock = threading.Lock()
    begins = time.monotonic()

    def client(number: int) -> None:
        nonlocal failures
        rank, at = number, begins + number / clients
        while at < begins + lasts:
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                taken, status = ask(address, questions[rank % len(questions)])
            except OSError:
                taken, status = float("inf"), 0
            with lock:
                times.append(taken)
                failures += status != 200
            rank, at = rank + clients, max(at + pause, time.monotonic())

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failures
