"""``/verifier``: what an employer sends and reads, without JavaScript and without an account."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from droitfil.attestations import trust
from droitfil.attestations.actions import make_authority, make_share_code, revoke
from droitfil.attestations.models import Attestation, Look, Reason, Receipt
from droitfil.attestations.pictures import MOST_BYTES
from droitfil.rules import seal
from tests.attestations.papers import ACTOR, BORN, order
from tests.attestations.showing import as_bytes, as_heic, code_of, issued, pdf_of, picture_of
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _authority(db: None) -> None:
    make_authority("system:tests", now=timezone.now())


def paper_of_today(**changes: object) -> Attestation:
    today = timezone.localdate()
    changes = {
        "valid_from": today - timedelta(days=20), "valid_to": today + timedelta(days=70)
    } | changes  # fmt: skip
    return issued(order(**changes), now=timezone.now())


def send(client: Client, content: bytes, *, language: str = "fr") -> HttpResponse:
    sent = {"papier": SimpleUploadedFile("papier", content)}
    return client.post(f"/verifier?langue={language}", sent)


def text(response: HttpResponse) -> str:
    """The words of the page, without its tags."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def test_the_form_asks_the_base_nothing(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/verifier")
    assert response.status_code == 200
    assert not response.cookies
    assert "Vérifier ce papier" in text(response)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_pdf_or_a_photo_says_yes(client: Client, language: str) -> None:
    paper = paper_of_today()
    for shown in (pdf_of(paper), as_bytes(picture_of(code_of(paper)))):
        response = send(client, shown, language=language)
        said = text(response)
        assert response.status_code == 200
        assert {
            "fr": "Ce papier est authentique et valable aujourd’hui",
            "en": "This paper is genuine and valid today",
        }[language] in said
        assert {"fr": "le droit de travailler", "en": "right to work"}[language] in said
        assert "no-store" in response["Cache-Control"]


def test_a_photograph_of_a_telephone_is_read_however_it_was_held(client: Client) -> None:
    picture = picture_of(code_of(paper_of_today()))
    held = {1: picture, 6: picture.rotate(90, expand=True), 3: picture.rotate(180)}
    for orientation, taken in held.items():
        response = send(client, as_heic(taken, orientation=orientation))
        assert response.status_code == 200
        assert "Ce papier est authentique et valable aujourd’hui" in text(response)


def test_a_broken_or_huge_photograph_of_a_telephone_is_told(client: Client) -> None:
    whole = as_heic(picture_of(code_of(paper_of_today())))
    assert "ne se lit pas" in text(send(client, whole[: len(whole) // 2]))
    large = as_heic(Image.new("L", (9100, 9000)))
    assert send(client, large).status_code == 413


def test_what_it_said_and_what_it_is_worth_are_two_things(client: Client) -> None:
    paper = paper_of_today()
    pdf = pdf_of(paper)
    revoke(ACTOR, [paper.id], now=timezone.now(), reason=Reason.DECISION)
    said = text(send(client, pdf))
    assert "Ce papier est authentique, mais il ne vaut plus" in said
    assert "Cela ne dit pas que la personne n’a plus de droits" in said
    assert "Une décision a été prise sur la demande." in said
    assert "le droit de travailler" not in said
    assert "Ce que disait ce papier quand il a été délivré" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "ne porte pas notre sceau"),
        (b"hello", "Aucun code de papier"),
        (b"DC04", "pas celui d’un papier délivré ici"),
    ],
)
def test_what_is_not_ours_is_told_calmly(client: Client, content: bytes, says: str) -> None:
    response = send(client, content)
    assert response.status_code == 200
    assert says in text(response)
    assert not Receipt.objects.exists()


def test_an_altered_file_is_refused(client: Client) -> None:
    pdf = pdf_of(paper_of_today())
    response = send(client, pdf[:-2] + b"E" + pdf[-1:])
    assert "a été changé depuis qu’il a été scellé" in text(response)
    assert "valable aujourd’hui" not in text(response)


def test_a_filing_proves_nothing(client: Client) -> None:
    said = text(send(client, pdf_of(paper_of_today(kind=seal.FILING))))
    assert "ne prouve aucun droit" in said
    assert "Valable" not in said


def test_what_cannot_be_read_is_asked_again(client: Client) -> None:
    for content, status, says in (
        (b"", 422, "Choisissez une photo"),
        (b"\xff\xd8\xff\xe0 broken", 422, "ne se lit pas"),
        (b"x" * (MOST_BYTES + 1), 413, "dépasse 12 Mo"),
    ):
        response = send(client, content)
        assert response.status_code == status
        assert says in text(response)
    assert client.post("/verifier").status_code == 422


def test_a_huge_request_is_not_even_read(client: Client) -> None:
    response = client.post(
        "/verifier", b"", content_type="multipart/form-data; boundary=x", headers={
            "Content-Length": str(10**10)
        },
    )  # fmt: skip
    assert response.status_code == 413


def share(holder: object) -> str:
    now = timezone.now()
    _made, code = make_share_code(
        f"person:{holder}",
        holder=holder,
        born_on=BORN,
        now=now,
        days=30,  # type: ignore[arg-type]
    )
    return code


def test_a_share_code_shows_rights_and_nothing_else(client: Client) -> None:
    person = Personas().amina
    person.documents.update(valid_to=timezone.localdate() + timedelta(days=30))
    holder = person.pk
    paper = paper_of_today(holder=holder)
    sent = {"code": share(holder), "j": "2", "m": "mars", "a": "1990", "par": "Boulangerie"}
    response = client.post("/verifier", sent)
    said = text(response)
    assert "Voici ce que cette personne peut faire aujourd’hui" in said
    assert "le droit de travailler" in said
    body = response.content.decode()
    for private in ("Fassi", "FASSI", "Amina", "1990", paper.reference, "9912345678"):
        assert private not in body
    look = Look.objects.get()
    assert look.by == "Boulangerie"
    assert look.receipt is not None


def test_a_wrong_code_and_a_wrong_date_read_the_same(client: Client) -> None:
    holder = uuid4()
    paper_of_today(holder=holder)
    code = share(holder)
    pages = [
        client.post("/verifier", {"code": code, "j": "3", "m": "3", "a": "1990"}),
        client.post("/verifier", {"code": "ABCD-EF12-3456-789Z", "j": "3", "m": "3", "a": "1990"}),
    ]
    assert {page.status_code for page in pages} == {422}
    first, second = (page.content.decode() for page in pages)
    assert first.replace(code, "ABCD-EF12-3456-789Z") == second
    assert not Look.objects.exists()
    for sent in ({"code": code}, {"code": "", "j": "2", "m": "3", "a": "1990"},
                 {"code": code, "j": "31", "m": "2", "a": "1990"}):  # fmt: skip
        assert client.post("/verifier", sent).status_code == 422


def test_the_receipt_is_downloaded_and_sealed(client: Client) -> None:
    body = send(client, pdf_of(paper_of_today())).content.decode()
    found = re.search(r'href="(/verifier/recu/[0-9a-f-]{36})"', body)
    assert found is not None
    response = client.get(found.group(1))
    assert response["Content-Type"] == "application/pdf"
    assert "attachment" in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    assert "C’est le reçu d’une vérification" in text(send(client, response.content))
    assert client.get(f"/verifier/recu/{uuid4()}").status_code == 404


def test_the_bundle_is_downloaded(client: Client) -> None:
    response = client.get("/verifier/confiance")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert set(trust.read(response.content).fingerprints) == {"XX99"}


def test_too_often_waits(client: Client, settings: Settings) -> None:
    settings.VERIFICATIONS_A_MINUTE = 2
    statuses = [send(client, b"hello").status_code for _ in range(4)]
    assert statuses[:2] == [200, 200]
    assert statuses[3] == 429
    assert client.get("/verifier").status_code == 200
