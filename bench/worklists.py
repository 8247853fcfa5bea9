"""The worklist of the largest office: in the database, then as a page through the web server."""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from bench.bars import Bar, percentile

CLIENTS = 20
#: Seconds of each measure, and between two requests of one client.
LASTS, PAUSE_IN_BASE, PAUSE_OF_PAGE = 15.0, 0.2, 1.0
IN_BASE_MS, PAGE_MS = 25, 150


def bars(day: date, say: Callable[[str], None]) -> Iterator[Bar]:
    """99th percentiles; the clients run on the machine that is measured."""
    office, cases = _largest()
    with_cases = {"clients": CLIENTS, "office": office, "open_cases_of_office": cases}
    say(f"{CLIENTS} clients lisent la liste de {office} ({cases} dossiers), dans la base…")
    times = _in_base(office, day)
    yield Bar(
        "worklist_base",
        f"Liste de travail, {CLIENTS} clients, dans la base (99e)",
        percentile(times, 99),
        "ms",
        at_most=IN_BASE_MS,
        details={**with_cases, "pages": len(times), "seconds_between_two": PAUSE_IN_BASE},
    )
    yield Bar("worklist_base_p50", "… médiane", percentile(times, 50), "ms")
    say("… puis par le serveur web, une page par seconde chacun…")
    times, failures = _pages(office)
    yield Bar(
        "worklist_page",
        f"Page de la liste, {CLIENTS} clients (99e), clients compris",
        percentile(times, 99),
        "ms",
        at_most=PAGE_MS,
        details={**with_cases, "pages": len(times), "load": "clients sur la même machine"},
    )
    yield Bar("worklist_page_p50", "… médiane", percentile(times, 50), "ms")
    yield Bar("worklist_failures", "… pages autres que la liste", failures, "", at_most=0)


def _largest() -> tuple[str, int]:
    from django.db.models import Count

    from droitfil.cases.models import Coverage

    found = Coverage.objects.values_list("office").annotate(cases=Count("case")).order_by("-cases")
    return found[0]


def _agent(office: str) -> Any:
    from droitfil.people.models import Staff

    staff = Staff.objects.filter(office=office, role=Staff.Role.AGENT).order_by("account")
    return staff.select_related("account")[0].account


def _in_base(office: str, day: date) -> list[float]:
    """Milliseconds of the statements of a page, deep or not, each client on its connection."""
    import psycopg
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from droitfil.cases.worklist import Page, Place, worklist
    from droitfil.territory.models import Office

    reader, place = _agent(office), Office.objects.get(pk=office)
    statements: list[list[str]] = []
    after: Place | None = None
    for _ in range(CLIENTS):
        with CaptureQueriesContext(connection) as said:
            page: Page = worklist(reader, place, on=day, after=after)
        statements.append([q["sql"] for q in said.captured_queries if '"coverage"' in q["sql"]])
        after = page.following
    address = os.environ["DATABASE_URL"]
    assert settings.DATABASES["default"]["NAME"] in address

    def client(number: int) -> Callable[[int], None]:
        own = psycopg.connect(address, autocommit=True)

        def ask(rank: int) -> None:
            for statement in statements[(number + rank) % CLIENTS]:
                own.execute(statement.encode()).fetchall()

        return ask

    return _together(client, PAUSE_IN_BASE)[0]


def _pages(office: str) -> tuple[list[float], int]:
    """Milliseconds of whole pages read by agents signed in, and how many were not the list."""
    from bench import site

    cookies = [signed_in(_agent(office)) for _ in range(CLIENTS)]
    with site.served() as (address, _):

        def client(number: int) -> Callable[[int], None]:
            asked = urllib.request.Request(
                f"{address}/agent?bureau={office}", headers={"Cookie": cookies[number]}
            )

            def ask(_rank: int) -> None:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    body = answer.read()
                if answer.status != 200 or b"/agent/dossiers/" not in body:
                    raise ValueError("This is not the list.")

            return ask

        client(0)(0)
        return _together(client, PAUSE_OF_PAGE)


def signed_in(account: Any) -> str:
    """The cookie of a session, opened as ``/demo`` opens one."""
    from allauth.account.internal.flows.login import record_authentication
    from django.conf import settings
    from django.contrib.auth import login
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import HttpResponse
    from django.test import RequestFactory

    from droitfil.demo.views import BACKEND, METHOD

    request = RequestFactory().get("/")
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    login(request, account, backend=BACKEND)
    record_authentication(request, account, METHOD)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def _together(
    client: Callable[[int], Callable[[int], None]], pause: float
) -> tuple[list[float], int]:
    """Each client, begun a little after the one before, asks every ``pause`` seconds."""
    times: list[float] = []
    failures = [0]
    lock = threading.Lock()
    asks = [client(number) for number in range(CLIENTS)]
    begins = time.monotonic() + 0.1

    def run(number: int) -> None:
        rank, at = 0, begins + number * pause / CLIENTS
        while at < begins + LASTS:
            time.sleep(max(0.0, at - time.monotonic()))
            start = time.perf_counter()
            try:
                asks[number](rank)
            except (OSError, ValueError):
                with lock:
                    failures[0] += 1
            spent = (time.perf_counter() - start) * 1000
            with lock:
                times.append(spent)
            rank, at = rank + 1, max(at + pause, time.monotonic())

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failures[0]
