"""Mariam signs in and looks at her own pages, on a day when her renewal may be filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from droitfil.attestations.actions import make_authority
from droitfil.lib import clock
from tests.cases.writing import DAY
from tests.personas import NOW, Personas

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def people(db: None, _place: None) -> Personas:
    """An office whose papers can be signed."""
    make_authority("system:tests", now=NOW)
    made = Personas()
    assert made.at_evry
    return made


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the tests; blobs and keys of one test, and no antivirus to answer."""
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
    monkeypatch.setattr(clock, "today", on(DAY))


def on(day: Any) -> Any:
    """``clock.today`` that answers ``day``."""
    return lambda: day


@pytest.fixture
def mariam(people: Personas) -> Client:
    """Her browser."""
    return signed_in(people.mariam_account)


def signed_in(account: Any) -> Client:
    client = Client()
    client.force_login(account, backend=BACKEND)
    return client


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, (response.status_code, response.content[:2000])
    return str(response.content.decode())
