"""``droitfil verify``, ``trust`` and ``keys signing``: what a person reads, and the status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from droitfil.attestations.actions import revoke
from droitfil.attestations.models import Certificate, Reason
from droitfil.rules import seal
from tests.attestations.papers import ACTOR, NOW, order
from tests.attestations.showing import as_bytes, as_heic, code_of, issued, pdf_of, picture_of
from tests.cli.conftest import Run, command

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bundle(run: Run, tmp_path: Path) -> Path:
    """The bundle that a new authority exports."""
    assert run("keys", "signing", "init").status == 0
    assert run("trust", "export", str(tmp_path / "confiance.json")).status == 0
    return tmp_path / "confiance.json"


def test_from_the_paper_to_the_answer(run: Run, bundle: Path, tmp_path: Path) -> None:
    paper = issued()
    pdf = pdf_of(paper)
    (tmp_path / "papier.pdf").write_bytes(pdf)
    (tmp_path / "photo.jpg").write_bytes(as_bytes(picture_of(code_of(paper))))
    (tmp_path / "photo.heic").write_bytes(as_heic(picture_of(code_of(paper))))
    altered = pdf[:-3] + bytes([pdf[-3] ^ 1]) + pdf[-2:]
    (tmp_path / "change.pdf").write_bytes(altered)

    def verify(shown: str, *more: str) -> tuple[int, str]:
        day = () if "--date" in more else ("--date", "2026-11-23")
        done = run("verify", shown, "--offline", "--trust", str(bundle), *day, *more)
        return done.status, done.out + done.err

    files = [str(tmp_path / name) for name in ("papier.pdf", "photo.jpg", "photo.heic")]
    for shown in (*files, code_of(paper)):
        status, said = verify(shown)
        assert status == 0, said
        assert "✓ Authentique" in said
        assert "✓ Valable le 23 novembre 2026." in said
        assert "Travail : peut travailler" in said
        assert "Du 1er novembre 2026 au 31 janvier 2027" in said
        assert "Selon ce qui était connu le" in said
    status, said = verify(str(tmp_path / "papier.pdf"), "--date", "2027-02-01")
    assert status == 1
    assert "✗ Plus valable le 1er février 2027" in said
    status, said = verify(str(tmp_path / "change.pdf"))
    assert status == 2
    assert "✗ Refusé. Ce PDF a été changé" in said

    revoke(ACTOR, [paper.id], now=NOW, reason=Reason.DECISION)
    assert verify(code_of(paper))[0] == 0  # the bundle is older: it says as known on its day
    assert run("trust", "export", str(bundle)).status == 0
    status, said = verify(code_of(paper))
    assert status == 1
    assert "✗ Plus valable depuis le 23 novembre 2026 : une décision a été prise." in said


def test_every_answer_is_a_sentence(run: Run, bundle: Path, tmp_path: Path) -> None:
    first, second = issued(order(family_name="Un")), issued(order(family_name="Deux"))
    filing = issued(order(kind=seal.FILING))
    (tmp_path / "depot.pdf").write_bytes(pdf_of(filing))
    heirs = {first.id: second.id}
    revoke(ACTOR, [first.id], now=NOW, reason=Reason.REPLACED, replaced_by=heirs)
    run("trust", "export", str(bundle))
    for shown, status, says in (
        (code_of(first), 1, "un autre papier le remplace"),
        (str(tmp_path / "depot.pdf"), 1, "Elle ne prouve aucun droit"),
        (code_of(second).replace("DEUX", "TROI"), 2, "La signature n'est pas la bonne"),
        ("DC04", 2, "pas celui d'un papier d'étranger"),
        (code_of(second)[:-1], 2, "ne suit pas son format"),
        (str(tmp_path / "absent.pdf"), 2, "ne se lit pas"),
    ):
        done = run("verify", shown, "--trust", str(bundle), "--date", "2026-10-01")
        assert done.status == status, done
        assert says in done.out + done.err
    done = run("verify", code_of(second), "--trust", str(bundle), "--date", "2026-10-01")
    assert "✗ Pas encore valable" in done.out
    done = run("verify", "DC04", "--trust", str(bundle), "--authority", "0" * 64)
    assert "autre autorité" in done.err
    bundle.write_text(bundle.read_text().replace("replaced", "reversed"))
    done = run("verify", code_of(second), "--trust", str(bundle))
    assert (done.status, done.err) == (
        2, "La liste de confiance a été changée depuis sa signature.\n",
    )  # fmt: skip
    done = run("verify", "DC04")
    assert done.status == 2
    assert "--trust" in done.err


def test_a_picture_that_cannot_be_read_is_told_why(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = as_heic(picture_of(code_of(issued())))
    (tmp_path / "whole.heic").write_bytes(whole)
    (tmp_path / "half.heic").write_bytes(whole[: len(whole) // 2])
    half = run("verify", str(tmp_path / "half.heic"), "--trust", str(bundle))
    assert (half.status, "ne se lit pas" in half.err) == (2, True)
    monkeypatch.setattr("droitfil.files.sandbox.PIXELS", 100)
    large = run("verify", str(tmp_path / "whole.heic"), "--trust", str(bundle))
    assert (large.status, "est trop grande" in large.err) == (2, True)


def test_it_runs_without_django(bundle: Path, tmp_path: Path) -> None:
    paper = tmp_path / "papier.pdf"
    paper.write_bytes(pdf_of(issued()))
    script = (
        "import sys; sys.modules['django'] = None\n"
        "from droitfil.cli.main import main\n"
        f"sys.exit(main(['verify', {str(paper)!r}, '--offline', '--trust', {str(bundle)!r},"
        " '--date', '2026-11-23']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "✓ Valable" in done.stdout
    code = code_of(issued(order("b"))).encode()
    done_ = command(
        "verify", "-", "--trust", str(bundle), "--date", "2026-11-23", stdin=code + b"\n"
    )
    assert done_.returncode == 0


def test_keys_are_made_listed_and_changed(run: Run, bundle: Path) -> None:
    assert "Rien à faire" in run("keys", "signing", "init").out
    assert "XX99 0002" in run("keys", "signing", "rotate", "code").out
    listed = run("keys", "signing", "list").out
    assert listed.count("clé présente") == 4
    assert listed.count("retiré") == 1
    assert "PRIVATE" not in listed
    assert run("keys", "signing", "rotate").status == 2
    assert run("keys", "signing", "list", "code").status == 2
    assert run("keys", "other").status == 2
    assert Certificate.objects.count() == 4


def test_nothing_to_export_before_an_authority(run: Run) -> None:
    done = run("trust", "export")
    assert done.status == 1
    assert "droitfil keys signing init" in done.err
