"""``/sante``: 200 when this process can answer, 503 when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from droitfil.lawbook import load_law


@pytest.mark.django_db
def test_says_that_all_is_well(client: Client) -> None:
    response = client.get("/sante")
    assert response.status_code == 200
    night = {"last": None, "finished": False, "late": False}
    assert response.json() == {
        "status": "ok", "database": True, "law": load_law().version, "night": night,
        "jobs": {"working": False, "failing": []}, "replica": None,
    }  # fmt: skip
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_says_that_the_law_cannot_be_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DROITFIL_LAW", str(tmp_path))
    response = client.get("/sante")
    assert response.status_code == 503
    assert response.json()["status"] == "failing"
    assert response.json()["law"] is None


@pytest.mark.django_db(transaction=True)
def test_says_that_the_database_is_gone(client: Client) -> None:
    connection.close()
    connection.settings_dict["PORT"], port = "1", connection.settings_dict["PORT"]
    try:
        response = client.get("/sante")
    finally:
        connection.settings_dict["PORT"] = port
        connection.close()
    assert response.status_code == 503
    assert response.json() == {
        "status": "failing",
        "database": False,
        "law": load_law().version,
        "night": None,
        "jobs": None,
        "replica": None,
    }


def test_is_only_read(client: Client) -> None:
    assert client.post("/sante").status_code == 405
