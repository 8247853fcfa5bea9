"""``python -m bench.peers.loading``: as many open cases as CASES says, all of one office.

The people are those of ``droitfil demo load --people``, who all wait for a decision here.
"""

from __future__ import annotations

from bench.clients import agent_of
from bench.peers import ground
from droitfil.cli.database import open_database
from droitfil.cli.demo import FEW
from droitfil.cli.main import main

#: Sorts of lives of :mod:`droitfil.demo.lives` whose request waits for a decision.
WAITING = ("waits", "review", "asked", "incomplete")


def load(cases: int) -> None:
    """Writes them all, then gathers them in one office."""
    open_database()
    from django.db import connection

    from droitfil.demo import bulk, lives
    from droitfil.lib import clock

    bulk.hands = lambda: 1  # other processes would draw the sorts left out
    lives.SHARES = {sort: lives.SHARES[sort] for sort in WAITING}
    if main(["demo", "load", "--people", str(cases + FEW + 1)]) != 0:
        raise SystemExit(1)
    gather(ground.OFFICE)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL) case_file, coverage")
        cursor.execute("VACUUM (ANALYZE)")
    ground.keep(cases, clock.today())


def gather(office: str) -> None:
    """Every open case is of ``office``, and held by an agent of it."""
    from django.db import connection

    agent = agent_of(office).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE case_file SET office_id = %(office)s,"
            " agent_id = CASE WHEN agent_id IS NOT NULL THEN %(agent)s::uuid END"
            " WHERE id IN (SELECT case_id FROM coverage)",
            {"office": office, "agent": agent},
        )
        cursor.execute(
            "UPDATE coverage SET office_id = case_file.office_id, agent_id = case_file.agent_id"
            " FROM case_file WHERE case_file.id = coverage.case_id"
        )


if __name__ == "__main__":
    load(ground.cases_asked())
