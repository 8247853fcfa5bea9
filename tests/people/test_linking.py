"""Linking a file to an account: three facts, five tries, a human beyond, a way to contest."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from droitfil.journal import outbox
from droitfil.journal.queries import given_up
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.people import jobs
from droitfil.people.access import can_see_person
from droitfil.people.actions import linking
from droitfil.people.actions.linking import Facts, Linked
from droitfil.people.models import Account, Link, LinkAttempt, LinkClaim, LinkNotice, Person
from tests.mail import PostOffice
from tests.personas import CARD, NOW, NUMBER, TODAY, Personas, account

RIGHT = Facts(NUMBER, date(1990, 3, 2), CARD)
WRONG = (
    Facts("9900000000", date(1990, 3, 2), CARD),
    Facts(NUMBER, date(1990, 3, 3), CARD),
    Facts(NUMBER, date(1990, 3, 2), "FRA7654321"),
)


def _fail(who: Account, facts: Facts) -> str:
    with pytest.raises(Refusal) as refused:
        linking.link_file(who, facts=facts, now=NOW)
    return refused.value.says


def test_the_three_facts_link(people: Personas) -> None:
    person, who = people.amina, people.amina_account
    assert not can_see_person(who, person, TODAY)
    assert linking.link_file(who, facts=RIGHT, now=NOW) is Linked.NOW
    person.refresh_from_db()
    assert person.account == who
    assert person.linked_at == NOW
    assert can_see_person(who, person, TODAY)


def test_pressed_twice_it_is_linked_once(people: Personas) -> None:
    assert people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    assert linking.link_file(people.amina_account, facts=RIGHT, now=NOW) is Linked.ALREADY
    assert Link.objects.count() == 1
    assert set(LinkNotice.objects.values_list("channel", "contact")) == {
        ("email", "amina@ancienne.example"), ("sms", "+33612345678"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "card"), [(" 99 1234 5678 ", "fra 123-4567"), ("99.12.34.56.78", "FRA1234567")]
)
def test_facts_as_people_write_them(number: str, card: str) -> None:
    assert Facts.read(number, RIGHT.born_on, card) == RIGHT


@pytest.mark.parametrize(
    ("number", "card", "field"),
    [("123", CARD, "number"), ("991234567A", CARD, "number"), (NUMBER, "é!", "card_number")],
)
def test_what_cannot_be_a_number_counts_for_no_try(number: str, card: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        Facts.read(number, RIGHT.born_on, card)
    assert refused.value.field == field


def test_wrong_facts_read_the_same_whatever_is_wrong(people: Personas) -> None:
    assert people.amina
    assert len({_fail(people.stranger, facts) for facts in WRONG}) == 1
    assert LinkAttempt.objects.filter(outcome="wrong").count() == 3


def test_a_card_withdrawn_links_nothing(people: Personas) -> None:
    people.amina.documents.update(withdrawn_on=TODAY)
    assert "ne vont pas ensemble" in _fail(people.amina_account, RIGHT)


def test_five_wrong_tries_lock_the_linking_not_the_person(people: Personas) -> None:
    owner = account("titulaire@exemple.example")
    person = people.amina
    linking.link_file(owner, facts=RIGHT, now=NOW)
    for number in range(5):
        says = _fail(people.stranger, WRONG[1])
        assert ("bloqué" in says) == (number == 4)
    assert "bloqué" in _fail(people.stranger, RIGHT)
    person.refresh_from_db()
    assert person.linking_locked_at == NOW
    # The one whose file it is goes on.
    assert person.account == owner
    assert can_see_person(owner, person, TODAY)
    assert linking.link_file(owner, facts=RIGHT, now=NOW) is Linked.ALREADY


def test_the_account_that_tries_is_locked_too(people: Personas) -> None:
    assert people.amina
    for number in range(5):
        _fail(people.stranger, Facts(f"990000000{number}", RIGHT.born_on, CARD))
    assert "bloqué" in _fail(people.stranger, RIGHT)
    # Another account is not concerned: these were other numbers.
    assert linking.link_file(people.amina_account, facts=RIGHT, now=NOW) is Linked.NOW


def test_a_number_that_nobody_bears_locks_the_same_way(people: Personas) -> None:
    """Otherwise the lock would tell which numbers exist."""
    tries = [account(f"a{n}@exemple.example") for n in range(6)]
    assert people.amina
    existing, unknown = WRONG[1], WRONG[0]
    said = {
        name: [_fail(who, facts) for who in tries]
        for name, facts in (("existing", existing), ("unknown", unknown))
    }
    # Each account has tried twice: only the number counts here.
    assert said["existing"] == said["unknown"]
    assert "bloqué" in said["existing"][4]


def test_right_facts_do_not_forgive_wrong_ones(people: Personas) -> None:
    person = people.amina
    for _number in range(4):
        _fail(people.amina_account, WRONG[1])
    assert linking.link_file(people.amina_account, facts=RIGHT, now=NOW) is Linked.NOW
    _fail(people.stranger, WRONG[1])
    person.refresh_from_db()
    assert person.linking_locked_at is not None


def test_an_account_has_one_file(people: Personas) -> None:
    assert people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    other = Person.objects.create(
        foreigner_number="9911111111", family_name="Autre", born_on=date(1980, 1, 1)
    )
    assert "déjà rattaché" in _fail(
        people.amina_account, Facts("9911111111", other.born_on, "ABCD1234")
    )


# -- the second who comes -----------------------------------------------------------------------


def test_a_second_claim_waits_for_a_human(people: Personas) -> None:
    person = people.amina
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    for _press in range(2):
        found = linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
        assert found is Linked.WAITS_FOR_A_HUMAN
    claim = LinkClaim.objects.get()
    assert claim.account == people.amina_account
    person.refresh_from_db()
    assert person.account == people.stranger
    assert not can_see_person(people.amina_account, person, TODAY)

    for nobody in (people.stranger, people.paul, people.denis, people.amina_account):
        with pytest.raises(Forbidden):
            linking.settle_claim(nobody, claim.pk, grant=True, now=NOW, today=TODAY)
    linking.settle_claim(people.nadia, claim.pk, grant=True, now=NOW, today=TODAY)
    person.refresh_from_db()
    assert person.account == people.amina_account
    assert not can_see_person(people.stranger, person, TODAY)
    assert list(Link.objects.order_by("ended_at").values_list("ended_why", flat=True)) == [
        "moved",
        "",
    ]
    with pytest.raises(Conflict, match="déjà été tranchée"):
        linking.settle_claim(people.nadia, claim.pk, grant=False, now=NOW, today=TODAY)


def test_a_claim_refused_changes_nothing(people: Personas) -> None:
    person = people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    claim = LinkClaim.objects.get()
    linking.settle_claim(people.nadia, claim.pk, grant=False, now=NOW, today=TODAY)
    person.refresh_from_db()
    assert person.account == people.amina_account
    claim.refresh_from_db()
    assert claim.decided_by == people.nadia.staff


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_wins_and_the_other_reads_a_conflict() -> None:
    people = Personas()
    accounts = [people.amina_account, people.stranger]
    person = people.amina
    said: dict[str, Any] = {}

    def link(who: Account) -> None:
        try:
            said[who.email] = linking.link_file(who, facts=RIGHT, now=NOW)
        except Conflict as conflict:
            said[who.email] = conflict
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=(who,)) for who in accounts]
    with transaction.atomic():
        # Both have read that the file is free, and wait for it.
        Person.objects.select_for_update().get(pk=person.pk)
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 20
        while _waiting() < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    for thread in threads:
        thread.join(20)
    outcomes = list(said.values())
    assert outcomes.count(Linked.NOW) == 1
    (conflict,) = [one for one in outcomes if isinstance(one, Conflict)]
    assert "au même moment" in conflict.says
    assert Link.objects.count() == 1
    assert LinkClaim.objects.count() == 0
    person.refresh_from_db()
    assert said[person.account.email] is Linked.NOW  # type: ignore[union-attr]
    # Begun again, it goes to a human.
    loser = next(who for who in accounts if who != person.account)
    assert linking.link_file(loser, facts=RIGHT, now=NOW) is Linked.WAITS_FOR_A_HUMAN


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else frozen for the transaction
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


# -- told, and contested ------------------------------------------------------------------------


def _address(post: PostOffice) -> str:
    (line,) = [line for line in post.text().splitlines() if "/contester/" in line]
    return line


def test_a_contact_already_known_is_told_and_may_contest(
    people: Personas, post: PostOffice, client: Client
) -> None:
    person = people.amina
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    assert jobs.tell_contacts(now=NOW) == 1
    assert jobs.tell_contacts(now=NOW) == 0
    (message,) = post.received
    assert message["To"] == "amina@ancienne.example"
    assert "rattaché" in message["Subject"]
    assert "2 juin 2025" in post.text()
    for secret in (NUMBER, CARD, "El Fassi", "inconnu@"):
        assert secret not in post.text()
    path = _address(post).removeprefix("http://localhost:8000")

    page = client.get(path)
    assert page.status_code == 200
    person.refresh_from_db()
    assert person.account == people.stranger, "looking undoes nothing"

    assert "C’est annulé" in client.post(path).content.decode()
    person.refresh_from_db()
    assert person.account is None
    assert person.linking_locked_at is not None
    assert Link.objects.get().ended_why == "contested"
    assert not can_see_person(people.stranger, person, TODAY)
    assert "bloqué" in _fail(people.stranger, RIGHT)
    assert "bloqué" in _fail(people.amina_account, RIGHT)
    assert client.post(path).status_code == 422, "it serves once"

    linking.unlock_linking(people.nadia, person.pk, now=NOW, today=TODAY)
    assert linking.link_file(people.amina_account, facts=RIGHT, now=NOW) is Linked.NOW


def test_an_address_of_our_making_only(people: Personas, client: Client) -> None:
    assert people.amina
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    notice = LinkNotice.objects.get(channel="email")
    forged = f"/contester/{notice.pk.hex}{'A' * 24}"
    assert client.post(forged).status_code == 422
    assert client.post("/contester/rien").status_code == 422
    assert Link.objects.get().ended_at is None


def test_only_an_agent_of_the_place_unlocks(people: Personas) -> None:
    person = people.amina
    for nobody in (people.stranger, people.paul, people.denis):
        with pytest.raises(Forbidden):
            linking.unlock_linking(nobody, person.pk, now=NOW, today=TODAY)


def test_unlocking_forgives_the_tries(people: Personas) -> None:
    person = people.amina
    for _number in range(5):
        _fail(people.amina_account, WRONG[1])
    linking.unlock_linking(people.nadia, person.pk, now=NOW, today=TODAY)
    assert linking.link_file(people.amina_account, facts=RIGHT, now=NOW) is Linked.NOW


def test_a_mailbox_that_does_not_exist_is_not_tried_again(
    people: Personas, post: PostOffice
) -> None:
    assert people.amina
    post.refused.add("amina@ancienne.example")
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    assert jobs.tell_contacts(now=NOW) == 0
    assert jobs.tell_contacts(now=NOW + timedelta(days=3)) == 0
    (message,) = given_up()
    assert (message.failed_at, message.attempts, message.error) == (NOW, 1, "smtp-refused")


def test_a_server_that_is_down_is_tried_again_then_given_up(
    people: Personas, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "droitfil.notices.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    at = NOW
    for _number in range(outbox.MOST_ATTEMPTS):
        assert jobs.tell_contacts(now=at) == 0
        at += timedelta(days=2)
    (message,) = given_up()
    assert (message.attempts, message.error) == (outbox.MOST_ATTEMPTS, "smtp-unreachable")
