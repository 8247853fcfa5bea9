"""What the journal keeps about people: every action, every reading by an agent, no name."""

from __future__ import annotations

from datetime import date

import pytest

from droitfil.journal.models import Entry
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.people.actions import files, linking
from droitfil.people.models import LinkClaim, LinkNotice
from droitfil.people.passes import contest_code
from tests.people.test_linking import RIGHT, WRONG
from tests.personas import BY, NOW, TODAY, Personas


def _written(person: object) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(subject=person).order_by("pk").values_list("actor", "action"))


def test_an_agent_who_opens_a_file_leaves_a_line(people: Personas) -> None:
    person = people.amina
    assert people.nadia
    before = Entry.objects.count()
    files.open_file(people.nadia, person.pk, now=NOW, today=TODAY)
    entry = Entry.objects.latest("pk")
    assert Entry.objects.count() == before + 1
    assert (entry.actor, entry.action) == (f"staff:{people.nadia.pk}", "person.read")
    assert (entry.subject, entry.at) == (person.pk, NOW)


def test_ones_own_file_and_a_refused_one_leave_none(people: Personas) -> None:
    person = people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    assert people.paul
    before = Entry.objects.count()
    files.open_file(people.amina_account, person.pk, now=NOW, today=TODAY)
    with pytest.raises(Forbidden):
        files.open_file(people.paul, person.pk, now=NOW, today=TODAY)
    assert Entry.objects.count() == before


def test_every_action_is_written_with_its_fact(people: Personas) -> None:
    person, stranger = people.amina, people.stranger
    linking.link_file(stranger, facts=RIGHT, now=NOW)
    with pytest.raises(Refusal):
        linking.link_file(people.amina_account, facts=WRONG[1], now=NOW)
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    linking.settle_claim(people.nadia, LinkClaim.objects.get().pk, grant=True, now=NOW, today=TODAY)
    notice = LinkNotice.objects.get(link__ended_at=None, contact=person.email)
    linking.contest_link(contest_code(notice.pk), now=NOW)
    linking.unlock_linking(people.nadia, person.pk, now=NOW, today=TODAY)
    files.move_person(
        BY, person, address_line="1 place Bellecour", postal_code="69002", commune=people.lyon,
        moved_on=date(2025, 5, 20), now=NOW,
    )  # fmt: skip
    nadia, amina = f"staff:{people.nadia.pk}", f"person:{people.amina_account.pk}"
    assert _written(person.pk) == [
        (BY, "person.registered"),
        (BY, "document.added"),
        (f"person:{stranger.pk}", "person.linked"),
        (amina, "claim.made"),
        (nadia, "person.linked"),
        (nadia, "claim.settled"),
        ("system:contest", "link.contested"),
        (nadia, "linking.unlocked"),
        (BY, "person.moved"),
    ]
    assert Entry.objects.filter(action="linking.failed").get().facts == {"tries": 1}
    kept = " ".join(str(entry.facts) for entry in Entry.objects.all())
    for secret in ("Amina", "Fassi", "Bellecour", "9912345678", "FRA1234567", "1990"):
        assert secret not in kept
