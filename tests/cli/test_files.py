"""``droitfil files``: what an operator reads of pieces and of the antivirus."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from droitfil.cli.files import main
from droitfil.files.actions import receive
from droitfil.lib.clamd import PrivateClamd, program
from tests.absences import NO_CLAMD, skip_without
from tests.files.conftest import free_port
from tests.files.samples import AMINA, jpeg

pytestmark = pytest.mark.django_db(transaction=True)


@skip_without(NO_CLAMD)
def test_quarantine_seen_then_emptied(
    capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    def run(word: str) -> tuple[int, str]:
        status = main([word])
        return status, capsys.readouterr().out

    assert program()
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"
    settings.CLAMD = ("127.0.0.1", free_port())
    silent = "L'antivirus ne répond pas : ce qui arrive est gardé en quarantaine.\n"
    assert run("status") == (1, f"{silent}Aucune pièce en quarantaine.\n")
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    receive(AMINA, content=jpeg((64, 48)), declared_name="a.jpg", now=now)
    assert run("status") == (
        1,
        f"{silent}En quarantaine : 1 pièce, depuis le 23/11/2026 à 11:00.\n",
    )
    waiting = "Saines : 0 pièce. Infectées, écartées : 0 pièce. Encore en quarantaine : 1 pièce.\n"
    assert run("scan") == (1, waiting)
    with PrivateClamd(settings.CLAMD, tmp_path / "clamd") as clamd:
        assert clamd.wait()
        status, said = run("status")
        assert status == 0
        assert re.match(r"L'antivirus répond : ClamAV [0-9.]+", said)
        assert run("scan") == (
            0, "Saines : 1 pièce. Infectées, écartées : 0 pièce. Encore en quarantaine : 0 pièce.\n"
        )  # fmt: skip
    assert run("sweep") == (0, "Effacé du disque : 0 fichier sans pièce.\n")


def test_what_a_backup_lacks_is_named(
    capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    def run(*words: str) -> tuple[int, str]:
        status = main(words)
        return status, capsys.readouterr().out

    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    first, second = (
        receive(AMINA, content=jpeg((64, size)), declared_name="a.jpg", now=now) for size in (48, 9)
    )
    whole = "✓ 2 pièces : tout s'ouvre, octet pour octet.\n"
    assert run("check", "--all") == (0, whole)
    assert first.original_blob
    blob = settings.FILES_DIR / first.original_blob.hex[:2] / first.original_blob.hex
    kept = blob.read_bytes()
    blob.write_bytes(kept[:-1])  # a copy that was cut
    cut = f"✗ {first.pk} : Ses octets ne sont pas, ou plus, ceux qui furent gardés.\n"
    assert run("check") == (1, f"{cut}Perdues : 1 pièce. Ouvertes : 1 pièce.\n")
    blob.write_bytes(kept)
    (settings.KEYS_DIR / f"{second.master}.key").rename(tmp_path / "elsewhere")
    status, said = run("check", "--all")
    assert status == 1
    assert said.count("ne se lit pas : remettez-la d'après votre sauvegarde.") == 2
