"""Verifying live: how many a second in the action, how long one waits over HTTP.

A paper: its seal checked, its state read in the base, a receipt sealed and kept. A share code: the
date compared, the rights of the day asked of the kernel, a receipt, the look that its holder sees
and its line in the journal. Nobody is answered before all of it is kept.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench import clients, profiles, site
from bench.bars import Bar, percentile
from bench.clients import CLIENTS

A_SECOND, HTTP_MS = 1_000, 150
#: Papers and share codes verified, as many of each; verified together; rounds, the quickest counts.
EACH, TOGETHER, ROUNDS = 600, 100, 5
#: Verified one by one, to be shown beside.
ALONE = 200
BY = "Banc de mesure"


def bars(now: datetime, say: Callable[[str], None]) -> Iterator[Bar]:
    """Verifications a second of a core, PostgreSQL's share included, together then one by one; 99th
    percentile over HTTP, and whether each look that was answered is there."""
    say(f"{EACH} papiers et {EACH} codes de partage à vérifier…")
    papers, shared = _papers(), _share_codes(now)
    mixed: list[Any] = [one for pair in zip(papers, shared, strict=True) for one in pair]
    before = _traces()
    together = min(_seconds(mixed, now, TOGETHER) for _ in range(ROUNDS))
    bar = Bar(
        "verification",
        "Vérifications par seconde d'un cœur, dans l'action, par cent",
        len(mixed) / together,
        "/s",
        at_least=A_SECOND,
        details={
            "papers": len(papers), "share_codes": len(shared), "together": TOGETHER,
            "papers_a_second": _rate(papers, now, TOGETHER),
            "share_codes_a_second": _rate(shared, now, TOGETHER),
            "one_by_one_a_second": _rate(mixed[:ALONE], now, 1),
        },
    )  # fmt: skip
    lost = _lost(before, len(shared) * (ROUNDS + 1) + ALONE // 2)
    yield bar.explained(lambda: profiles.of(lambda: _seconds(mixed, now, TOGETHER)))
    say(f"{CLIENTS} clients vérifient, une fois par seconde chacun…")
    before = _traces()
    times, failures, seen = _over_http(papers, shared)
    yield Bar(
        "verification_http",
        f"POST /api/v1/verify, {CLIENTS} clients (99e centile)",
        percentile(times, 99),
        "ms",
        at_most=HTTP_MS,
        details={"answers": len(times), "slowest_ms": round(max(times), 1)},
    ).explained(lambda: profiles.of_page("/api/v1/verify", body=_body(papers[0])))
    yield Bar("verification_http_p50", "… médiane", percentile(times, 50), "ms")
    yield Bar("verification_failures", "… sans la réponse attendue", failures, "", at_most=0)
    yield Bar(
        "verification_lost",
        "… regards répondus que la personne ou le journal n'aurait pas",
        lost + _lost(before, seen),
        "",
        at_most=0,
    )


def _papers() -> list[bytes]:
    """The codes of papers in every part of the base, as a telephone reads them."""
    from droitfil.attestations.models import Attestation
    from droitfil.rules import seal

    signed = Attestation.objects.filter(signature__isnull=False).order_by("mark")[:EACH]
    return [seal.text(one.code, bytes(one.signature or b"")).encode() for one in signed]


def _share_codes(now: datetime) -> list[Any]:
    from droitfil.attestations.actions import Asked, make_share_code
    from droitfil.people.models import Person

    people = Person.objects.filter(coverages__isnull=False).order_by("pk").distinct()[:EACH]
    return [
        Asked(
            make_share_code(
                f"person:{person.pk}", holder=person.pk, born_on=person.born_on, now=now, days=1
            )[1],
            person.born_on,
            BY,
        )
        for person in people
    ]


def _seconds(asked: Sequence[Any], now: datetime, together: int) -> float:
    """Processor seconds of verifying all of them, so many in each transaction."""
    from django.db import transaction

    from droitfil.attestations.actions import open_share_codes, verify_papers
    from droitfil.cases.sharing import rights_shared

    start = _processor()
    for first in range(0, len(asked), together):
        part = asked[first : first + together]
        papers = [one for one in part if isinstance(one, bytes)]
        codes = [one for one in part if not isinstance(one, bytes)]
        with transaction.atomic():
            found = verify_papers(papers, now=now) if papers else []
            seen = open_share_codes(codes, now=now, rights_on=rights_shared) if codes else []
        assert all(one.receipt is not None for one in found)
        assert all(one is not None for one in seen)
    return _processor() - start


def _processor() -> float:
    """Processor seconds of this process and of the one of PostgreSQL that serves it: what a core
    is asked, whatever else the machine does meanwhile."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    after_name = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2]
    user, system = after_name.split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _rate(asked: Sequence[Any], now: datetime, together: int) -> int:
    return round(len(asked) / _seconds(asked, now, together))


def _traces() -> tuple[int, int, int]:
    """Looks, those with a receipt, and their lines in the journal, of this measure."""
    from droitfil.attestations.models import Look
    from droitfil.journal.models import Entry

    looks = Look.objects.filter(by=BY)
    told = Entry.objects.filter(action="share_code.looked")
    return looks.count(), looks.filter(receipt__isnull=False).count(), told.count()


def _lost(before: tuple[int, int, int], answered: int) -> int:
    """How far the traces are from what was answered since ``before``."""
    pairs = zip(before, _traces(), strict=True)
    return sum(abs(after - earlier - answered) for earlier, after in pairs)


def _over_http(papers: Sequence[Any], shared: Sequence[Any]) -> tuple[list[float], int, int]:
    """Milliseconds of each answer, failures, and how many share codes were answered."""
    seen: list[int] = []
    with site.served() as (address, _):

        def client(number: int) -> clients.Ask:
            def ask(rank: int) -> None:
                chosen = shared if (number + rank) % 2 else papers
                body = _body(chosen[(number + rank * CLIENTS) % len(chosen)])
                told = clients.fetch(f"{address}/api/v1/verify", shows=b"/recu/", body=body)
                if b"share_code" in told:
                    seen.append(1)

            return ask

        client(0)(0)
        client(0)(1)
        return *clients.together(client), len(seen)


def _body(asked: Any) -> bytes:
    if isinstance(asked, bytes):
        return json.dumps({"code": asked.decode()}).encode()
    born_on: date = asked.born_on
    told = {"share_code": asked.code, "born_on": born_on.isoformat(), "by": asked.by}
    return json.dumps(told).encode()
