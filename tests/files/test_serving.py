"""From a form to a browser: nothing written in clear, nothing that could act."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test.client import RequestFactory
from pytest_django import Settings

from droitfil.files import actions
from droitfil.files.intake import AT_ONCE, MemoryOnly, content_of
from droitfil.files.serving import response
from droitfil.lib.refusals import Refusal
from tests.files.samples import AMINA, NOW, jpeg, pdf


def posted(**files: bytes) -> HttpRequest:
    sent = {name: SimpleUploadedFile(f"{name}.pdf", content) for name, content in files.items()}
    return RequestFactory().post("/", sent)


def test_what_a_form_sends_stays_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # writing there would fail
    content = pdf() + bytes(9 * 2**20)
    request = posted(first=content, second=b"")
    assert content_of(request.FILES["first"]) == content
    assert content_of(request.FILES["second"]) == b""
    assert [type(handler) for handler in request.upload_handlers] == [MemoryOnly]


def test_a_file_too_large_meets_a_sentence_and_takes_no_memory(settings: Settings) -> None:
    settings.UPLOAD_BYTES = 2**20
    request = posted(large=bytes(5 * 2**20), small=jpeg())
    large = request.FILES["large"]
    assert large.size == 5 * 2**20
    assert len(large.read()) <= 2**20
    with pytest.raises(Refusal, match="Ce fichier pèse 5 Mo ; il peut en peser 1"):
        content_of(large)
    assert content_of(request.FILES["small"]) == jpeg()


def test_files_too_heavy_together_are_told_one_by_one(settings: Settings) -> None:
    settings.UPLOAD_BYTES = 2**20
    request = posted(**{f"page{number}": bytes([number]) * 2**20 for number in range(AT_ONCE + 2)})
    files = [request.FILES[f"page{number}"] for number in range(AT_ONCE + 2)]
    for number, one in enumerate(files[:AT_ONCE]):
        assert content_of(one) == bytes([number]) * 2**20
    for one in files[AT_ONCE:]:
        with pytest.raises(Refusal, match="trop d’autres à la fois"):
            content_of(one)


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [(jpeg(), "image/jpeg", "jpg"), (pdf(), "application/pdf", "pdf")],
)
def test_a_browser_is_given_the_copy_and_no_power(content: bytes, kind: str, ending: str) -> None:
    upload = actions.receive(AMINA, content=content, declared_name='pi"èce.html', now=NOW)
    shown = response(upload)
    assert shown.content != content
    assert shown["Content-Type"] == kind
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cache-Control"] == "private, no-store"
    policy = shown["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'self'")
    assert policy.endswith("; sandbox")
    assert shown["Content-Disposition"].startswith("inline; filename")
    assert "%C3%A8ce." + ending in shown["Content-Disposition"]
    saved = response(upload, download=True)["Content-Disposition"]
    assert saved.startswith("attachment; ")
    assert "\n" not in saved


@pytest.mark.django_db
def test_in_quarantine_a_browser_is_given_a_sentence() -> None:
    upload = actions.receive(AMINA, content=jpeg(), declared_name="a.jpg", now=NOW)
    with pytest.raises(Refusal, match="dès que l’antivirus l’aura contrôlée"):
        response(upload)


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\amina\\bail.pdf", "bail.jpg"),
        ("a\r\nSet-Cookie: b=1.jpg", "aSet-Cookie: b=1.jpg"),
        ("", "piece.jpg"),
        (".jpg", "piece.jpg"),
        ("n" * 300 + ".jpg", "n" * 100 + "…" + "n" * 15 + ".jpg"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(declared: str, kept: str) -> None:
    from droitfil.files.queries import open_cleaned

    upload = actions.receive(AMINA, content=jpeg((64, 48)), declared_name=declared, now=NOW)
    assert open_cleaned(upload).name == kept
