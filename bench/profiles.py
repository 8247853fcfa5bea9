"""Where the time of a bar that is missed goes: written beside the results, to be read."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Lines of each list, and times that a page is read.
LINES, TIMES = 40, 20


def of(work: Callable[[], object]) -> str:
    """The functions of Python that ``work`` spends most in, themselves then with what they call."""
    profile = cProfile.Profile()
    with profile:
        work()
    said = io.StringIO()
    for order in ("tottime", "cumulative"):
        pstats.Stats(profile, stream=said).strip_dirs().sort_stats(order).print_stats(LINES)
    return said.getvalue()


def of_statements(statements: Iterable[tuple[str, Any]]) -> str:
    """What PostgreSQL does for each, with its times; what they write is taken back."""
    from django.db import connection, transaction

    said = []
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, given in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", given)
            said += [line for (line,) in cursor.fetchall()] + [""]
        transaction.set_rollback(True)
    return "\n".join(said)


def of_page(path: str, cookie: str = "", body: bytes | None = None) -> str:
    """A page asked of the application itself, in this process, and what its statements cost."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    client = Client()
    if cookie:
        name, _, value = cookie.partition("=")
        client.cookies[name] = value

    def ask() -> None:
        if body is None:
            client.get(path)
        else:
            client.post(path, body, content_type="application/json")

    with override_settings(ALLOWED_HOSTS=["*"], VERIFICATIONS_A_MINUTE=0, API_QUESTIONS_A_MINUTE=0):
        ask()
        with CaptureQueriesContext(connection) as said:
            ask()
        queries = said.captured_queries  # the next request forgets them
        python = of(lambda: [ask() for _ in range(TIMES)])
    statements = [f"{query['time']} s  {query['sql'][:400]}" for query in queries]
    return "\n".join([*statements, "", python])


def of_command(command: Sequence[str]) -> str:
    """What a command imports, and how long each import takes, in microseconds."""
    script = [sys.executable, "-X", "importtime", "-c", _RUN, *command]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stderr


_RUN = """
import sys
from droitfil.cli.main import main
sys.argv[0] = "droitfil"
main(sys.argv[1:])
"""
