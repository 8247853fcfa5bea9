"""The address that stops e-mails one may do without: read by a GET, done by a press."""

from __future__ import annotations

import pytest
from django.test import Client

from droitfil.notices.models import Channel, Preference
from droitfil.notices.passes import stop_code
from droitfil.notices.queries import wants_of
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(people: Personas) -> str:
    return f"/courriels/{stop_code(people.amina.pk)}"


def test_reading_changes_nothing_and_a_press_stops(people: Personas, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(address)
    assert page.status_code == 200
    assert "Arrêter les autres" in page.content.decode()
    assert not Preference.objects.exists()
    done = client.post(address)
    assert done.status_code == 200
    assert "que les courriels dont vos droits dépendent" in done.content.decode()
    assert wants_of(people.amina, Channel.EMAIL) == Preference.Wants.LEGAL
    assert "no-store" in done["Cache-Control"]


def test_a_mail_program_presses_it_itself(people: Personas, address: str) -> None:
    done = Client(enforce_csrf_checks=True).post(
        address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert done.status_code == 200
    assert wants_of(people.amina, Channel.EMAIL) == Preference.Wants.LEGAL


def test_an_address_cut_short_is_told_so(people: Personas, address: str) -> None:
    done = Client().post(address[:-3])
    assert done.status_code == 422
    assert "copiez-la en entier" in done.content.decode()
    assert not Preference.objects.exists()
