"""People who ask at the same time, on the machine that is measured, each with a pause."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

CLIENTS = 20
#: Seconds of each measure, and between two requests of one client of the site.
LASTS, PAUSE = 15.0, 1.0

#: What a client does, told how many times it already did it; OSError or ValueError when it fails.
Ask = Callable[[int], object]


def together(
    client: Callable[[int], Ask],
    pause: float = PAUSE,
    lasts: float = LASTS,
    clients: int = CLIENTS,
) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many failed: each client, begun a little after the one
    before, asks every ``pause`` seconds."""
    times: list[float] = []
    failures = [0]
    lock = threading.Lock()
    asks = [client(number) for number in range(clients)]
    begins = time.monotonic() + 0.1

    def run(number: int) -> None:
        rank, at = 0, begins + number * pause / clients
        while at < begins + lasts:
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

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failures[0]


def fetch(address: str, *, shows: bytes, cookie: str = "", body: bytes | None = None) -> bytes:
    """A page read whole. :raises ValueError: when it does not show what it should."""
    headers = {"Cookie": cookie} if cookie else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    asked = urllib.request.Request(address, data=body, headers=headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        read: bytes = answer.read()
    if answer.status != 200 or shows not in read:
        raise ValueError("This is not the page.")
    return read


def agent_of(office: str) -> Any:
    """The account of the first agent of ``office``."""
    from droitfil.people.models import Staff

    agents = Staff.objects.filter(office=office, role=Staff.Role.AGENT).order_by("account")
    return agents.select_related("account")[0].account


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
