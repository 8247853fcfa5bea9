"""``droitfil night`` and ``droitfil proof``: what they say, and how they refuse."""

from __future__ import annotations

import hashlib
import json

import pytest

from droitfil.cases.models import Night
from droitfil.cli.main import main
from tests.personas import Personas


@pytest.fixture(autouse=True)
def _open(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests is open already."""
    for command in ("night", "proof"):
        monkeypatch.setattr(f"droitfil.cli.{command}.open_database", lambda: None)


def test_a_night_and_its_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert Personas().amina.documents.count() == 1
    assert main(["night", "--date", "2025-06-02"]) == 0
    said = capsys.readouterr()
    assert "▸ papiers" in said.err
    assert "Nuit du 02/06/2025 finie" in said.out
    assert main(["proof", "--date", "2025-06-02"]) == 0
    shown = capsys.readouterr().out
    assert "n'est pas signé" in shown
    assert main(["proof", "--date", "2025-06-02", "--json"]) == 0
    text = capsys.readouterr().out
    assert json.loads(text)["totals"]["covered"] == 1
    assert hashlib.sha256(text.encode()).hexdigest() in shown


def test_a_night_that_goes_back_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["night", "--date", "2025-06-02"]) == 0
    assert main(["night", "--date", "2025-06-01"]) == 1
    assert "ne remonte pas le temps" in capsys.readouterr().err


def test_a_night_to_come_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Run by mistake, it would stand in the way of every night before it."""
    assert main(["night", "--date", "2072-01-01"]) == 1
    assert "La nuit du 01/01/2072 n’est pas encore venue" in capsys.readouterr().err
    assert not Night.objects.exists()


def test_no_proof_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--date", "2025-06-02"]) == 1
    assert "Aucune preuve n'a été faite pour le 02/06/2025" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["night", "proof"])
@pytest.mark.parametrize("written", ["demain", "2025-02-30", "20250602", "2025-W01-1"])
def test_a_date_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], command: str, written: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        main([command, "--date", written])
    assert refused.value.code == 2
    assert "écrivez une date AAAA-MM-JJ" in capsys.readouterr().err
