"""The worklist of the largest office: in the database, then as a page through the web server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date

from bench import clients, profiles, site
from bench.bars import Bar, percentile
from bench.clients import CLIENTS

#: Seconds between two pages that a client reads in the base.
PAUSE_IN_BASE = 0.2
IN_BASE_MS, PAGE_MS = 25, 150
#: Where each case of the list leads.
_LISTED = b"/agent/dossiers/"


def bars(day: date, say: Callable[[str], None]) -> Iterator[Bar]:
    """99th percentiles; the clients run on the machine that is measured."""
    office, cases = _largest()
    with_cases = {"clients": CLIENTS, "office": office, "open_cases_of_office": cases}
    say(f"{CLIENTS} clients lisent la liste de {office} ({cases} dossiers), dans la base…")
    times, statements = _in_base(office, day)
    yield Bar(
        "worklist_base",
        f"Liste de travail, {CLIENTS} clients, dans la base (99e)",
        percentile(times, 99),
        "ms",
        at_most=IN_BASE_MS,
        details={**with_cases, "pages": len(times), "seconds_between_two": PAUSE_IN_BASE},
    ).explained(
        lambda: profiles.of_statements((said, None) for page in statements[:3] for said in page)
    )
    yield Bar("worklist_base_p50", "… médiane", percentile(times, 50), "ms")
    say("… puis par le serveur web, une page par seconde chacun…")
    times, failures, cookie = _pages(office)
    yield Bar(
        "worklist_page",
        f"Page de la liste, {CLIENTS} clients (99e), clients compris",
        percentile(times, 99),
        "ms",
        at_most=PAGE_MS,
        details={**with_cases, "pages": len(times), "load": "clients sur la même machine"},
    ).explained(lambda: profiles.of_page(f"/agent?bureau={office}", cookie))
    yield Bar("worklist_page_p50", "… médiane", percentile(times, 50), "ms")
    yield Bar("worklist_failures", "… pages autres que la liste", failures, "", at_most=0)


def _largest() -> tuple[str, int]:
    from django.db.models import Count

    from droitfil.cases.models import Coverage

    found = Coverage.objects.values_list("office").annotate(cases=Count("case")).order_by("-cases")
    return found[0]


def _in_base(office: str, day: date) -> tuple[list[float], list[list[str]]]:
    """Milliseconds of the statements of a page, deep or not, each client on its connection; the
    statements of each page."""
    import psycopg
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from droitfil.cases.worklist import Page, Place, worklist
    from droitfil.territory.models import Office

    reader, place = clients.agent_of(office), Office.objects.get(pk=office)
    statements: list[list[str]] = []
    after: Place | None = None
    for _ in range(CLIENTS):
        with CaptureQueriesContext(connection) as said:
            page: Page = worklist(reader, place, on=day, after=after)
        statements.append([q["sql"] for q in said.captured_queries if '"coverage"' in q["sql"]])
        after = page.following
    address = os.environ["DATABASE_URL"]
    assert settings.DATABASES["default"]["NAME"] in address

    def client(number: int) -> clients.Ask:
        own = psycopg.connect(address, autocommit=True)

        def ask(rank: int) -> None:
            for statement in statements[(number + rank) % CLIENTS]:
                own.execute(statement.encode()).fetchall()

        return ask

    return clients.together(client, PAUSE_IN_BASE)[0], statements


def _pages(office: str) -> tuple[list[float], int, str]:
    """Milliseconds of whole pages read by agents signed in, how many were not the list, and the
    session of one of them."""
    cookies = [clients.signed_in(clients.agent_of(office)) for _ in range(CLIENTS)]
    with site.served() as (address, _):

        def client(number: int) -> clients.Ask:
            page = f"{address}/agent?bureau={office}"
            return lambda _rank: clients.fetch(page, shows=_LISTED, cookie=cookies[number])

        client(0)(0)
        return *clients.together(client), cookies[0]
