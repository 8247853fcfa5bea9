"""Tickets made of our cases, in django-helpdesk's own tables, and an agent who reads their list."""

from __future__ import annotations

import csv
import os
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import django
from answering import answer

os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk_site.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

BATCH = 5_000
HOST = {"headers": {"host": "127.0.0.1"}}
#: What a person may write in a few lines: the list reads it, though it does not show it.
DESCRIPTION = (
    "Demande de renouvellement déposée en ligne, les pièces sont jointes. La personne attend une "
    "réponse de la préfecture avant la fin de son titre et demande ce qu'elle doit encore faire."
)
client = Client()


def load(path: str, shown: int) -> dict[str, Any]:
    """A ticket and its first follow-up for each line of the file; where the list is then read."""
    call_command("migrate", verbosity=0)
    agent = get_user_model().objects.create_user(
        "agent", "agent@exemple.invalid", is_staff=True, is_superuser=True
    )
    preferences = agent.usersettings_helpdesk
    preferences.tickets_per_page = shown
    preferences.save()
    queues = Queue.objects.bulk_create(
        [Queue(title=f"Bureau {n}", slug=f"bureau-{n}") for n in range(1, 5)]
    )
    now = datetime.now(UTC)
    with Path(path).open(encoding="utf-8", newline="") as lines:
        tickets = [
            Ticket(
                title=reference, queue=queues[rank % len(queues)], status=Ticket.OPEN_STATUS,
                created=_instant(filed), modified=now, due_date=_instant(until), priority=3,
                assigned_to=agent, description=DESCRIPTION,
                submitter_email=f"personne-{rank}@exemple.invalid",
            )
            for rank, (reference, filed, until) in enumerate(csv.reader(lines))
        ]  # fmt: skip
    for first in range(0, len(tickets), BATCH):
        made = Ticket.objects.bulk_create(tickets[first : first + BATCH])
        FollowUp.objects.bulk_create(
            [FollowUp(ticket=one, date=one.created, title="Ouvert", user=agent) for one in made]
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    client.force_login(agent)
    page = client.get("/tickets/", **HOST)
    found = re.search(rb'"url": "([^"]*/datatables_ticket_list/[^"]*)"', page.content)
    assert found is not None, page.status_code
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "tickets": len(tickets), "page": "/tickets/", "lines": found[1].decode(),
        "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}",
    }  # fmt: skip


def statements(address: str) -> dict[str, Any]:
    """How many statements one answer takes."""
    with CaptureQueriesContext(connection) as said:
        answered = client.get(address, **HOST)
    return {"status": answered.status_code, "statements": len(said.captured_queries)}


def _instant(day: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), time(), UTC) if day else None


if __name__ == "__main__":
    answer("django-helpdesk", load=load, statements=statements)
