"""``/demo``: one click to be each persona, the date that moves, the nights, what was received."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from droitfil.cases.actions import filing
from droitfil.cases.models import Case, Night, Paper, Proof
from droitfil.demo import post
from droitfil.demo.answers import ANSWERS, ONLINE
from droitfil.demo.cast import AGENT, APPLICANT
from droitfil.demo.load import load
from droitfil.demo.personas import PERSONAS
from droitfil.demo.principals import AHEAD
from droitfil.demo.stories import give
from droitfil.lib import clock
from droitfil.people.models import Account

TODAY = timezone.localdate()


def _entered(key: str) -> Client:
    client = Client()
    answer = client.post("/demo/entrer", {"qui": key})
    assert answer.status_code == 302, key
    return client


def test_out_of_a_demonstration_it_does_not_exist(db: None, settings: Any) -> None:
    for page in ("", "/courrier", "/telephone"):
        assert Client().get(f"/demo{page}").status_code == 404
    settings.ROOT_URLCONF = "tests.demo.urls"
    for page in ("", "/courrier", "/telephone"):
        assert Client().get(f"/demo{page}").status_code == 404
    for page in ("entrer", "nuit", "veille", "courrier", "telephone"):
        assert Client().post(f"/demo/{page}", {"qui": "agente"}).status_code == 404
    assert b"demo-day" not in Client().get("/").content
    with pytest.raises(RuntimeError):
        clock.move_to(TODAY + timedelta(days=1))


def test_an_empty_demonstration_says_so(db: None, demonstration: None) -> None:
    page = Client().get("/demo")
    assert page.status_code == 200
    assert "droitfil demo load" in page.content.decode()
    assert Client().post("/demo/entrer", {"qui": "agente"}).status_code == 422
    assert Client().post("/demo/entrer", {"qui": "personne"}).status_code == 404
    assert Client().post("/demo/veille").status_code == 422


def test_a_walk(places: None, demonstration: None) -> None:
    load(today=TODAY, now=clock.now, people=20)
    visitor = Client()
    page = visitor.get("/demo").content.decode()
    for persona in PERSONAS.values():
        assert str(persona.name) in page
    _everyone_enters()
    case = _files_a_renewal()
    # The eve moves the date of every page, and runs no night.
    expires = TODAY + timedelta(days=AHEAD)
    assert visitor.post("/demo/veille").status_code == 302
    assert clock.today() == expires
    assert Night.objects.count() == 1
    assert "(date déplacée)" in visitor.get("/").content.decode()
    assert not Paper.objects.filter(case=case).exists()
    # The next night catches up: on the first day without card, the paper is there and holds.
    assert visitor.post("/demo/nuit").status_code == 302
    assert clock.today() == expires + timedelta(days=1)
    paper = Paper.objects.get(case=case)
    assert paper.valid_from == clock.today()
    totals = json.loads(Proof.objects.get(date=clock.today()).document)["totals"]
    assert totals["undecided"] == 0
    told = [letter for letter in post.emails() if letter.to == APPLICANT]
    assert told
    # Hers are shown however many the others received since.
    for _ in range(post.MOST + 1):
        mail.send_mail("Autre", "Pour un autre.", None, ["autre@demo.example"])
    assert told[0].subject in visitor.get("/demo/courrier").content.decode()
    assert visitor.get("/demo/telephone").status_code == 200
    assert visitor.post("/demo/telephone").status_code == 302
    # There is no eve to come any more.
    assert "/demo/veille" not in visitor.get("/demo").content.decode()
    assert visitor.post("/demo/veille").status_code == 422


def _everyone_enters() -> None:
    for key, persona in PERSONAS.items():
        client = Client()
        answer = client.post("/demo/entrer", {"qui": key}, follow=True)
        assert answer.status_code == 200, key
        assert bool(answer.wsgi_request.user.is_authenticated) is bool(persona.email), key
        if persona.email:
            (way,) = client.session["account_authentication_methods"]
            assert way["method"] == "demo"
    # One leaves as soon as another comes in.
    client = _entered("agente")
    assert client.get("/agent").status_code == 200
    client.post("/demo/entrer", {"qui": "employeur"})
    assert client.get("/agent").status_code == 302


def _files_a_renewal() -> Case:
    account = Account.objects.select_related("person").get(email=APPLICANT)
    when = {"now": clock.now(), "today": clock.today()}
    held = account.person.documents.get()
    case = filing.start_draft(account, account.person, procedure=ONLINE, held=held, **when)
    answers = {**ANSWERS[ONLINE], "child_name": "Lina Diallo"}
    form = filing.save_answers(account, case, answers=answers, **when)
    assert not form.problems
    case.refresh_from_db()
    give(account, case, clock.today())
    case = filing.submit_case(account, case, key=uuid4(), **when)
    agent, elsewhere = _entered("agente"), _entered("ailleurs")
    assert Account.objects.get(email=AGENT).staff.office_id == case.office_id
    assert agent.get(f"/agent/dossiers/{case.pk}").status_code == 200
    assert elsewhere.get(f"/agent/dossiers/{case.pk}").status_code == 404
    return case
