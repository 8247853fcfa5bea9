"""``/sante``: is this process able to answer? For load balancers and those who operate it."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from droitfil.cases.continuity.night import standing
from droitfil.lawbook import load_law
from droitfil.lawbook.errors import LawError
from droitfil.lib import clock, replica, workers


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the law is readable, 503 otherwise.

    ``law`` is the version of the law served (a digest of ``law/``), null when it cannot be read.
    ``night`` is the last one run (null: none was), whether it is over, and whether this morning's
    is late; ``jobs`` is whether a worker does the rounds, and the jobs that fail again and again;
    ``replica``, when there is one, is whether pages are read there, and how many seconds behind.
    They change nothing to the status: the pages answer all the same.
    """
    database, version = _database_answers(), _law_version()
    healthy = database and version is not None
    return JsonResponse(
        {
            "status": "ok" if healthy else "failing",
            "database": database,
            "law": version,
            "night": _night() if database else None,
            "jobs": _jobs() if database else None,
            "replica": _replica(),
        },
        status=200 if healthy else 503,
    )


def _night() -> dict[str, Any] | None:
    try:
        found = standing(clock.now())
    except DatabaseError:
        return None
    return {"last": found.last, "finished": found.finished, "late": found.late}


def _jobs() -> dict[str, Any] | None:
    try:
        found = workers.standing()
    except DatabaseError:
        return None
    return {"working": found.working, "failing": found.failing}


def _replica() -> dict[str, Any] | None:
    found = replica.standing()
    return None if found is None else {"used": found.used, "behind": found.behind}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except (DatabaseError, InterfaceError):
        return False


def _law_version() -> str | None:
    try:
        return load_law().version
    except LawError:
        return None
