"""``/sante``: is this process able to answer? For load balancers and those who operate it."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from droitfil.lawbook import load_law
from droitfil.lawbook.errors import LawError


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the law is readable, 503 otherwise.

    ``law`` is the version of the law served (a digest of ``law/``), null when it cannot be read.
    """
    database, version = _database_answers(), _law_version()
    healthy = database and version is not None
    return JsonResponse(
        {"status": "ok" if healthy else "failing", "database": database, "law": version},
        status=200 if healthy else 503,
    )


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
