"""How the rounds stand, read in the tables where procrastinate keeps its jobs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

#: The queues: what is done every few seconds or minutes, and the night, each in its own process,
#: so that a night which hangs or dies is told by the rounds.
ROUNDS, NIGHTS = "rounds", "nights"
#: A worker of the rounds ends one every few seconds; after this long there is none, or it hangs.
SILENCE = 120.0  # seconds
#: Failures in a row after which a round is said to fail.
IN_A_ROW = 3

_WORKING = """
    SELECT EXISTS (
        SELECT FROM procrastinate_jobs AS job
        JOIN procrastinate_events AS event ON event.job_id = job.id
        WHERE job.queue_name = %s AND event.type IN ('succeeded', 'failed')
          AND event.at > now() - make_interval(secs => %s)
    )
"""
# A job that kills its worker is begun again, and never ends: its attempts tell.
_FAILING = """
    SELECT task_name FROM (
        SELECT task_name, status = 'failed' AS failed,
               row_number() OVER (PARTITION BY task_name ORDER BY id DESC) AS rank
        FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed')
    ) AS ended
    WHERE rank <= %(times)s GROUP BY task_name HAVING count(*) FILTER (WHERE failed) = %(times)s
    UNION
    SELECT task_name FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND attempts >= %(times)s
    ORDER BY task_name
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What ``/sante`` says: does a worker do the rounds, and which jobs fail again and again."""

    working: bool
    failing: tuple[str, ...]


def standing() -> Standing:
    """How the rounds stand now, by the database's clock, whatever day a demonstration shows."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKING, [ROUNDS, SILENCE])
        (working,) = cursor.fetchone()
        cursor.execute(_FAILING, {"times": IN_A_ROW})
        return Standing(working, tuple(name for (name,) in cursor.fetchall()))
