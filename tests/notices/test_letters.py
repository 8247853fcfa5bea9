"""Letters: who receives one, the batch made once, its window, its return."""

from __future__ import annotations

import io
import re
import subprocess
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from django.db import connections
from PIL import Image

from droitfil.journal.models import Entry, OutboxMessage
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.notices import outcomes
from droitfil.notices.actions import Line, choose
from droitfil.notices.letters import actions
from droitfil.notices.letters.drawing import Drawn, draw, manifest_of
from droitfil.notices.letters.queries import address_lines
from droitfil.notices.letters.references import SIGNS, new_reference, read, written
from droitfil.notices.letters.window import always_seen, ever_seen, measures
from droitfil.notices.models import Batch, BouncedContact, Channel, Delivery, Envelope, Preference
from droitfil.notices.queries import unreached
from droitfil.people.models import Person
from tests.cli.conftest import Run, run
from tests.notices.telling import NOW, asked, looked, tell
from tests.personas import TODAY, Personas

__all__ = ["run"]
pytestmark = pytest.mark.django_db
#: Points of a PDF in a millimetre.
POINT = 72 / 25.4
WHEN: dict[str, Any] = {"now": NOW, "today": TODAY}


@pytest.fixture
def people(db: None) -> Personas:
    made = Personas()
    assert made.at_evry
    return made


def alone(people: Personas, *, language: str = "fr", number: int = 0, **more: Any) -> Person:
    """Someone of Évry with an address and nothing else."""
    facts = {
        "family_name": f"Sow{number or ''}", "given_names": "Awa", "born_on": date(1990, 1, 1),
        "address_line": f"{12 + number}, rue des Lilas", "postal_code": "91000",
        "commune": people.evry, "language": language,
    } | more  # fmt: skip
    return Person.objects.create(**facts)


def ways(person: Person) -> list[tuple[str, str]]:
    copies = Delivery.objects.filter(reader=person).order_by("channel")
    return list(copies.values_list("channel", "state"))


def gathered(people: Personas) -> Batch:
    return actions.gather(people.hugo, office=people.at_evry, **WHEN)


def printed(people: Personas, batch: Batch, *, reprint: bool = False) -> Drawn:
    drawn = draw(batch, reprint=reprint)
    actions.note_printed(people.hugo, batch, drawn, reprint=reprint, **WHEN)
    batch.refresh_from_db()
    return drawn


def posted(people: Personas, *those: Person) -> Batch:
    for one in those:
        tell(asked(one))
    batch = gathered(people)
    printed(people, batch)
    actions.note_posted(people.hugo, batch, posted_on=TODAY, **WHEN)
    return batch


def words(pdf: bytes, folder: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """The words of each page, by another program, each with its box in millimetres."""
    (folder / "lettres.pdf").write_bytes(pdf)
    said = subprocess.run(
        ["pdftotext", "-bbox", str(folder / "lettres.pdf"), "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = []
    for page in said.split("<page ")[1:]:
        boxes = re.findall(
            r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>',
            page,
        )
        found.append([_box(*box) for box in boxes])
    return found


def _box(
    left: str, top: str, right: str, bottom: str, word: str
) -> tuple[float, float, float, float, str]:
    return (
        float(left) / POINT, float(top) / POINT, float(right) / POINT, float(bottom) / POINT, word,
    )  # fmt: skip


# -- who receives one ------------------------------------------------------------------------------


def test_a_letter_is_for_whom_nothing_else_reaches(people: Personas) -> None:
    reached, poor = alone(people, email="awa@exemple.example"), alone(people, number=1)
    for one in (reached, poor):
        tell(asked(one))
        tell(looked(one))
    assert ways(reached) == [("email", "waiting")] * 2
    assert ways(poor) == [("letter", "waiting")]  # a courtesy costs no stamp
    # A letter waits to be printed: no worker is asked to send it.
    assert set(OutboxMessage.objects.values_list("kind", flat=True)) == {"notice.email"}


def test_paper_is_for_who_asks_for_it(people: Personas) -> None:
    person = alone(people, email="awa@exemple.example")
    choose(
        f"person:{people.amina_account.pk}", person=person, channel=Channel.LETTER,
        wants=Preference.Wants.LEGAL, now=NOW,
    )  # fmt: skip
    tell(asked(person))
    tell(looked(person))
    assert ways(person) == [("email", "waiting"), ("email", "waiting"), ("letter", "waiting")]


def test_a_refusal_is_always_posted_besides(people: Personas) -> None:
    person = alone(people, email="awa@exemple.example")
    facts = {"reference": "91E-25-K7MPX4", "taken_on": TODAY}
    tell(Line("decision_refused", facts, "refused", person.pk))
    assert ways(person) == [("email", "waiting"), ("letter", "waiting")]


def test_whom_an_email_does_not_reach_receives_a_letter(people: Personas) -> None:
    person = alone(people, email="awa@exemple.example")
    tell(asked(person))
    copy = Delivery.objects.get(reader=person)
    outcomes.move(copy.pk, Delivery.State.BOUNCED, now=NOW, error="smtp-550")
    assert ways(person) == [("email", "bounced"), ("letter", "waiting")]


# -- the reference ---------------------------------------------------------------------------------


def test_a_reference_is_read_as_it_is_typed_and_not_when_mistyped() -> None:
    reference = new_reference()
    for typed in (reference, written(reference), f" {written(reference).lower()} \n"):
        assert read(typed) == reference
    for at in range(9):
        for sign in set(SIGNS) - {reference[at]}:
            assert read(reference[:at] + sign + reference[at + 1 :]) is None
    for typed in ("", "ABC", "0O1-I00-000", "x" * 500):
        assert read(typed) is None


# -- the batch -------------------------------------------------------------------------------------


def test_a_batch_as_it_is_printed(people: Personas, tmp_path: Path) -> None:
    long = "Résidence des Marronniers, bâtiment C, escalier 12, appartement 1408, 127 bis avenue"
    those = [
        alone(people, language="en"),
        alone(people, number=1, address_line=long, given_names="Marie Antoinette Joséphine"),
        alone(people, number=2),
    ]
    for one in those:
        tell(asked(one))
    batch = gathered(people)
    drawn = printed(people, batch)
    pages = words(drawn.pdf, tmp_path)
    with pikepdf.open(io.BytesIO(drawn.pdf)) as made:
        assert len(made.pages) == drawn.pages == len(pages)
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang).startswith("fr")
        fonts = [
            one
            for one in made.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts)
    letters = list(batch.envelopes.select_related("delivery__reader").order_by("rank"))
    seen, ever = always_seen(), ever_seen()
    for letter in letters:
        assert letter.first_page is not None
        assert letter.pages is not None
        assert letter.first_page % 2 == 1  # a recto
        face = pages[letter.first_page - 1]
        window = [
            box for box in face
            if box[0] < ever.right and box[2] > ever.left and box[1] < ever.bottom
            and box[3] > ever.top
        ]  # fmt: skip
        reader = letter.delivery.reader
        assert reader is not None
        # The address, whole, wherever the sheet slides; and nothing else.
        assert " ".join(box[4] for box in window) == " ".join(address_lines(reader))
        for left, top, right, bottom, _word in window:
            assert seen.left <= left
            assert right <= seen.right
            assert seen.top <= top
            assert bottom <= seen.bottom
        said = [" ".join(box[4] for box in page) for page in pages]
        last = letter.first_page + letter.pages - 1
        foot = f"Lettre {written(letter.reference)} page {letter.pages} / {letter.pages}"
        assert foot in said[last - 1]
        if letter.pages % 2:
            assert said[last] == ""  # a white verso
    assert "Des pièces vous sont demandées" in " ".join(said)
    assert "You are asked for documents" in " ".join(said)
    table = manifest_of(batch).splitlines()
    assert table[0] == "rang;reference;premiere_page;pages"
    assert [line.split(";")[1] for line in table[1:]] == [written(one.reference) for one in letters]


def test_the_code_of_a_letter_says_its_reference_and_nothing_else(
    people: Personas, tmp_path: Path
) -> None:
    tell(asked(alone(people)))
    batch = gathered(people)
    (tmp_path / "one.pdf").write_bytes(draw(batch).pdf)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-f", "1", "-l", "1", "-singlefile",
         str(tmp_path / "one.pdf"), str(tmp_path / "one")],
        check=True,
    )  # fmt: skip
    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "one.png"))
    assert code.text == batch.envelopes.get().reference


def test_addresses_are_written_as_the_post_reads_them(people: Personas) -> None:
    lines = address_lines(alone(people))
    assert lines == ["Awa SOW", "12 RUE DES LILAS", f"91000 {people.evry.name.upper()}"]
    limits = measures()["lines"]
    long = address_lines(alone(people, number=1, address_line="x" * 30 + " " + "rue " * 40))
    assert len(long) <= limits["most"]
    assert max(map(len, long)) <= limits["longest"]
    assert address_lines(alone(people, number=2, postal_code="")) == []


def test_a_batch_is_made_and_printed_once(people: Personas) -> None:
    tell(asked(alone(people)))
    batch = gathered(people)
    with pytest.raises(Refusal, match="Aucune lettre"):
        gathered(people)
    with pytest.raises(Conflict, match="pas encore été imprimé"):
        printed(people, batch, reprint=True)
    first = printed(people, batch)
    with pytest.raises(Conflict, match="réimpression"):
        printed(people, batch)
    again = printed(people, batch, reprint=True)
    assert batch.reprints == 1
    text = [
        subprocess.run(["pdftotext", "-", "-"], input=d.pdf, capture_output=True, check=True).stdout
        for d in (first, again)
    ]
    assert ["RÉIMPRESSION".encode() in one for one in text] == [False, True]
    assert Entry.objects.filter(action="letters.reprinted").count() == 1


def test_only_the_heads_office_and_administrators_print(people: Personas) -> None:
    tell(asked(alone(people)))
    for nobody in (people.nadia, people.paul, people.claire, people.denis, people.stranger):
        with pytest.raises(Forbidden):
            actions.gather(nobody, office=people.at_evry, **WHEN)
    with pytest.raises(Forbidden):
        actions.gather(people.hugo, office=None, **WHEN)
    assert actions.gather(people.admin, office=None, **WHEN).letters == 1


def test_who_has_no_address_is_told_of_and_not_posted(people: Personas) -> None:
    person = alone(people, address_line="")
    tell(asked(person))
    assert ways(person) == [("letter", "failed")]
    with pytest.raises(Refusal, match="Aucune lettre"):
        gathered(people)
    (found,) = unreached(people.at_evry, TODAY, now=NOW)
    assert found.person == person


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_batch() -> None:
    people = Personas()
    assert people.at_evry
    for number in range(5):
        tell(asked(alone(people, number=number)))
    came: list[str] = []

    def press() -> None:
        try:
            gathered(people)
            came.append("made")
        except Refusal:
            came.append("none")
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) == ["made", "none"]
    assert Batch.objects.get().letters == Envelope.objects.count() == 5


# -- the post, and what comes back -----------------------------------------------------------------


def test_handed_to_the_post_by_someone_a_day(people: Personas) -> None:
    person = alone(people)
    tell(asked(person))
    batch = gathered(people)
    with pytest.raises(Refusal, match="pas encore imprimé"):
        actions.note_posted(people.hugo, batch, posted_on=TODAY, **WHEN)
    printed(people, batch)
    with pytest.raises(Refusal, match="entre le jour du lot"):
        actions.note_posted(people.hugo, batch, posted_on=TODAY + timedelta(days=1), **WHEN)
    for _twice in range(2):
        found = actions.note_posted(people.hugo, batch, posted_on=TODAY, **WHEN)
    assert (found.posted_on, found.posted_by) == (TODAY, people.hugo)
    assert ways(person) == [("letter", "sent")]
    assert Entry.objects.filter(action="letters.posted").count() == 1
    assert Entry.objects.filter(action="notice.sent").count() == 1


@pytest.mark.parametrize("reason", list(Envelope.Reason))
def test_a_letter_comes_back(people: Personas, reason: Envelope.Reason) -> None:
    person = alone(people)
    letter = posted(people, person).envelopes.get()
    for _twice in range(2):
        actions.note_returned(people.nadia, written(letter.reference), reason=reason, **WHEN)
    assert ways(person) == [("letter", "returned")]
    (found,) = unreached(people.at_evry, TODAY, now=NOW)
    assert (found.person, found.last.error) == (person, f"post-{reason.value}")
    assert Entry.objects.filter(action="notice.returned").count() == 1
    # Only who is not known there has a wrong address: nothing more leaves for it.
    assert BouncedContact.objects.exists() == (reason == Envelope.Reason.UNKNOWN)
    tell(asked(person, key="again"))
    if reason == Envelope.Reason.UNKNOWN:
        with pytest.raises(Refusal, match="Aucune lettre"):
            gathered(people)
        person.address_line = "1 place Neuve"
        person.save()
        tell(asked(person, key="moved"))
    assert gathered(people).letters == 1


def test_what_cannot_be_brought_back(people: Personas) -> None:
    batch = posted(people, alone(people))
    letter = batch.envelopes.get()
    unknown = Envelope.Reason.UNKNOWN
    for actor, typed, says in (
        (people.nadia, "ABC", "mal recopiée"),
        (people.nadia, "222222222", "Aucune lettre"),  # well formed, and of no letter
        (people.paul, letter.reference, "Aucune lettre"),
        (people.stranger, letter.reference, "Aucune lettre"),
    ):
        with pytest.raises(Refusal, match=says):
            actions.note_returned(actor, typed, reason=unknown, **WHEN)
    actions.note_returned(people.nadia, letter.reference, reason=unknown, **WHEN)
    with pytest.raises(Refusal, match="déjà noté"):
        actions.note_returned(
            people.nadia, letter.reference, reason=Envelope.Reason.REFUSED, **WHEN
        )


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_once_and_takes_up_what_was_cut(run: Run, tmp_path: Path) -> None:
    people = Personas()
    assert people.at_evry
    for number in range(3):
        tell(asked(alone(people, number=number)))
    cut = actions.gather("system:command", office=None, **WHEN)  # killed before it was printed
    target = tmp_path / "lettres.pdf"
    done = run("letters", "batch", str(target))
    assert done.status == 0, done.err
    assert f"Lot {cut.pk}, interrompu avant d'être imprimé : repris." in done.out
    assert target.read_bytes().startswith(b"%PDF")
    assert len((tmp_path / "lettres.csv").read_text().splitlines()) == 4
    assert not list(tmp_path.glob(".*.part"))
    again = run("letters", "batch", str(tmp_path / "autre.pdf"))
    assert (again.status, again.err.strip()) == (2, "Aucune lettre n’attend d’être imprimée.")
    assert run("letters", "batch", str(target)).status == 2  # never written over
    assert run("letters", "reprint", str(cut.pk), str(tmp_path / "encore.pdf")).status == 0
    assert run("letters", "posted", str(cut.pk)).status == 2
    done = run("letters", "posted", str(cut.pk), "--by", people.hugo.email)
    assert done.status == 2  # Hugo is head of one office: this one was made for all
    done = run("letters", "posted", str(cut.pk), "--by", people.admin.email)
    assert done.status == 0, done.err
    letter = cut.envelopes.first()
    assert letter is not None
    done = run("letters", "returned", written(letter.reference), "--reason", "unclaimed")
    assert (done.status, "non réclamée" in done.out) == (0, True)
    assert "remis à la poste" in run("letters", "list").out


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_is_told_and_the_batch_waits(run: Run, tmp_path: Path) -> None:
    tell(asked(alone(Personas())))
    (tmp_path / ".lettres.pdf.part").symlink_to("/dev/full")
    done = run("letters", "batch", str(tmp_path / "lettres.pdf"))
    assert (done.status, f"« {tmp_path}/lettres.pdf » ne s'écrit pas" in done.err) == (2, True)
    assert list(tmp_path.iterdir()) == [], "no half of someone's letter is left"
    assert Batch.objects.get().printed_at is None
    assert run("letters", "batch", str(tmp_path / "lettres.pdf")).status == 0
