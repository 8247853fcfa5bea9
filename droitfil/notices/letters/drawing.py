"""The PDF of a batch, to print on both sides: one letter after the other, each from a recto on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from django.utils import timezone, translation
from django.utils.translation import gettext

from droitfil.lib.typesetting import typeset_and_read
from droitfil.notices.letters.queries import address_lines
from droitfil.notices.letters.references import written
from droitfil.notices.letters.window import measures
from droitfil.notices.models import Batch, Envelope, Message
from droitfil.notices.template import LANGUAGES
from droitfil.notices.wording import Text, spoken, word
from droitfil.people.models import Person
from droitfil.rules.sentences import french_date
from droitfil.territory.models import Office

TEMPLATE = Path(__file__).with_name("letter.typ")
#: What is called with how many letters are ready, and how many there are; both alike: being set.
Progress = Callable[[int, int], None]
#: Letters made ready between two words of progress.
STEP = 100


@dataclass(frozen=True, slots=True)
class Drawn:
    """A batch as it is printed; ``places`` are the first page of each letter and its pages."""

    pdf: bytes
    places: tuple[tuple[int, int], ...]

    @property
    def pages(self) -> int:
        """Sides of paper, with the white verso of the last letter."""
        first, pages = self.places[-1]
        last = first + pages - 1
        return last + last % 2


def draw(
    batch: Batch, *, reprint: bool = False, progress: Progress = lambda _done, _all: None
) -> Drawn:
    """The letters of ``batch``, as its people and their addresses stand today.

    :param reprint: each letter says that it is one.
    """
    envelopes = list(
        batch.envelopes.select_related(
            "batch", "delivery__message__person", "delivery__reader__commune"
        ).order_by("rank")
    )
    office = batch.office
    letters = list(_letters(envelopes, office, reprint, progress))
    with translation.override("fr"):
        words = {
            "letter": gettext("Lettre"),
            "page": gettext("page"),
            "sender": gettext("Titres de séjour"),
            "reprint": gettext("RÉIMPRESSION : cette lettre peut vous être parvenue deux fois."),
            "code": gettext("Référence de la lettre, pour son retour :"),
        }
        title = gettext("Lettres du lot %(number)s") % {"number": batch.pk}
    data = {
        "title": title,
        "words": words,
        "address": measures()["address"],
        "letters": letters,
    }
    pdf, pages = typeset_and_read(TEMPLATE, data, label="pages")
    return Drawn(pdf, _places(pages))


def _letters(
    envelopes: list[Envelope], office: Office | None, reprint: bool, progress: Progress
) -> Iterator[dict[str, Any]]:
    for start in range(0, len(envelopes), STEP):
        some = envelopes[start : start + STEP]
        messages = [one.delivery.message for one in some]
        said: dict[str, list[Text]] = {code: word(messages, language=code) for code in LANGUAGES}
        for at, envelope in enumerate(some):
            texts = {code: said[code][at] for code in LANGUAGES}
            yield _letter(envelope, texts, office, reprint)
        progress(min(start + STEP, len(envelopes)), len(envelopes))


def _letter(
    envelope: Envelope, texts: dict[str, Text], office: Office | None, reprint: bool
) -> dict[str, Any]:
    reader, message = envelope.delivery.reader, envelope.delivery.message
    assert reader is not None
    language = spoken(reader.language)
    french, other = texts["fr"], texts[language]
    paragraphs = [(_about(reader, message, "fr"), _about(reader, message, language))]
    paragraphs += zip((*french.text, *french.inside), (*other.text, *other.inside), strict=True)
    return {
        "reference": written(envelope.reference),
        "code": _code(envelope.reference),
        "reprint": reprint,
        "office": office.name if office is not None else "Droitfil",
        "to": address_lines(reader),
        "dated": f"Le {french_date(timezone.localdate(envelope.batch.made_at))}",
        "language": language,
        "subject": {"fr": french.subject, "other": other.subject},
        "paragraphs": [{"fr": fr, "other": own} for fr, own in paragraphs if fr],
        "foot": {"fr": _foot("fr"), "other": _foot(language)},
    }


def _about(reader: Person, message: Message, language: str) -> str:
    """Whom it is about, when it is not its reader."""
    child = message.person
    if child is None or child.pk == reader.pk:
        return ""
    with translation.override(language):
        return gettext("Cette lettre concerne votre enfant, %(name)s.") % {
            "name": child.given_names
        }


def _foot(language: str) -> str:
    with translation.override(language):
        return gettext(
            "Pour agir sans internet, venez au guichet avec cette lettre. Si votre adresse a "
            "changé, dites-le au guichet ou dans votre espace. Personne ne vous demandera jamais "
            "un code de connexion."
        )


def _code(reference: str) -> str:
    """The QR code of a reference, and of nothing else: a scanner types it."""
    drawn = io.BytesIO()
    # One mask for all: choosing the best one would take most of the time.
    made = segno.make_qr(reference, error="m", version=1, mask=2)
    made.save(drawn, kind="svg", border=2, light="#fff")
    return drawn.getvalue().decode()


def manifest_of(batch: Batch) -> str:
    """CSV: rank, reference, first page and pages of each letter, as it was last printed."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(["rang", "reference", "premiere_page", "pages"])
    for one in batch.envelopes.order_by("rank"):
        table.writerow([one.rank, written(one.reference), one.first_page, one.pages])
    return out.getvalue()


def _places(pages: list[int]) -> tuple[tuple[int, int], ...]:
    """The template leaves the page of each letter's beginning, then that of its end."""
    return tuple(
        (first, last - first + 1) for first, last in zip(pages[::2], pages[1::2], strict=True)
    )
