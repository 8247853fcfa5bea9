"""Photographs put in order and made one document: nothing is lost, nothing is made twice."""

from __future__ import annotations

import hashlib
import io
import threading
from typing import Any

import pikepdf
import pytest
from django.db import connections
from PIL import Image, ImageDraw
from pytest_django import Settings

from droitfil.cases.actions import pages, pieces
from droitfil.cases.actions.pages import Move
from droitfil.cases.models import Case, Page, Piece
from droitfil.files.models import State, Upload
from droitfil.files.queries import open_cleaned, read_original
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.people.models import Account
from tests.cases.writing import DAY, at, draft, filed
from tests.files.samples import EICAR, heic, jpeg, pdf, saved
from tests.personas import Personas

CODE = "child_birth_certificate"


def photograph(number: int, size: tuple[int, int] = (600, 800)) -> bytes:
    """A page of one grey, darker with its number: what is where can be seen in the document."""
    drawn = Image.new("RGB", size, (250 - 40 * number,) * 3)
    ImageDraw.Draw(drawn).rectangle((0, 0, size[0], 60), fill="black")  # its top
    return saved(drawn, "JPEG", quality=90)


def send(
    people: Personas, case: Case, content: bytes, who: Account | None = None, code: str = CODE
) -> Page:
    return pages.add_page(
        who or people.mariam_account, case, code=code, content=content, declared_name="page.jpg",
        **at(DAY),
    )  # fmt: skip


def bound(people: Personas, case: Case, **more: Any) -> Piece:
    return pages.bind_pages(people.mariam_account, case, code=CODE, **at(DAY), **more)


def change(people: Personas, page: Page, move: Move) -> None:
    pages.change_page(people.mariam_account, page, move=move, **at(DAY))


def ranks(case: Case) -> list[tuple[int, int]]:
    """(pages of the file, turn) in their order."""
    return [(p.upload.pages, p.turn) for p in pages.pile_of(case, CODE, at_counter=False)]


def pictures(piece: Piece) -> list[tuple[tuple[float, float], Image.Image]]:
    """The size of each page of the document that is shown, and its picture."""
    assert piece.upload is not None
    with pikepdf.open(io.BytesIO(open_cleaned(piece.upload).content)) as made:
        return [
            (
                (float(page.mediabox[2]), float(page.mediabox[3])),
                pikepdf.PdfImage(page.obj.Resources.XObject.Im).as_pil_image(),
            )
            for page in made.pages
        ]


@pytest.mark.usefixtures("clamd")
def test_photographs_become_one_document_in_their_order(people: Personas) -> None:
    case = draft(people)
    sent = [photograph(number) for number in (1, 2, 3)]
    one, two, three = (send(people, case, content) for content in sent)
    change(people, three, Move.UP)
    change(people, one, Move.DOWN)  # three, one, two
    change(people, one, Move.TURN)
    change(people, two, Move.DOWN)  # the last one already
    piece = bound(people, case)
    assert piece.upload is not None
    assert (piece.upload.media_type, piece.upload.pages) == ("application/pdf", 3)
    assert piece.upload.state == State.CLEAN
    shown = pictures(piece)
    greys = [image.convert("L").getpixel((300, 400)) for _size, image in shown]
    assert greys == [
        pytest.approx(130, abs=4),
        pytest.approx(210, abs=4),
        pytest.approx(170, abs=4),
    ]
    assert [wide > high for (wide, high), _image in shown] == [False, True, False]
    turned = shown[1][1].convert("L")
    assert turned.size == (800, 600)
    assert turned.getpixel((790, 300)) < 40  # its top went to the right: clockwise
    # What was received stays, byte for byte, with its hash, and belongs to the document.
    kept = list(piece.pages.select_related("upload"))
    assert [read_original(page.upload) for page in kept] == [sent[2], sent[0], sent[1]]
    assert [bytes(page.upload.sha256) for page in kept] == [
        hashlib.sha256(content).digest() for content in (sent[2], sent[0], sent[1])
    ]
    assert not pages.pile_of(case, CODE, at_counter=False).exists()
    added = Entry.objects.get(action="piece.added", case=case.pk)
    assert added.facts["bound"] == 3


@pytest.mark.usefixtures("clamd")
def test_telephones_and_scanners_go_together(people: Personas) -> None:
    case = draft(people)
    send(people, case, heic((640, 480)))
    document = send(people, case, pdf(2))
    send(people, case, jpeg((480, 640), orientation=6))
    change(people, document, Move.TURN)
    piece = bound(people, case)
    assert piece.upload is not None
    with pikepdf.open(io.BytesIO(open_cleaned(piece.upload).content)) as made:
        assert len(made.pages) == 4
        assert [int(page.obj.get("/Rotate", 0)) for page in made.pages] == [0, 90, 90, 0]


@pytest.mark.usefixtures("clamd")
def test_what_is_refused_takes_nothing_with_it(people: Personas) -> None:
    case = draft(people)
    first = send(people, case, photograph(1))
    for refused in (b"", b"nothing of the kind", pdf(1, lambda made: _infect(made))):
        with pytest.raises(Refusal):
            send(people, case, refused)
    assert send(people, case, photograph(1)).pk == first.pk  # sent twice, there once
    send(people, case, photograph(2))
    assert len(ranks(case)) == 2
    with pytest.raises(Refusal, match="pas demandée"):
        send(people, case, photograph(3), code="passport_of_the_cat")


def _infect(made: pikepdf.Pdf) -> None:
    made.attachments["eicar.com"] = pikepdf.AttachedFileSpec(made, EICAR, filename="eicar.com")


@pytest.mark.usefixtures("clamd")
def test_limits_are_told_before_and_after(people: Personas, settings: Settings) -> None:
    case = draft(people)
    settings.UPLOAD_PAGES = 3
    send(people, case, pdf(2))
    with pytest.raises(Refusal, match="un document peut en avoir 3"):
        send(people, case, pdf(2, lambda made: None, linearize=True))
    send(people, case, photograph(1))
    settings.UPLOAD_BYTES = 900
    with pytest.raises(Refusal, match="Rien n’est perdu"):
        bound(people, case)
    assert len(ranks(case)) == 2
    assert not Piece.objects.filter(case=case, code=CODE).exists()


def test_the_document_counts_among_what_a_draft_keeps(
    people: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = draft(people)
    send(people, case, photograph(1))
    kept = pieces.Room.of(case).files
    monkeypatch.setattr(pieces, "MOST_FILES", kept)
    with pytest.raises(Refusal, match="fichiers"):
        bound(people, case)
    assert len(ranks(case)) == 1, "nothing is lost"
    monkeypatch.setattr(pieces, "MOST_FILES", kept + 1)
    bound(people, case)


@pytest.mark.usefixtures("clamd")
def test_large_photographs_are_made_smaller_until_they_fit(
    people: Personas, settings: Settings
) -> None:
    case = draft(people)
    noise = Image.effect_noise((3000, 4000), 60).convert("RGB")
    sent = saved(noise, "JPEG", quality=80)
    send(people, case, sent)
    settings.UPLOAD_BYTES = max(len(sent) // 4, 1)
    piece = bound(people, case)
    assert piece.upload is not None
    assert piece.upload.size <= settings.UPLOAD_BYTES
    ((_size, image),) = pictures(piece)
    assert 1600 <= max(image.size) < 2400


def test_a_page_taken_out_is_erased_and_keeps_its_receipt(people: Personas) -> None:
    case = draft(people)
    one, two = (send(people, case, photograph(number)) for number in (1, 2))
    change(people, one, Move.REMOVE)
    upload = Upload.objects.get(pk=one.upload_id)
    assert upload.state == State.ERASED
    assert bytes(upload.sha256)
    assert [page.pk for page in pages.pile_of(case, CODE, at_counter=False)] == [two.pk]
    with pytest.raises(Forbidden):
        change(people, one, Move.UP)


def test_without_antivirus_the_document_waits_with_its_pages(people: Personas) -> None:
    case = draft(people)
    send(people, case, photograph(1))
    piece = bound(people, case)
    assert piece.upload is not None
    assert piece.upload.state == State.QUARANTINED
    with pytest.raises(Refusal, match="ajoutez-les d’abord"):
        bound(people, case)


def test_a_page_put_aside_must_be_taken_out_first(people: Personas) -> None:
    case = draft(people)
    send(people, case, photograph(1))
    Upload.objects.update(
        state=State.REFUSED, original_blob=None, cleaned_blob=None, original_key=None,
        cleaned_key=None, sealed_name=None, master="", scanned_at=at(DAY)["now"],
    )  # fmt: skip
    with pytest.raises(Refusal, match="la page 1 : enlevez-la"):
        bound(people, case)


def test_a_pile_is_its_writers_alone(people: Personas) -> None:
    case = filed(people)
    hers = send(people, case, photograph(1))
    for nobody in (people.stranger, people.paul):
        with pytest.raises(Forbidden):
            send(people, case, photograph(2), who=nobody)
    seen = send(people, case, photograph(2), who=people.nadia)
    with pytest.raises(Forbidden):
        pages.change_page(people.nadia, hers, move=Move.REMOVE, **at(DAY))
    with pytest.raises(Forbidden):
        change(people, seen, Move.REMOVE)
    piece = pages.bind_pages(people.nadia, case, code=CODE, **at(DAY))
    assert list(piece.pages.all()) == [seen]


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_document(people: Personas) -> None:
    case = draft(people)
    for number in (1, 2):
        send(people, case, photograph(number))
    came: list[str] = []

    def press() -> None:
        try:
            bound(people, case)
            came.append("made")
        except (Conflict, Refusal):
            came.append("told")
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) == ["made", "told"]
    assert Piece.objects.filter(case=case, code=CODE, upload__isnull=False).count() == 1
    assert Page.objects.filter(piece__isnull=True).count() == 0
