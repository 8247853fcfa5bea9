"""``droitfil night`` and ``droitfil proof``: what they say, and how they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from droitfil.attestations.actions import make_authority
from droitfil.attestations.bundle import bundle
from droitfil.cases.models import Night, Proof
from droitfil.cli.main import main
from tests.personas import NOW, Personas


@pytest.fixture(autouse=True)
def _open(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests is open already."""
    for command in ("night", "proof"):
        monkeypatch.setattr(f"droitfil.cli.{command}.open_database", lambda: None)
    make_authority("system:tests", now=NOW)


def test_a_night_and_its_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert Personas().amina.documents.count() == 1
    assert main(["night", "--date", "2025-06-02"]) == 0
    said = capsys.readouterr()
    assert "▸ papiers" in said.err
    assert "Nuit du 02/06/2025 finie" in said.out
    assert main(["proof", "--date", "2025-06-02"]) == 0
    shown = capsys.readouterr().out
    kept = Proof.objects.get()
    assert f"Empreinte : {bytes(kept.hash).hex()}" in shown
    assert f"Signature : certificat {kept.certificate}" in shown
    assert main(["proof", "--date", "2025-06-02", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["covered"] == 1


def test_a_downloaded_proof_is_verified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert Personas().amina.documents.count() == 1
    assert main(["night", "--date", "2025-06-02"]) == 0
    capsys.readouterr()
    assert main(["proof", "--date", "2025-06-02", "--json"]) == 0
    text = capsys.readouterr().out
    shown, trust = tmp_path / "preuve.json", tmp_path / "confiance.json"
    trust.write_text(bundle(now=NOW), encoding="utf-8")

    def verify(content: str) -> tuple[int, str]:
        shown.write_text(content, encoding="utf-8", newline="")
        status = main(["verify", str(shown), "--offline", "--trust", str(trust)])
        return status, capsys.readouterr().out

    status, said = verify(text)
    assert status == 0
    assert "✓ Authentique" in said
    assert "Preuve de continuité du 2 juin 2025" in said
    assert re.search(r"  couvertes +1\n", said)
    for content in (text.replace('"covered":1', '"covered":2'), text + "\n", text[:-1] + " }"):
        status, said = verify(content)
        assert status == 2
        assert "✗ Refusé. Ce document a été changé" in said
    unsigned = {k: v for k, v in json.loads(text).items() if k != "signature"}
    assert "ne porte pas de signature" in verify(json.dumps(unsigned))[1]
    assert "pas un document JSON" in verify("{")[1]


def test_a_proof_of_before_signatures_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["night", "--date", "2025-06-02"]) == 0
    made = Proof.objects.get()
    Proof.objects.create(
        date="2025-06-01", document=made.document, hash=made.hash, made_at=made.made_at
    )
    capsys.readouterr()
    assert main(["proof", "--date", "2025-06-01"]) == 0
    assert "d'avant les signatures" in capsys.readouterr().out
    assert main(["proof", "--date", "2025-06-01", "--json"]) == 0
    assert capsys.readouterr().out == made.document


def test_no_proof_without_a_key_to_sign_it(
    capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    keys, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path / "empty"
    assert main(["night", "--date", "2025-06-02"]) == 1
    assert "n’est pas dans le dossier des clés" in capsys.readouterr().err
    settings.KEYS_DIR = keys
    assert main(["night", "--date", "2025-06-02"]) == 0
    assert Proof.objects.get().certificate is not None


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
