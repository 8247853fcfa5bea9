"""``POST /api/v1/verify``: as described, for a paper, a code, a share code, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from droitfil.attestations.actions import make_authority, make_share_code, revoke
from droitfil.attestations.models import Attestation, Look, Reason, Receipt
from tests.api.conftest import PROBLEM, Check
from tests.attestations.papers import ACTOR, BORN, order
from tests.attestations.showing import as_bytes, as_heic, code_of, issued, pdf_of, picture_of
from tests.personas import Personas

pytestmark = pytest.mark.django_db
VERIFY, SEVERAL = "/api/v1/verify", "/api/v1/verify/several"


@pytest.fixture
def paper(db: None) -> Attestation:
    now, today = timezone.now(), timezone.localdate()
    make_authority("system:tests", now=now)
    dates = {"valid_from": today, "valid_to": today + timedelta(days=90)}
    return issued(order(holder=uuid4(), **dates), now=now)


@pytest.fixture
def ask(client: Client, differs: Check) -> Any:
    def asked(body: Any, kind: str = "application/json") -> tuple[int, dict[str, Any]]:
        sent = body if isinstance(body, (bytes, str)) else json.dumps(body)
        response = client.post(VERIFY, sent, content_type=kind)
        told = json.loads(response.content)
        if response.status_code == 200:
            assert differs("Verification", told) == []
        else:
            assert response["Content-Type"] == PROBLEM
            assert differs("Probleme", told) == []
        return response.status_code, told

    return asked


def test_a_paper_in_each_form(ask: Any, paper: Attestation) -> None:
    code = code_of(paper)
    for body, kind in (
        (pdf_of(paper), "application/pdf"),
        (as_bytes(picture_of(code)), "image/jpeg"),
        (as_bytes(picture_of(code), "PNG"), "image/png"),
        (as_heic(picture_of(code)), "image/heic"),
        ({"code": code}, "application/json"),
    ):
        status, told = ask(body, kind)
        assert status == 200
        assert (told["genuine"], told["holds"], told["standing"]) == (True, True, "holds")
        assert told["rights"] == {
            "may_stay": True, "may_work": "full", "limits": ["with_expired_card"],
            "until": paper.valid_to and paper.valid_to.isoformat(),
        }  # fmt: skip
        assert told["said"]["reference"] == paper.reference
        assert "/verifier/recu/" in told["receipt"]


def test_a_revoked_paper_keeps_what_it_said_and_gives_no_right(
    ask: Any, paper: Attestation
) -> None:
    revoke(ACTOR, [paper.id], now=timezone.now(), reason=Reason.DECISION)
    _, told = ask({"code": code_of(paper)})
    assert (told["genuine"], told["holds"], told["standing"]) == (True, False, "revoked")
    assert (told["reason"], told["rights"]) == ("decision", None)
    assert told["said"]["kind"] == "API"


def test_a_forgery_is_answered_not_refused(ask: Any, paper: Attestation) -> None:
    status, told = ask({"code": code_of(paper).replace("NGUESSAN", "NGUESSAM")})
    assert status == 200
    assert (told["genuine"], told["fault"], told["said"], told["receipt"]) == (
        False, "bad_signature", None, None,
    )  # fmt: skip
    assert ask(b"%PDF-1.4", "application/pdf")[1]["fault"] == "not_sealed"


def test_a_share_code(ask: Any, paper: Attestation) -> None:
    holder, today = Personas().amina, timezone.localdate()
    holder.documents.update(valid_to=today + timedelta(days=30))
    _made, code = make_share_code(
        f"person:{paper.holder}", holder=holder.pk, born_on=BORN, now=timezone.now(), days=3
    )
    status, told = ask({"share_code": code, "born_on": "1990-03-02", "by": "Boulangerie"})
    assert status == 200
    assert told["about"] == "share_code"
    assert told["rights"] == {
        "may_stay": True, "may_work": "full", "limits": ["as_the_title_says"],
        "until": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    assert "said" not in told
    wrong = ask({"share_code": code, "born_on": "1990-03-03"})
    assert wrong == ask({"share_code": "ABCD", "born_on": "1990-03-02"})
    assert wrong[0] == 422


def test_several_at_once(client: Client, differs: Check, paper: Attestation) -> None:
    holder, today = Personas().amina, timezone.localdate()
    holder.documents.update(valid_to=today + timedelta(days=30))
    _made, code = make_share_code(
        f"person:{paper.holder}", holder=holder.pk, born_on=BORN, now=timezone.now(), days=3
    )
    asked = [
        {"code": code_of(paper)},
        {"share_code": code, "born_on": "1990-03-02", "by": "Boulangerie"},
        {"share_code": code, "born_on": "1990-03-03"},
        {"code": "RIFF0000WEBP"},
        {"code": code_of(paper)},
    ]
    response = client.post(SEVERAL, {"several": asked}, content_type="application/json")
    assert response.status_code == 200
    told = json.loads(response.content)
    assert differs("Verifications", told) == []
    first, seen, wrong, no_code, again = told["answers"]
    one_by_one = [json.loads(client.post(VERIFY, one, "application/json").content) for one in asked]
    its_own = {"receipt": "", "known_at": ""}
    assert [{**one, **its_own} for one in (first, seen, no_code, again)] == [
        {**one, **its_own} for rank, one in enumerate(one_by_one) if rank != 2
    ]
    assert wrong["refused"] == one_by_one[2]["detail"]
    assert no_code["fault"] == "no_code"
    assert len({first["receipt"], seen["receipt"], again["receipt"]}) == 3
    looks = Look.objects.filter(share_code__holder=holder.pk).order_by("id")
    assert [look.by for look in looks] == ["Boulangerie", "Boulangerie"]
    assert all(look.receipt is not None for look in looks)


def test_several_are_kept_together_or_not_at_all(
    client: Client, paper: Attestation, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = Personas().amina
    _made, code = make_share_code(
        f"person:{paper.holder}", holder=holder.pk, born_on=BORN, now=timezone.now(), days=3
    )

    def breaks(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("droitfil.api.verify.rights_shared", breaks)
    asked = [{"code": code_of(paper)}, {"share_code": code, "born_on": BORN.isoformat()}]
    client.raise_request_exception = False
    response = client.post(SEVERAL, {"several": asked}, content_type="application/json")
    assert response.status_code >= 500
    assert (Receipt.objects.count(), Look.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ("[]", 422, "several"),
        ('{"several": []}', 422, "several"),
        ('{"several": "x"}', 422, "several"),
        ('{"several": [], "more": 1}', 422, "several"),
        ('{"several": [3]}', 422, "several[0]"),
        ('{"several": [{"code": "x"}, {"code": 3}]}', 422, "several[1].code"),
        ('{"several": [{"share_code": "x"}]}', 422, "several[0].born_on"),
        (json.dumps({"several": [{"code": "x"}] * 101}), 422, "several"),
        ("{", 400, None),
        ('{"several": [{"code": "' + "x" * 110_000 + '"}]}', 413, None),
    ],
)
def test_several_that_cannot_be_asked(
    client: Client, body: str, status: int, path: str | None
) -> None:
    response = client.post(SEVERAL, body, content_type="application/json")
    assert response.status_code == status
    assert response["Content-Type"] == PROBLEM
    if path is not None:
        assert json.loads(response.content)["problems"][0]["path"] == path
    assert client.post(SEVERAL, "x", content_type="text/plain").status_code == 415


def test_each_of_several_counts(client: Client, settings: Any, paper: Attestation) -> None:
    settings.VERIFICATIONS_A_MINUTE = 5
    sent = {"several": [{"code": code_of(paper)}] * 4}
    codes = [client.post(SEVERAL, sent, "application/json").status_code for _ in range(2)]
    assert codes == [200, 429]
    # More than a minute ever allows: waiting would not help.
    sent = {"several": [{"code": code_of(paper)}] * 6}
    refused = client.post(SEVERAL, sent, "application/json")
    assert refused.status_code == 422
    assert "De 1 à 5 demandes par envoi" in refused.content.decode()
    assert Receipt.objects.count() == 4


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        (b"\xff", "application/json", 400),
        ("[]", "application/json", 422),
        ({}, "application/json", 422),
        ({"code": 3}, "application/json", 422),
        ({"code": "x", "share_code": "y"}, "application/json", 422),
        ({"code": "x", "more": "y"}, "application/json", 422),
        ({"share_code": "x"}, "application/json", 422),
        ({"share_code": "x", "born_on": "hier"}, "application/json", 422),
        ({"share_code": "x", "born_on": "1990-03-02", "by": "a\x00"}, "application/json", 422),
        ({"share_code": "\ud800", "born_on": "1990-03-02"}, "application/json", 422),
        ("x" * 5000, "application/json", 413),
        (b"\xff\xd8\xff broken", "image/jpeg", 400),
        ("x", "text/plain", 415),
    ],
)
def test_what_cannot_be_asked_is_told(ask: Any, body: Any, kind: str, status: int) -> None:
    assert ask(body, kind)[0] == status
