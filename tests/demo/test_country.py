"""The invented country: built twice it is the same file; loaded, it is whole and clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.db import connection
from django.test import Client
from django.utils import timezone

from droitfil.attestations import keyring
from droitfil.attestations.actions.receipts import FORMAT as RECEIPT
from droitfil.attestations.answers import Standing
from droitfil.attestations.models import Attestation, Receipt, Revocation, ShareCode
from droitfil.attestations.verification import verify_many
from droitfil.cases.continuity.night import run_night
from droitfil.cases.continuity.proof import is_intact
from droitfil.cases.continuity.reconciliation import reconcile
from droitfil.cases.models import Case, Night, Paper, Proof
from droitfil.cli.demo import DAY
from droitfil.cli.main import main
from droitfil.demo.answers import ANSWERS
from droitfil.demo.cast import BY
from droitfil.demo.country import figures, file
from droitfil.demo.country.file import KEPT, Unreadable
from droitfil.demo.country.film import YEAR
from droitfil.demo.country.load import bring
from droitfil.demo.country.scene import WAYS
from droitfil.demo.load import is_loaded
from droitfil.demo.personas import PERSONAS
from droitfil.journal.models import Entry, OutboxMessage
from droitfil.journal.verification import verify
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib import clock
from droitfil.people.models import Person
from droitfil.rules.seal import text

PEOPLE, DAYS = 30, 45


def _builds(folder: Path) -> list[Path]:
    """The same country played twice, by two processes that share nothing but their options."""
    environment = {name: value for name, value in os.environ.items() if name != "DROITFIL_ENV"}
    command = [str(Path(sys.executable).with_name("droitfil")), "demo", "build"]
    options = ["--people", str(PEOPLE), "--days", str(DAYS), "--seed", "7"]
    files = [folder / "first.xz", folder / "second.xz"]
    running = [
        subprocess.Popen(
            [*command, str(path), *options], env={**environment, "PYTHONHASHSEED": str(rank)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for rank, path in enumerate(files)
    ]  # fmt: skip
    for process in running:
        said, errors = process.communicate()
        assert process.returncode == 0, errors
        assert "case.submitted" in said
        assert "refusé" not in errors
    return files


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return _builds(tmp_path_factory.mktemp("country"))


@pytest.fixture
def played(request: pytest.FixtureRequest) -> Path:
    """A small country; the one that is kept, whole, when ``bench.soak country`` asks."""
    if os.environ.get("SOAK_COUNTRY"):
        return KEPT
    first: Path = request.getfixturevalue("built")[0]
    return first


@pytest.fixture
def country(played: Path, places: None, demonstration: None) -> date:
    told: list[tuple[int, int]] = []
    said = bring(played, progress=lambda done, everything: told.append((done, everything)))
    assert told[-1][0] == told[-1][1] == sum(said.rows.values())
    run_night(said.day, now=clock.now)
    return said.day


def test_built_twice_it_is_the_same_file(built: list[Path]) -> None:
    first, second = built
    assert first.read_bytes() == second.read_bytes()
    said = file.head(first)
    assert (said.day, said.people, said.days) == (DAY, PEOPLE, DAYS)
    for done in ("case.submitted", "case.granted", "share_code.looked", "letter.written"):
        assert said.actions[done] > 0, done


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["country.xz", "--days", "2"], "--days attend un nombre de jours, 3 au moins"),
        (["nowhere/country.xz"], "nowhere n'est pas un dossier"),
        ([], "donnez le fichier à écrire"),
    ],
)
def test_what_cannot_be_built_is_said_at_once(
    options: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROITFIL_ENV", "production")  # nothing would be built
    with pytest.raises(SystemExit) as refused:
        main(["demo", "build", *options])
    assert refused.value.code == 2
    assert says in capsys.readouterr().err


def test_it_holds_no_secret(built: list[Path]) -> None:
    found = {table.name: table.columns for table, _rows in file.read(built[0])}
    assert not {"journal_block", "attestations_certificate", "mfa_authenticator"} & found.keys()
    assert not {"upload", "link_attempt", "django_session"} & found.keys()
    for table, columns in found.items():
        for secret in ("password", "signature", "digest", "born", "hash", "contact", "mark"):
            if (table, secret) != ("link_notice", "contact"):
                assert secret not in columns, (table, secret)


def test_loaded_it_is_clean(country: date, played: Path) -> None:
    assert is_loaded()
    assert Person.objects.count() == file.head(played).people
    assert clock.today() == country
    assert reconcile(country).findings == ()
    totals = json.loads(Proof.objects.get(date=country).document)["totals"]
    assert totals["undecided"] == 0
    assert totals["people"] == totals["entitled"] + totals["not_entitled"]
    assert totals["entitled"] == totals["covered"] + totals["not_covered"]
    report = verify()
    assert report.intact, report.findings[:3]
    assert report.blocks >= Night.objects.count() >= 28
    assert all(is_intact(proof) for proof in Proof.objects.all())
    told = Entry.objects.filter(action="proof.made").order_by("id").values_list("facts", flat=True)
    hashes = [bytes(proof.hash).hex() for proof in Proof.objects.order_by("date")]
    assert [facts["hash"] for facts in told] == hashes
    # What the night of this day wrote alone waits to leave.
    waiting = OutboxMessage.objects.filter(done_at=None, failed_at=None)
    assert {timezone.localdate(message.due_at) for message in waiting} <= {country}


def test_every_paper_verifies(country: date) -> None:
    now = clock.now()
    assert Attestation.objects.count() >= 3
    for paper in Attestation.objects.exclude(code=""):
        shown = text(paper.code, bytes(paper.signature or b""))
        (answer,) = verify_many([shown.encode()], now=now)
        assert answer.genuine, answer
        ended = Revocation.objects.filter(attestation=paper).exists()
        lasts = paper.valid_to is None or paper.valid_to >= country
        begun = paper.valid_from <= country
        assert answer.holds is (lasts and begun and not ended), (answer, paper.valid_to)
        assert answer.standing is not Standing.UNKNOWN
    assert ShareCode.objects.exists()
    for receipt in Receipt.objects.select_related("certificate"):
        public = keyring.public_key(x509.load_der_x509_certificate(bytes(receipt.certificate.der)))
        signed = f"{RECEIPT}\n{receipt.content}".encode()
        assert keyring.verifies(public, signed, bytes(receipt.signature))


def test_everyone_enters_where_their_story_stands(country: date) -> None:
    for key in PERSONAS:
        answer = Client().post("/demo/entrer", {"qui": key}, follow=True)
        assert answer.status_code == 200, key
    student = Case.objects.get(person__account__email=PERSONAS["etudiant"].email)
    (paper,) = Paper.objects.filter(case=student)
    assert paper.valid_from <= country
    assert paper.kind == "API"
    of_children = Case.objects.filter(procedure="document-circulation-mineur")
    mothers = of_children.filter(person__family_name="Sarr", person__birth_place="Dakar")
    assert {"handed_over", "submitted"} <= set(mothers.values_list("state", flat=True))
    page = Client().get("/demo").content.decode()
    assert "tout est inventé" in page
    assert f"Habitants : {Person.objects.count()}" in page


def test_it_goes_on_from_its_day(country: date) -> None:
    clock.stand_on(timezone.localdate() - timedelta(days=3))  # a past day, as it would be
    real = timezone.localdate()
    visitor = Client()
    assert visitor.post("/demo/vrai-jour").status_code == 302
    assert clock.today() == real
    assert not clock.is_moved()
    assert visitor.post("/demo/vrai-jour").status_code == 422
    later = max(real, country) + timedelta(days=20)
    clock.move_to(later)
    night = run_night(later, now=clock.now)
    assert night.since == country + timedelta(days=1)
    assert night.phases["reconciliation"]["findings"] == 0
    assert json.loads(Proof.objects.get(date=later).document)["totals"]["undecided"] == 0
    assert verify().intact


def test_nobody_lives_there_already(country: date, played: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        bring(played)
    assert "demo reset" in str(refused.value)


def test_a_file_of_another_version_says_what_to_do(
    built: list[Path], places: None, demonstration: None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE person ADD COLUMN height smallint NOT NULL")
    with pytest.raises(Unreadable) as refused:
        bring(built[0])
    assert "droitfil demo build" in str(refused.value)
    assert "(person)" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"rien", b"\xfd7zXZ\x00"])
def test_a_file_that_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "country.xz"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        file.head(path)
    assert "droitfil demo build" in str(refused.value)
    with pytest.raises(Unreadable):
        file.head(tmp_path / "nowhere.xz")


def test_the_country_that_is_kept_is_of_this_version(db: None) -> None:
    """When a migration made it stale: droitfil demo build droitfil/demo/country/country.xz."""
    said = file.head(KEPT)
    file.must_fit(said)
    assert said.day == DAY
    assert said.days == YEAR
    # Every procedure is lived; what people may do is done.
    assert set(ANSWERS) == set(load_procedures()) == set(WAYS)
    for done in (
        "case.discarded", "case.granted", "case.moved", "case.registered", "card.handed_over",
        "complement.produced", "letter.written", "person.moved", "share_code.looked",
    ):  # fmt: skip
        assert said.actions[done] > 0, done
    assert KEPT.stat().st_size < 3_500_000


def test_nobody_acts_on_a_day_that_was_over() -> None:
    """Accounts are opened on the eve, and lives were begun before the film: nothing else."""
    ((table, rows),) = [one for one in file.read(KEPT) if one[0].name == "journal_entry"]
    latest, late = datetime.min.replace(tzinfo=UTC), set()
    for line in file.lines(rows):
        row = dict(zip(table.columns, file.fields(line), strict=True))
        at = datetime.fromisoformat(row["at"])
        if (latest.date() - at.date()).days > 1 and row["actor"] != BY:
            late.add(row["action"])
        latest = max(at, latest)
    assert not late


def test_every_figure_says_where_it_comes_from() -> None:
    told: dict[str, Any] = {
        name: value for name, value in vars(figures).items() if isinstance(value, figures.Figure)
    }
    assert len(told) >= 20
    for name, figure in told.items():
        assert len(figure.source) >= len(figures.ESTIMATED), name
    for table in (figures.RENEWALS, figures.FIRSTS, figures.STOCK):
        assert sum(table.value.values()) == 100
