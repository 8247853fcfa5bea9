"""Files given for a case: kept, counted, taken back; with the antivirus, and without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from droitfil.cases.actions import decision, filing, pieces
from droitfil.cases.form import form_of, given_pieces
from droitfil.cases.jobs import tell_refused_files
from droitfil.cases.models import Piece
from droitfil.files.actions import erase
from droitfil.files.jobs import scan_waiting
from droitfil.files.models import State as UploadState
from droitfil.files.queries import open_cleaned
from droitfil.journal.models import Entry
from droitfil.lib.clamd import PrivateClamd
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.notices.models import Message
from tests.cases.writing import DAY, at, counter_draft, draft, filed, taken
from tests.files.samples import EICAR, attach, pdf
from tests.personas import Personas

CODE = "child_birth_certificate"


def add(people: Personas, case: object, **changed: object) -> Piece:
    given = {"code": CODE, "content": pdf(), "declared_name": "acte.pdf", **at(DAY)}
    return pieces.add_piece(people.mariam_account, case, **given | changed)  # type: ignore[arg-type]


def lacking(case: object) -> set[str]:
    return {required.piece.code for required in form_of(case, DAY).lacks.pieces}  # type: ignore[arg-type]


@pytest.mark.usefixtures("clamd")
def test_a_file_is_kept_for_a_piece(people: Personas) -> None:
    case = draft(people)
    assert CODE in lacking(case)
    piece = add(people, case)
    assert piece.upload is not None
    assert (piece.rank, piece.upload.state) == (1, UploadState.CLEAN)
    assert open_cleaned(piece.upload).content.startswith(b"%PDF")
    assert CODE not in lacking(case)
    assert add(people, case).rank == 2
    assert Entry.objects.filter(action="piece.added", case=case.pk).count() == 2


def test_a_file_that_waits_for_the_antivirus_counts(people: Personas) -> None:
    case = draft(people)
    piece = add(people, case)
    assert piece.upload is not None
    assert piece.upload.state == UploadState.QUARANTINED
    assert CODE not in lacking(case)


@pytest.mark.usefixtures("clamd")
def test_what_the_antivirus_put_aside_counts_no_more(people: Personas) -> None:
    case = draft(people)
    piece = add(people, case)
    assert piece.upload is not None
    erase("system:tests", piece.upload, now=at(DAY)["now"])
    assert given_pieces(case) == []
    assert CODE in lacking(case)


def test_what_is_taken_back_counts_no_more(people: Personas) -> None:
    case = draft(people)
    piece = add(people, case)
    for nobody in (people.stranger, people.paul, people.nadia):
        with pytest.raises(Forbidden):
            pieces.withdraw_piece(nobody, piece, **at(DAY))
    for _twice in range(2):
        pieces.withdraw_piece(people.mariam_account, piece, **at(DAY))
    assert CODE in lacking(case)
    assert Entry.objects.filter(action="piece.withdrawn").count() == 1


def test_an_agent_takes_back_what_an_agent_noted_and_nothing_else(people: Personas) -> None:
    case = filed(people)
    given = add(people, case)
    seen = pieces.note_seen(people.nadia, case, code="passport", **at(DAY))
    with pytest.raises(Forbidden):
        pieces.withdraw_piece(people.nadia, given, **at(DAY))
    given.refresh_from_db()
    assert given.withdrawn_at is None
    assert pieces.withdraw_piece(people.nadia, seen, **at(DAY)).withdrawn_at is not None


def test_a_document_too_old_for_the_day_of_filing(people: Personas) -> None:
    case = draft(people)
    code = "child_nationality_certificate"
    add(people, case, code=code, dated_on=date(2024, 11, 1))
    assert "child_french_nationality" in lacking(case)
    add(people, case, code=code, dated_on=DAY - timedelta(days=30))
    assert "child_french_nationality" not in lacking(case)


def test_what_cannot_be_given(people: Personas) -> None:
    case = draft(people)
    with pytest.raises(Refusal, match="pas demandée"):
        add(people, case, code="passport_of_the_cat")
    with pytest.raises(Refusal) as refused:
        add(people, case, content=b"nothing of the kind")
    assert refused.value.field == "file"
    for nobody in (people.stranger, people.paul, people.nadia):
        with pytest.raises(Forbidden):
            pieces.add_piece(
                nobody, case, code=CODE, content=pdf(), declared_name="acte.pdf", **at(DAY)
            )
    with pytest.raises(IntegrityError, match="piece_is_something"), transaction.atomic():
        Piece.objects.create(
            case=case, code=CODE, rank=1, added_by=people.mariam_account, added_at=at(DAY)["now"]
        )
    assert not Piece.objects.exists()


def test_nothing_is_added_after_the_decision(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motifs", **at(DAY))
    with pytest.raises(Refusal, match="a été refusée"):
        add(people, case)


def test_an_original_seen_at_the_counter(people: Personas) -> None:
    case = filing.register_at_counter(
        people.nadia, counter_draft(people), complete=False, **at(DAY)
    )
    seen = pieces.note_seen(people.nadia, case, code="identity_photos", **at(DAY))
    assert (seen.seen_on, seen.upload) == (DAY, None)
    with pytest.raises(Forbidden):
        pieces.note_seen(people.paul, case, code="identity_photos", **at(DAY))
    online = filed(people)
    with pytest.raises(Refusal, match="Seul un agent"):
        pieces.note_seen(people.mariam_account, online, code="ephoto_code", **at(DAY))


def test_a_file_refused_afterwards_is_told_once(
    people: Personas, settings: Settings, running_clamd: PrivateClamd
) -> None:
    case = draft(people)
    infected = pdf(change=lambda made: attach(made, EICAR))
    piece = add(people, case, content=infected)
    assert CODE not in lacking(case)
    settings.CLAMD = running_clamd.address
    now = at(DAY)["now"]
    assert scan_waiting(now).refused == 1
    assert [tell_refused_files(now=now) for _twice in range(2)] == [1, 0]
    assert CODE in lacking(case)
    message = Message.objects.get(template="piece_refused")
    assert (message.person, message.facts["pieces"]) == (people.mariam, [CODE])
    assert Entry.objects.get(action="piece.refused").facts["piece"] == str(piece.pk)


def test_a_draft_takes_no_more_files_nor_bytes_than_it_says(
    people: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = draft(people)
    room = pieces.Room.of(case)
    monkeypatch.setattr(pieces, "MOST_FILES", room.files + 1)
    given = add(people, case)
    assert pieces.Room.of(case).files == room.files + 1
    with pytest.raises(Refusal, match="fichiers"):
        add(people, case)
    pieces.withdraw_piece(people.mariam_account, given, **at(DAY))
    add(people, case)
    monkeypatch.setattr(pieces, "MOST_FILES", 100)
    monkeypatch.setattr(pieces, "MOST_BYTES", pieces.Room.of(case).size + 10)
    with pytest.raises(Refusal, match="en tout"):
        add(people, case)
