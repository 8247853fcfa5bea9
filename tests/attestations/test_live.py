"""Live verification, sharing by code, receipts, drawing from the stored row alone."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from django.db import connection
from pyhanko.pdf_utils.reader import PdfFileReader

from droitfil.attestations import drawing, keyring, printing, queries, verification
from droitfil.attestations.actions import (
    Asked,
    make_share_code,
    open_share_code,
    open_share_codes,
    revoke,
    revoke_share_code,
    verify_papers,
)
from droitfil.attestations.actions.sharing import LONGEST, Shared
from droitfil.attestations.answers import Answer, Fault, Rights, Standing
from droitfil.attestations.models import Look, Reason, Receipt, ShareCode
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Forbidden, Refusal
from tests.attestations.papers import ACTOR, BORN, NOW, TODAY, order, paper
from tests.attestations.showing import as_bytes, code_of, issued, pdf_of, picture_of

pytestmark = pytest.mark.usefixtures("authority")


def verified(shown: bytes, *, now: datetime) -> Answer:
    return verification.verify_many([shown], now=now)[0]


# -- live ------------------------------------------------------------------------------------------


def test_the_base_knows_more_than_the_code() -> None:
    kept = issued()
    for shown in (code_of(kept).encode(), pdf_of(kept), as_bytes(picture_of(code_of(kept)))):
        answer = verified(shown, now=NOW)
        assert answer.holds
        assert answer.said is not None
        assert answer.said.reference == kept.reference
        assert answer.said.limits == ("with_expired_card",)


def test_a_revoked_paper_stops_holding_at_once() -> None:
    first = issued(order(family_name="Un"))
    second = issued(order(family_name="Deux"))
    pdf = pdf_of(first)
    assert verified(pdf, now=NOW).holds
    revoke(ACTOR, [first.id], now=NOW, reason=Reason.REPLACED, replaced_by={first.id: second.id})
    answer = verified(pdf, now=NOW)
    assert answer.genuine
    assert (answer.standing, answer.reason, answer.ended_on) == (
        Standing.REPLACED, "replaced", TODAY,
    )  # fmt: skip


def test_a_genuine_paper_unknown_here_is_not_said_to_hold() -> None:
    kept = issued()
    code = code_of(kept).encode()
    kept.delete()
    answer = verified(code, now=NOW)
    assert answer.genuine
    assert answer.standing is Standing.UNKNOWN
    assert not answer.holds


def test_dates_are_those_of_the_day() -> None:
    code = code_of(issued()).encode()
    assert verified(code, now=NOW + timedelta(days=69)).holds
    late = verified(code, now=NOW + timedelta(days=70))
    assert late.standing is Standing.EXPIRED
    assert verified(b"DC04", now=NOW).fault is Fault.OTHER_CODE


# -- drawing ---------------------------------------------------------------------------------------


def test_the_same_row_draws_the_same_paper() -> None:
    first = drawing.draw(paper(), code="", issued_on=TODAY, authority="XX99")
    assert drawing.draw(paper(), code="", issued_on=TODAY, authority="XX99") == first
    assert drawing.draw(paper(), code="", issued_on=TODAY, authority="XX98") != first


def attached(pdf: bytes) -> dict[str, bytes]:
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[rank]): names[rank + 1]["/EF"]["/F"].data for rank in range(0, len(names), 2)}


def test_a_paper_carries_its_content_and_its_code() -> None:
    kept = issued()
    found = attached(pdf_of(kept))
    assert found["2d-doc.txt"].decode() == code_of(kept)
    assert found["attestation.json"].decode() == kept.content


def test_a_row_that_was_changed_is_never_sealed() -> None:
    kept = issued()
    kept.content = kept.content.replace("Zoé", "Léa")
    with pytest.raises(Refusal, match="signé"):
        printing.sealed_paper(kept)
    kept.content = kept.content.replace("Léa", "Zoé")
    assert printing.sealed_paper(kept)
    kept.code = kept.code.replace("NGUESSAN", "NGUESSAM")
    with pytest.raises(Refusal, match="signé"):
        printing.sealed_paper(kept)


# -- sharing ---------------------------------------------------------------------------------------


def holder_with_a_paper(**changes: object) -> UUID:
    holder = uuid4()
    issued(order(holder=holder, **changes))
    return holder


def shared(holder: UUID, **changes: int) -> str:
    actor = f"person:{holder}"
    days = changes.get("days", 30)
    return make_share_code(actor, holder=holder, born_on=BORN, now=NOW, days=days, label="Emploi")[
        1
    ]


#: What the room above answers of a person, on the day it was asked about.
RIGHTS = Rights(
    may_stay=True, may_work="full", limits=("with_expired_card",), until=date(2027, 1, 31)
)


def rights_on(holders: Collection[UUID], day: date) -> dict[UUID, Rights]:
    known = set(ShareCode.objects.values_list("holder", flat=True))
    assert (set(holders) <= known, day) == (True, TODAY)
    return dict.fromkeys(holders, RIGHTS)


def opened(code: str, born_on: date | None = BORN, *, days: int = 0) -> Shared:
    now = NOW + timedelta(days=days)
    asked = Asked(code, born_on, "Boulangerie  Martin")
    return open_share_code(asked, now=now, rights_on=rights_on)


def test_a_code_shows_rights_and_leaves_a_trace() -> None:
    holder = holder_with_a_paper()
    code = shared(holder)
    assert len(code.replace("-", "")) == 16  # 80 bits
    seen = opened(code.lower().replace("-", " "))
    assert seen.rights == RIGHTS
    (look,) = queries.looks_at(holder)
    assert (look.at, look.by, look.share_code.label) == (NOW, "Boulangerie Martin", "Emploi")
    (kept,) = queries.share_codes_of(holder)
    assert kept.seen == 1
    assert list(Entry.objects.filter(subject=holder).values_list("action", flat=True)) == [
        "share_code.made", "share_code.looked",
    ]  # fmt: skip
    assert code.replace("-", "") not in str(ShareCode.objects.values())


def sentence(code: str, born_on: date | None = BORN, *, days: int = 0) -> str:
    with pytest.raises(Refusal) as told:
        opened(code, born_on, days=days)
    return told.value.says


def test_wrong_code_wrong_date_ended_and_revoked_read_the_same() -> None:
    holder = holder_with_a_paper()
    ended = shared(holder)
    mine = ShareCode.objects.get().id
    revoke_share_code(f"person:{holder}", holder=holder, share_code=mine, now=NOW)
    code = shared(holder)
    said = {
        sentence("0000-0000-0000-0000"),
        sentence(""),
        sentence("é\x00" * 99),
        sentence(code, date(1990, 2, 3)),
        sentence(code, None),
        sentence(code, days=30),
        sentence(code, days=-1),
    }
    assert len(said) == 1
    assert {sentence(ended)} == said
    assert not Look.objects.exists()


def test_five_wrong_dates_lock_a_code_and_not_the_person() -> None:
    holder = holder_with_a_paper()
    code, other = shared(holder), shared(holder)
    for day in range(1, 6):
        sentence(code, date(1990, 1, day))
    sentence(code)
    assert ShareCode.objects.filter(wrong_dates=5).count() == 1
    for day in range(1, 9):
        sentence(code, date(1990, 1, day))
    assert opened(other).rights.may_stay


def test_only_its_person_ends_a_code() -> None:
    holder = holder_with_a_paper()
    shared(holder)
    mine = ShareCode.objects.get()
    with pytest.raises(Forbidden):
        revoke_share_code("person:" + str(uuid4()), holder=uuid4(), share_code=mine.id, now=NOW)
    for _again in range(2):
        revoke_share_code(f"person:{holder}", holder=holder, share_code=mine.id, now=NOW)
    mine.refresh_from_db()
    assert mine.revoked_at == NOW
    assert Entry.objects.filter(action="share_code.revoked").count() == 1


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1])
def test_a_code_ends_by_itself_soon_enough(days: int) -> None:
    with pytest.raises(Refusal):
        shared(uuid4(), days=days)


# -- receipts --------------------------------------------------------------------------------------


def signed_by(receipt: Receipt) -> bool:
    found = x509.load_der_x509_certificate(bytes(receipt.certificate.der))
    signed = f"droitfil-receipt-1\n{receipt.content}".encode()
    return keyring.verifies(keyring.public_key(found), signed, bytes(receipt.signature))


def test_a_receipt_says_what_was_answered_and_no_name() -> None:
    kept = issued()
    (found,) = verify_papers([pdf_of(kept)], now=NOW)
    receipt = found.receipt
    assert receipt is not None
    assert signed_by(receipt)
    said = json.loads(receipt.content)
    assert (said["reference"], said["standing"], said["day"]) == (
        kept.reference, "holds", "2026-11-23",
    )  # fmt: skip
    for name in ("Guessan", "GUESSAN", "Zoé", "ZOE", "1990"):
        assert name not in receipt.content
    holder = holder_with_a_paper()
    seen = opened(shared(holder))
    receipt = seen.look.receipt
    assert receipt is not None
    assert signed_by(receipt)
    assert queries.looks_at(holder)[0].receipt_id == receipt.id


def test_a_receipt_is_printed_and_verified_as_ours() -> None:
    receipt = verify_papers([pdf_of(issued())], now=NOW)[0].receipt
    assert receipt is not None
    pdf = printing.sealed_receipt(receipt)
    assert attached(pdf)["recu.json"].decode() == receipt.content
    answer = verified(pdf, now=NOW)
    assert answer.fault is Fault.RECEIPT
    assert verified(pdf[:-9] + b"x" + pdf[-8:], now=NOW).fault is Fault.ALTERED


# -- many at once ----------------------------------------------------------------------------------


def test_many_papers_are_answered_as_one_by_one(django_assert_max_num_queries: Any) -> None:
    first, second, third = (issued(order(family_name=name)) for name in ("Un", "Deux", "Trois"))
    revoke(ACTOR, [second.id], now=NOW, reason=Reason.DECISION)
    gone = code_of(third).encode()
    third.delete()
    forged = code_of(first).replace("UN", "NU").encode()
    shown = [code_of(first).encode(), code_of(second).encode(), gone, forged, b"DC04", b""]
    with django_assert_max_num_queries(6):  # as many for a hundred
        found = verify_papers(shown * 5, now=NOW)
    assert [one.answer for one in found] == [
        verified(one, now=NOW) for one in shown
    ] * 5  # fmt: skip
    receipts = [one.receipt for one in found if one.receipt is not None]
    assert len(receipts) == 15 == Receipt.objects.count()
    assert len({receipt.id for receipt in receipts}) == 15
    for one in found:
        assert (one.receipt is not None) is one.answer.genuine
        if one.receipt is not None and one.answer.said is not None:
            assert signed_by(one.receipt)
            assert json.loads(one.receipt.content)["reference"] == one.answer.said.reference


def test_many_share_codes_leave_a_look_each() -> None:
    """Twice the same one, a wrong date between: counted and told in the order given."""
    mine, theirs = holder_with_a_paper(), holder_with_a_paper()
    code, other = shared(mine), shared(theirs)
    asked = [
        Asked(code, BORN, "A"), Asked(code, date(1990, 1, 1)), Asked(other, BORN, "B"),
        Asked("0000", BORN), Asked(code, BORN, "C"),
    ]  # fmt: skip
    seen = open_share_codes(asked, now=NOW, rights_on=rights_on)
    assert [None if one is None else one.look.by for one in seen] == ["A", None, "B", None, "C"]
    assert sorted(look.by for look in queries.looks_at(mine)) == ["A", "C"]
    assert [look.by for look in queries.looks_at(theirs)] == ["B"]
    looked = Entry.objects.filter(action="share_code.looked")
    assert sorted(map(str, looked.values_list("subject", flat=True))) == sorted(
        map(str, [mine, mine, theirs])
    )
    assert Receipt.objects.count() == 3
    assert ShareCode.objects.get(holder=mine).wrong_dates == 1
    wrong = [Asked(code, date(1990, 1, day)) for day in range(1, 8)]
    last = open_share_codes([*wrong, Asked(code, BORN)], now=NOW, rights_on=rights_on)
    assert last == [None] * 8
    assert ShareCode.objects.get(holder=mine).wrong_dates == 5


@pytest.mark.django_db(transaction=True)
def test_codes_opened_at_the_same_time_lose_no_look() -> None:
    """Threads with the same codes in other orders: nobody waits for ever, each look is there."""
    holders = [uuid4() for _ in range(4)]
    codes = [shared(holder) for holder in holders]

    def opens(turn: int) -> int:
        try:
            given = codes[turn % 4 :] + codes[: turn % 4]
            asked = [Asked(code, BORN, f"T{turn}") for code in given]
            return len(open_share_codes(asked, now=NOW, rights_on=rights_on))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as together:
        assert list(together.map(opens, range(12))) == [4] * 12
    for holder in holders:
        assert sorted(look.by for look in queries.looks_at(holder)) == sorted(
            f"T{turn}" for turn in range(12)
        )
        told = Entry.objects.filter(action="share_code.looked", subject=holder)
        assert told.count() == 12
    assert Look.objects.filter(receipt__isnull=True).count() == 0
    assert Receipt.objects.count() == 48
