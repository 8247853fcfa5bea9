"""Messages opened by a press, and dates taken away in a calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from droitfil.cases.models import Case
from droitfil.notices.actions import notify
from droitfil.notices.models import Channel, Message, Preference
from tests.cases.writing import AT, DAY, draft
from tests.personas import Personas
from tests.web.applicant.conftest import signed_in, text
from tests.web.applicant.test_following import asked


def told(people: Personas, case: Case) -> Message:
    with transaction.atomic():
        return notify(
            "system:tests", template="complement_asked", person=people.mariam, case=case.pk,
            key="complement_asked:1", now=AT,
            facts={"reference": case.reference, "procedure": case.procedure,
                   "pieces": ["ephoto_code"], "due_on": DAY + timedelta(days=60)},
        )  # fmt: skip


def test_a_message_is_read_by_a_press(people: Personas, mariam: Client) -> None:
    case = draft(people)  # nothing is told of it yet
    message = told(people, case)
    assert "1 nouveau" in text(mariam.get("/moi"))
    page = text(mariam.get("/moi/messages"))
    assert "Des pièces vous sont demandées" in page
    assert "nouveau</span>" in page
    address = f"/moi/messages/{message.pk}"
    for nobody in (people.stranger, people.nadia):
        assert signed_in(nobody).get(address).status_code == 404
        assert signed_in(nobody).post(address).status_code == 404
    assert mariam.post(address)["Location"] == address
    page = text(mariam.get(address))
    assert case.reference in page
    assert "Code e-photo" in page
    assert f"/moi/demandes/{case.pk}" in page
    assert "nouveau</span>" not in text(mariam.get("/moi/messages"))
    assert text(signed_in(people.stranger).get("/moi/messages")).count("Aucun message") == 1


def test_older_messages_follow(people: Personas, mariam: Client) -> None:
    case = draft(people)  # nothing is told of it yet
    for number in range(21):
        with transaction.atomic():
            notify(
                "system:tests", template="case_taken", person=people.mariam, case=case.pk,
                key=f"case_taken:{number}", now=AT + timedelta(minutes=number),
                facts=facts_of("case_taken", case),
            )  # fmt: skip
    page = text(mariam.get("/moi/messages"))
    assert page.count('class="message ') == 20
    assert 'href="?page=1"' in page
    assert text(mariam.get("/moi/messages?page=1")).count('class="message ') == 1
    assert text(mariam.get("/moi/messages?page=plus")).count('class="message ') == 20


def facts_of(template: str, case: Case) -> dict[str, Any]:
    from droitfil.notices.template import load_templates

    known = {"reference": case.reference, "procedure": case.procedure, "office": case.office_id}
    return {name: known[name] for name in load_templates()[template].latest.facts}


def test_what_leaves_is_chosen(people: Personas, mariam: Client) -> None:
    assert people.mariam
    page = text(mariam.get("/moi/messages/reglages"))
    assert page.count('type="radio"') == len(Channel) * len(Preference.Wants)
    wants = Preference.Wants.LEGAL.value
    assert mariam.post("/moi/messages/reglages", {"email": wants, "sms": "?"})["Location"]
    assert [(p.channel, p.wants) for p in Preference.objects.all()] == [("email", wants)]


def test_dates_leave_in_a_calendar(people: Personas, mariam: Client) -> None:
    assert people.mariam
    answer = mariam.get("/moi/calendrier.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    before = unfolded(answer.content)
    assert "Dernier jour pour déposer à temps" in before
    assert "DTSTART;VALUE=DATE:20250801" in before
    case = asked(people)
    after = unfolded(mariam.get("/moi/calendrier.ics").content)
    assert "Dernier jour pour déposer à temps" not in after
    assert f"Dernier jour pour répondre à la préfecture\\, {case.reference}" in after
    assert "Diallo" not in after


def unfolded(content: bytes) -> str:
    return content.decode().replace("\r\n ", "")
