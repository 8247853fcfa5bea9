"""A mail server in trouble: letters wait in the outbox, nothing else does, nobody is kept long."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from droitfil.journal.models import OutboxMessage
from droitfil.notices.channels import smtp
from droitfil.notices.jobs import deliver
from droitfil.notices.models import Delivery
from tests.faults import mail_servers
from tests.faults.mail_servers import Speaks, served
from tests.mail import post_office
from tests.notices.networks import network
from tests.notices.telling import NOW, asked, tell
from tests.personas import Personas, account

pytestmark = pytest.mark.django_db
#: Seconds that a server has for an answer, here.
PATIENCE = 0.5
IN_TROUBLE = {
    mail_servers.silent: "smtp-unreachable",
    mail_servers.drips: "smtp-unreachable",
    mail_servers.drips_later: "smtp-unreachable",
    mail_servers.refuses_us: "smtp-554",
    mail_servers.hangs_up: "smtp-unreachable",
}


@pytest.fixture(autouse=True)
def _hurried(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{smtp.__name__}.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", PATIENCE
    cache.clear()


@pytest.fixture(params=IN_TROUBLE, ids=lambda speaks: speaks.__name__)
def trouble(request: pytest.FixtureRequest, settings: Any) -> Iterator[Speaks]:
    with served(request.param) as settings.EMAIL_PORT:
        yield request.param


def test_letters_wait_and_text_messages_leave(
    trouble: Speaks, settings: Any, tmp_path: Path
) -> None:
    people = Personas()
    tell(asked(people.amina))
    tell(asked(people.mariam))
    with network(settings, tmp_path):
        done = deliver(now=NOW)
    emails = Delivery.objects.filter(channel="email")
    assert emails.count() > 0
    assert set(emails.values_list("state", flat=True)) == {"waiting"}
    waiting = OutboxMessage.objects.filter(done_at=None)
    assert {error for error in waiting.values_list("error", flat=True) if error} == {
        IN_TROUBLE[trouble]
    }
    texts = Delivery.objects.filter(channel="sms")
    assert set(texts.values_list("state", flat=True)) <= {"sent"}
    assert done["sent"] == texts.count()
    with post_office(settings) as office:
        deliver(now=NOW + timedelta(hours=7))
    received = Counter(message["Message-ID"] for message in office.received)
    assert len(received) == emails.count()
    assert set(received.values()) == {1}
    assert set(emails.values_list("state", flat=True)) == {"sent"}


def test_who_signs_in_reads_a_sentence(trouble: Speaks, client: Client) -> None:
    account("personne@exemple.example")
    page = client.post("/connexion", {"email": "personne@exemple.example"})
    assert page.status_code == 422
    assert "Le message n’a pas pu partir" in page.content.decode()


def test_a_slow_server_receives_all_the_same(settings: Any) -> None:
    tell(asked(Personas().mariam))
    with served(mail_servers.slow) as settings.EMAIL_PORT:
        assert deliver(now=NOW)["sent"] == Delivery.objects.filter(channel="email").count()


def test_nothing_is_left_behind(settings: Any) -> None:
    """A conversation that ended in time leaves no thread that would cut another one."""
    tell(asked(Personas().mariam))
    with post_office(settings):
        deliver(now=NOW)
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
