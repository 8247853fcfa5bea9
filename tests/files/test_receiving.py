"""Receiving: what is kept, what is shown, what is said to whom sends something else."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import IntegrityError, connection, connections, transaction
from PIL import Image
from pytest_django import Settings

from droitfil.files import actions, queries, sandbox
from droitfil.files.models import State, Upload
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Refusal
from tests.files.samples import (
    AMINA,
    EICAR,
    NOW,
    attach,
    heic,
    jpeg,
    pdf,
    picture,
    png,
    saved,
    with_script,
)  # fmt: skip

pytestmark = pytest.mark.django_db


ACCEPTED: dict[str, tuple[Callable[[], bytes], str, str, int]] = {
    "passeport.jpg": (jpeg, "image/jpeg", "image/jpeg", 1),
    "capture.png": (png, "image/png", "image/jpeg", 1),
    "IMG_0042.HEIC": (heic, "image/heic", "image/jpeg", 1),
    "bail.pdf": (lambda: pdf(3), "application/pdf", "application/pdf", 3),
}


def receive(content: bytes, name: str = "piece.pdf") -> Upload:
    return actions.receive(AMINA, content=content, declared_name=name, now=NOW)


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_accepted_is_kept_twice_and_told_in_the_journal(name: str) -> None:
    make, kind, shown_as, pages = ACCEPTED[name]
    content = make()
    upload = receive(content, f"C:\\Documents\\{name}")
    upload.refresh_from_db()
    assert (upload.state, upload.media_type, upload.pages) == (State.CLEAN, kind, pages)
    assert (upload.received_at, upload.scanned_at) == (NOW, NOW)
    assert queries.read_original(upload) == content
    shown = queries.open_cleaned(upload)
    assert shown.media_type == shown_as
    assert shown.name == f"{name.rsplit('.')[0]}.{'pdf' if pages > 1 else 'jpg'}"
    assert shown.content != content
    assert queries.name_of(upload) == name

    receipt = queries.receipt(upload)
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()
    assert (receipt.size, receipt.state) == (len(content), "clean")
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (AMINA, "upload.received", upload.id)
    assert entry.facts == {
        "sha256": receipt.sha256, "size": len(content), "type": kind, "pages": pages,
        "state": "clean",
    }  # fmt: skip


@pytest.mark.usefixtures("clamd")
def test_the_name_of_a_file_proves_nothing() -> None:
    upload = receive(jpeg(), "contrat.pdf")
    assert upload.media_type == "image/jpeg"
    assert queries.open_cleaned(upload).name == "contrat.jpg"


def _word() -> bytes:
    return b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml" + bytes(60) + b"word/document.xml"


def _locked() -> bytes:
    return pdf(encryption=pikepdf.Encryption(user="secret", owner="autre"))


def _needs_adobe(made: pikepdf.Pdf) -> None:
    made.Root.NeedsRendering = True


def _nested(depth: int) -> bytes:
    inner = pdf()
    for _ in range(depth):
        inner = pdf(1, lambda made, inner=inner: attach(made, inner, "a.pdf"))  # type: ignore[misc]
    return inner


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "Ce fichier est vide. Ouvrez-le sur votre appareil"),
    "too large": (lambda: pdf() + bytes(3 * 2**20), "pèse 4 Mo ; il peut en peser 2."),
    "too many pages": (lambda: pdf(9), "Ce PDF a 9 pages ; il peut en avoir 5."),
    "no page": (lambda: pdf(0), "incomplet ou abîmé"),
    "a password": (_locked, "fermé par un mot de passe"),
    "an XFA form": (lambda: pdf(1, _needs_adobe), "ne s’affiche que dans le logiciel d’Adobe"),
    "matryoshkas": (lambda: _nested(4), "contient d’autres fichiers, trop nombreux ou trop gros"),
    "Word": (_word, "« Enregistrer au format PDF »"),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "traitement de texte"),
    "an archive": (lambda: b"PK\x03\x04" + bytes(99), "C’est un dossier compressé."),
    "GIF": (lambda: saved(picture((9, 9)), "GIF"), "Enregistrez-la en JPEG ou en PNG"),
    "WebP": (lambda: saved(picture((9, 9)), "WEBP"), "Enregistrez-la en JPEG ou en PNG"),
    "TIFF": (lambda: saved(picture((9, 9)), "TIFF"), "Enregistrez-la en JPEG ou en PNG"),
    "a film": (lambda: b"\0\0\0\x18ftypmp42" + bytes(99), "C’est une vidéo ou un son."),
    "AVIF": (lambda: b"\0\0\0\x18ftypavif" + bytes(99), "Enregistrez-la en JPEG ou en PNG"),
    "text": (lambda: b"bonjour", "ni un PDF ni une image"),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", "ni un PDF ni une image"),
    "half a PDF": (lambda: pdf(3)[:700], "incomplet ou abîmé"),
    "half a JPEG": (lambda: jpeg()[:5000], "incomplet ou abîmé"),
    "half a PNG": (lambda: png()[:2000], "incomplet ou abîmé"),
    "half a HEIC": (lambda: heic()[:4000], "incomplet ou abîmé"),
    "the head of a JPEG": (lambda: b"\xff\xd8\xff\xe0", "incomplet ou abîmé"),
    "the head of a PDF": (lambda: b"%PDF-1.7\n%%EOF", "incomplet ou abîmé"),
}


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_told_with_what_would_be_right(what: str, settings: Settings) -> None:
    settings.UPLOAD_BYTES, settings.UPLOAD_PAGES = 2 * 2**20, 5
    make, says = REFUSED[what]
    with pytest.raises(Refusal) as caught:
        receive(make())
    assert says in caught.value.says
    assert caught.value.field == "file"
    assert not Upload.objects.exists()
    assert not Entry.objects.exists()
    assert not settings.FILES_DIR.exists()


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize(("kind", "mode"), [("PNG", "1"), ("JPEG", "L")])
def test_a_giant_picture_is_refused_before_it_is_drawn(kind: str, mode: str) -> None:
    giant = saved(Image.new(mode, (20_000, 20_000), 1), kind)
    assert len(giant) < 5 * 2**20
    with pytest.raises(Refusal, match="20000 × 20000 points, plus que les 80 millions"):
        receive(giant)


def _bomb(made: pikepdf.Pdf) -> None:
    attach(made, bytes(400 * 2**20), "zeros.bin")


@pytest.mark.usefixtures("clamd")
def test_an_attachment_that_swells_is_refused(settings: Settings) -> None:
    bomb = pdf(1, _bomb)
    assert len(bomb) < 2**20
    with pytest.raises(Refusal):
        receive(bomb)


@pytest.mark.usefixtures("clamd")
def test_a_cleaner_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MEMORY", 40 * 2**20)  # Python itself hardly fits
    with pytest.raises(Refusal, match="trop compliqué à ouvrir"):
        receive(jpeg())


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(EICAR + pdf(), id="before a PDF"),
        pytest.param(pdf(1, lambda made: attach(made, EICAR)), id="attached to a PDF"),
        pytest.param(
            pdf(1, lambda made: attach(made, pdf(1, lambda inner: attach(inner, EICAR)), "a.pdf")),
            id="attached to what is attached",
        ),
        pytest.param(
            pdf(
                1,
                lambda made: made.pages[0].obj.__setattr__("Contents", made.make_stream(EICAR)),
                encryption=pikepdf.Encryption(user="", owner="banque"),
            ),
            id="behind a lock without key",
        ),
        pytest.param(jpeg() + EICAR, id="after a JPEG"),
    ],
)
def test_an_infected_file_is_not_kept(content: bytes, settings: Settings) -> None:
    with pytest.raises(Refusal, match="L’antivirus a trouvé un programme dangereux"):
        receive(content)
    assert not Upload.objects.exists()
    assert not settings.FILES_DIR.exists()


@pytest.mark.usefixtures("clamd")
def test_a_file_that_two_programs_would_read_otherwise_is_shown_one_way() -> None:
    other = b"<html><script>alert(1)</script></html>PK\x03\x04"
    for content in (jpeg() + other, png() + other, pdf() + other + b"\n%%EOF\n"):
        shown = queries.open_cleaned(receive(content))
        assert b"alert" not in shown.content
        assert b"PK\x03\x04" not in shown.content


@pytest.mark.usefixtures("clamd")
def test_a_bank_statement_closed_to_changes_is_read_by_all() -> None:
    closed = pdf(2, encryption=pikepdf.Encryption(user="", owner="banque"))
    shown = queries.open_cleaned(receive(closed))
    with pikepdf.open(io.BytesIO(shown.content)) as read:
        assert not read.is_encrypted
        assert len(read.pages) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
def test_two_at_once_are_two() -> None:
    content, got = pdf(1, with_script), []

    def one() -> None:
        try:
            got.append(receive(content))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = got
    assert bytes(first.sha256) == bytes(second.sha256)
    assert len({first.original_blob, first.cleaned_blob, second.original_blob}) == 3
    assert first.master == second.master
    assert queries.read_original(first) == queries.read_original(second) == content


@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize(
    "change",
    [
        {"state": "shown"},
        {"state": "erased"},
        {"state": "refused"},
        {"original_key": None},
        {"cleaned_blob": None},
        {"master": ""},
        {"scanned_at": None},
        {"erased_at": NOW},
        {"media_type": "text/html"},
        {"pages": 0},
    ],
)
def test_the_database_refuses_what_cannot_be(change: dict[str, Any]) -> None:
    upload = receive(jpeg())
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)
    assert connection.in_atomic_block


@pytest.mark.usefixtures("clamd")
def test_a_disk_that_takes_nothing_is_told_with_what_to_do(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "taken").touch()
    settings.FILES_DIR = tmp_path / "taken"
    with pytest.raises(Refusal, match="la panne est chez nous") as refused:
        receive(pdf())
    assert refused.value.field == "file"
    assert not Upload.objects.exists()
