"""The page of a person, as they read it, and as the agent who holds their case does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from bench import clients, profiles, site
from bench.bars import Bar, percentile
from bench.clients import CLIENTS

PAGE_MS = 150
#: People who are read, in turn: answers kept of one are none of the next one's.
PEOPLE = 200
#: What every page of a file shows: where its rights are shared; a case shows its reference.
_FILE = b"/moi/partager"


def bars(day: date, say: Callable[[str], None]) -> Iterator[Bar]:
    """99th percentiles through the web server; the clients run on the machine that is measured."""
    say(f"{PEOPLE} personnes ouvrent leur compte…")
    cases = _cases(day)
    mine = [clients.signed_in(case.person.account) for case in cases]
    agents = {case.agent_id: clients.signed_in(case.agent.account) for case in cases}
    read_by_agent = [
        (f"/agent/dossiers/{case.pk}", agents[case.agent_id], case.reference.encode())
        for case in cases
    ]
    own = [("/moi", cookie, _FILE) for cookie in mine]
    # The agent's page has no bar of its own: shown beside.
    measures = {
        "person_page": ("Page d'une personne, « Mon dossier »", own, PAGE_MS),
        "case_page": ("Page d'un dossier, pour qui l'instruit, lecture notée", read_by_agent, None),
    }
    for name, (label, pages, most) in measures.items():
        say(f"{CLIENTS} clients, {label}, une par seconde chacun…")
        times, failures = _read(pages)
        path, cookie, _ = pages[0]
        yield Bar(
            name,
            f"{label}, {CLIENTS} clients (99e)",
            percentile(times, 99),
            "ms",
            at_most=most,
            details={"people": len(pages), "pages": len(times), "clients": CLIENTS},
        ).explained(lambda path=path, cookie=cookie: profiles.of_page(path, cookie))
        yield Bar(f"{name}_p50", "… médiane", percentile(times, 50), "ms")
        yield Bar(f"{name}_failures", "… autres pages que demandées", failures, "", at_most=0)


def _read(pages: list[tuple[str, str, bytes]]) -> tuple[list[float], int]:
    with site.served() as (address, _):

        def client(number: int) -> clients.Ask:
            def ask(rank: int) -> None:
                path, cookie, shows = pages[(number + rank * CLIENTS) % len(pages)]
                clients.fetch(address + path, shows=shows, cookie=cookie)

            return ask

        client(0)(0)
        return clients.together(client)


def _cases(day: date) -> list[Any]:
    """Cases that an agent holds, of people in every office; each person has an account."""
    from droitfil.cases.models import Case
    from droitfil.demo.stories import open_account

    examined = Case.objects.filter(coverage__isnull=False, agent__isnull=False, held__isnull=False)
    chosen = examined.select_related("person__account", "agent__account", "held")
    cases = list(chosen.order_by("pk")[:PEOPLE])
    for case in cases:
        if case.person.account is None:
            case.person.account = open_account(case.person, case.person.email, case.held, day)
    return cases
