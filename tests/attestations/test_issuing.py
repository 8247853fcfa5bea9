"""Papers are issued once, signed, journalled; revoked at once; never rewritten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from droitfil.attestations import keyring
from droitfil.attestations.actions import issue, make_authority, revoke, rotate
from droitfil.attestations.models import Attestation, Certificate, Purpose, Reason, Revocation
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.rules import seal
from tests.attestations.papers import ACTOR, NOW, TODAY, order, orders, paper


def public_of(attestation: Attestation) -> object:
    assert attestation.certificate is not None
    return keyring.public_key(x509.load_der_x509_certificate(bytes(attestation.certificate.der)))


def test_a_paper_is_kept_signed_and_journalled(authority: None) -> None:
    case = uuid4()
    asked = order("a", holder=uuid4())
    asked = type(asked)(key=asked.key, holder=asked.holder, paper=asked.paper, case=case)
    done = issue(ACTOR, [asked], now=NOW)
    kept = Attestation.objects.get()
    assert done.ids == {"api:a": kept.id}
    assert done.new == {"api:a"}
    assert seal.from_canonical(kept.content) == asked.paper
    code = seal.read(seal.text(kept.code, bytes(kept.signature)))
    assert (code.authority, code.certificate) == ("XX99", "0001")
    assert (code.issued_on, code.signed_on) == (TODAY, TODAY)
    assert keyring.verifies(public_of(kept), code.signed, code.signature)
    entry = Entry.objects.get(action="attestation.issued")
    assert (entry.actor, entry.subject, entry.case, entry.at) == (ACTOR, kept.id, case, NOW)
    assert entry.facts == {
        "kind": "API", "from": "2026-11-01", "to": "2027-01-31",
        "digest": bytes(kept.digest).hex(),
    }  # fmt: skip


def test_issued_twice_is_issued_once(authority: None) -> None:
    asked = orders(3)
    first = issue(ACTOR, asked[:2], now=NOW)
    second = issue(ACTOR, [*asked, asked[0]], now=NOW + timedelta(hours=1))
    assert Attestation.objects.count() == 3
    assert second.new == {asked[2].key}
    assert {key: second.ids[key] for key in first.ids} == first.ids
    assert Entry.objects.filter(action="attestation.issued").count() == 3


def test_what_is_only_a_filing_bears_no_code(authority: None) -> None:
    issue(ACTOR, [order("a", kind=seal.FILING)], now=NOW)
    kept = Attestation.objects.get()
    assert (kept.code, kept.certificate, kept.signature, kept.mark) == ("", None, None, None)


def test_all_or_none(authority: None) -> None:
    bad = order("b", family_name="Ω")
    with pytest.raises(Refusal) as told:
        issue(ACTOR, [order("a"), bad], now=NOW)
    assert told.value.field == "family_name"
    assert not Attestation.objects.exists()


def test_a_number_belongs_to_one_paper(authority: None) -> None:
    issue(ACTOR, [order("a", reference="API-1")], now=NOW)
    with pytest.raises(Conflict):
        issue(ACTOR, [order("b", reference="API-1")], now=NOW)
    assert Attestation.objects.count() == 1


@pytest.mark.parametrize("reference", ["", "1" * 41])
def test_a_number_has_a_length(authority: None, reference: str) -> None:
    with pytest.raises(Refusal) as told:
        issue(ACTOR, [order(reference=reference)], now=NOW)
    assert told.value.field == "reference"


@pytest.mark.django_db
def test_without_a_certificate_nothing_is_issued() -> None:
    with pytest.raises(Refusal) as told:
        issue(ACTOR, [order()], now=NOW)
    assert "droitfil keys signing init" in told.value.says


def test_without_its_key_nothing_is_issued(authority: None, tmp_path: Path) -> None:
    folder, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path
    try:
        with pytest.raises(Refusal) as told:
            issue(ACTOR, [order()], now=NOW)
    finally:
        settings.KEYS_DIR = folder
    assert "XX99 0001" in told.value.says


def test_an_actor_is_always_named(authority: None) -> None:
    for write in (
        lambda: issue("the night", [order()], now=NOW),
        lambda: revoke("", [uuid4()], now=NOW, reason=Reason.ERROR),
    ):
        with pytest.raises(ValueError, match="An actor is"):
            write()


def test_a_paper_is_never_rewritten(authority: None) -> None:
    issue(ACTOR, [order()], now=NOW)
    for change in ({"valid_to": None}, {"holder": uuid4()}):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            Attestation.objects.update(**change)


def test_revoked_at_once_and_once(authority: None) -> None:
    ids = list(issue(ACTOR, orders(3), now=NOW).ids.values())
    assert revoke(ACTOR, ids[:2], now=NOW, reason=Reason.DECISION) == set(ids[:2])
    later = NOW + timedelta(days=1)
    heir = {ids[2]: ids[0]}
    assert revoke(ACTOR, ids, now=later, reason=Reason.REPLACED, replaced_by=heir) == {ids[2]}
    assert revoke(ACTOR, [uuid4()], now=later, reason=Reason.ERROR) == frozenset()
    assert {(r.attestation_id, r.reason) for r in Revocation.objects.all()} == {
        (ids[0], "decision"), (ids[1], "decision"), (ids[2], "replaced"),
    }  # fmt: skip
    facts = Entry.objects.filter(action="attestation.revoked").order_by("id")
    assert [entry.facts for entry in facts][-1] == {
        "kind": "API", "reason": "replaced", "replaced_by": str(ids[0]),
    }  # fmt: skip
    assert facts.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_once_issue_each_paper_once() -> None:
    make_authority("system:tests", now=NOW)
    asked = orders(1_500)
    start = threading.Barrier(2)
    done = []

    def run(actor: str, mine: list[object]) -> None:
        try:
            start.wait()
            done.append(issue(actor, mine, now=NOW))  # type: ignore[arg-type]
        finally:
            connection.close()

    # In opposite orders, as two nights would not agree on one.
    threads = [
        threading.Thread(target=run, args=("system:night", asked)),
        threading.Thread(target=run, args=("system:catchup", asked[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    assert Attestation.objects.count() == 1_500
    assert Entry.objects.filter(action="attestation.issued").count() == 1_500
    assert done[0].ids == done[1].ids
    assert done[0].new.isdisjoint(done[1].new)


KILLED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
from django.conf import settings
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from pathlib import Path
settings.KEYS_DIR = Path(sys.argv[2])
from tests.attestations.papers import ACTOR, NOW, order
from droitfil.attestations.actions import issue
rank = 0
while True:
    issue(ACTOR, [order(f"{rank + i}") for i in range(500)], now=NOW)
    rank += 500
    print(rank, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_whole_papers_only() -> None:
    make_authority("system:tests", now=NOW)
    arguments = [connection.settings_dict["NAME"], str(settings.KEYS_DIR)]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(2)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert said[0] == "500\n"
    kept = Attestation.objects.count()
    assert kept >= 1000
    assert kept % 500 == 0
    assert Entry.objects.filter(action="attestation.issued").count() == kept
    # Beginning again issues what was missing and nothing twice.
    again = issue(ACTOR, [order(str(rank)) for rank in range(kept + 100)], now=NOW)
    assert len(again.new) == 100
    assert Attestation.objects.count() == kept + 100


def test_private_keys_stay_out_of_the_database(authority: None) -> None:
    issue(ACTOR, orders(2), now=NOW)
    files = sorted((settings.KEYS_DIR / "signing").iterdir())
    assert files
    secrets_ = []
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        secrets_.append(key.private_numbers().private_value.to_bytes(32, "big"))  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("attestations_", "journal_")):
                cursor.execute(f'SELECT t::text FROM "{table}" AS t')
                everything = "\n".join(row for (row,) in cursor.fetchall())
                assert "PRIVATE" not in everything
                for secret in secrets_:
                    assert secret.hex() not in everything


def test_a_rotated_key_signs_no_more_and_still_verifies(authority: None) -> None:
    issue(ACTOR, [order("a")], now=NOW)
    rotate("system:tests", purpose=Purpose.CODE, now=NOW)
    issue(ACTOR, [order("b")], now=NOW)
    before, after = Attestation.objects.order_by("key")
    assert (before.code[8:12], after.code[8:12]) == ("0001", "0002")
    for kept in (before, after):
        assert keyring.verifies(public_of(kept), kept.code.encode(), bytes(kept.signature))
    assert Certificate.objects.filter(purpose=Purpose.CODE).count() == 2


def test_the_authority_is_made_once_and_says_it_is_invented(authority: None) -> None:
    assert make_authority("system:tests", now=NOW) == []
    found = x509.load_der_x509_certificate(
        bytes(Certificate.objects.get(purpose=Purpose.AUTHORITY).der)
    )
    assert "autorité inventée" in found.subject.rfc4514_string()
    for made in Certificate.objects.all():
        x509.load_der_x509_certificate(bytes(made.der)).verify_directly_issued_by(found)


def test_an_official_name_cannot_be_taken() -> None:
    assert paper().reference
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=os.environ | {"DROITFIL_AUTHORITY": "FR03"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "réservés" in done.stderr
