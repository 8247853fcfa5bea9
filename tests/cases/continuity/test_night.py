"""One night after another: papers, reminders, complements, alerts, reconciliation, proof."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from droitfil.cases.continuity import alerts, coverage, proof, reconciliation, reminders
from droitfil.cases.continuity.night import (
    LOCK,
    run_night,
    standing,
    tell_unfinished,
    unfinished_by,
)
from droitfil.cases.continuity.sweep import sweep
from droitfil.cases.models import Alert, Case, Complement, Night, Paper, Proof, Reminder
from droitfil.cases.queries import situation_of
from droitfil.cli.night import COUNTS, SAYS
from droitfil.journal.models import Entry
from droitfil.journal.verification import verify
from droitfil.lawbook import load_law
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.notices.models import Message
from droitfil.people.models import Person, Staff
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_days, add_months
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.cases.population import TELESERVICE, Draw, everyone, instant
from tests.cases.writing import DAY as IN_WINDOW
from tests.cases.writing import draft
from tests.personas import BY, NOW, Personas, office

DAY = date(2025, 10, 20)


@pytest.fixture
def draw(people: Personas) -> Draw:
    return Draw(7, DAY, people)


@pytest.fixture
def now() -> Callable[[], datetime]:
    return lambda: instant(DAY)


def _filed(draw: Draw, end: date, filed_on: date, **changed: object) -> Case:
    """A renewal filed online of a card that ends on ``end``; complete unless said otherwise."""
    person = draw.person()
    changed.setdefault("complete_on", filed_on)
    case = draw.case(person, draw.card(person, TELESERVICE, end), TELESERVICE, filed_on, **changed)
    with transaction.atomic():
        coverage.refresh_person(person, today=DAY)
    return case


def _head(people: Personas) -> Staff:
    from droitfil.people.actions import staff

    made, _key = staff.add_staff(
        BY, email="claire@91.example", name="Claire Martin", role=Staff.Role.HEAD,
        office=office("91-evry", people.evry), active_from=date(2024, 1, 1), now=NOW,
    )  # fmt: skip
    return made


def test_a_paper_comes_fifteen_days_ahead_and_once(draw: Draw, now: Callable[[], datetime]) -> None:
    end = add_days(DAY, 14)
    case = _filed(draw, end, add_days(end, -100))
    run_night(add_days(DAY, -1), now=now)
    assert not case.papers.exists()
    for _ in range(2):
        night = run_night(DAY, now=now)
    paper = case.papers.get()
    assert (paper.kind, paper.valid_from, paper.valid_to) == (
        "API", add_days(end, 1), date(2026, 2, 3),
    )  # fmt: skip
    told = Message.objects.get(template="paper_issued")
    assert told.person_id == case.person_id
    assert told.case == case.pk
    entry = Entry.objects.get(action="paper.issued")
    assert entry.subject == paper.pk
    assert entry.facts["from"] == str(paper.valid_from)
    assert night.runs == 2
    assert night.finished_at is not None


def test_missed_nights_are_caught_up(draw: Draw, now: Callable[[], datetime]) -> None:
    end = add_days(DAY, -200)
    case = _filed(draw, end, add_days(end, -100))
    run_night(add_days(end, -30), now=now)
    night = run_night(DAY, now=now)
    assert night.since == add_days(end, -29)
    ranks = list(case.papers.order_by("rank").values_list("rank", "valid_from", "valid_to"))
    assert [rank for rank, _, _ in ranks] == [1, 2, 3]
    assert all(add_days(a[2], 1) == b[1] for a, b in itertools.pairwise(ranks))
    assert ranks[-1][2] > DAY
    # Of the papers of the past nobody is told: they serve no more.
    assert Message.objects.filter(template="paper_issued").count() == 1


def test_a_night_does_not_go_back(people: Personas, now: Callable[[], datetime]) -> None:
    run_night(DAY, now=now)
    with pytest.raises(Refusal) as refused:
        run_night(add_days(DAY, -1), now=now)
    assert "ne remonte pas" in str(refused.value)


# -- those who have not filed


def test_reminders_follow_the_window(draw: Draw) -> None:
    end = date(2026, 3, 31)
    person = draw.person()
    draw.card(person, TELESERVICE, end)
    told: list[tuple[date, str]] = []
    day = add_days(end, -140)
    while day <= add_days(end, 190):
        if reminders.remind(day, now=instant(day)).told:
            told.append((day, Reminder.objects.get(person=person).step))
        day += timedelta(days=1)
    opens, closes = add_days(end, -120), add_days(end, -60)
    assert told == [
        (opens, "opens"),
        (add_days(opens, 30), "halfway"),
        (add_days(closes, -15), "closing-15"),
        (add_days(closes, -3), "closing-3"),
        *((add_days(closes, n), f"late-{n}") for n in (1, 15, 45, 90, 150, 210)),
    ]
    assert Message.objects.filter(person=person).count() == len(told)


def test_only_the_latest_reminder_after_missed_nights(draw: Draw) -> None:
    end = add_days(DAY, 70)
    person = draw.person()
    draw.card(person, TELESERVICE, end)
    assert reminders.remind(DAY, now=instant(DAY)).told == 1
    assert reminders.remind(DAY, now=instant(DAY)).told == 0
    assert list(Message.objects.values_list("template", flat=True)) == ["file_closing"]


def test_a_draft_left_unfinished_is_told_as_one(people: Personas) -> None:
    case = draft(people, IN_WINDOW)
    assert case.held is not None
    end = case.held.valid_to
    before = add_days(end, -125)  # the window is not open: whatever was begun
    assert reminders.remind(before, now=instant(before)).told == 0
    told = []
    for day in (IN_WINDOW, add_days(end, -63), add_days(end, -59)):
        reminders.remind(day, now=instant(day))
        told.append(Message.objects.order_by("-created_at")[0])
    assert [one.template for one in told] == ["draft_reminder", "draft_reminder", "file_late"]
    assert told[0].facts == {"procedure": case.procedure, "file_by": f"{add_days(end, -60)}"}
    assert told[0].case == case.pk


def test_nobody_who_filed_is_reminded(draw: Draw) -> None:
    end = add_days(DAY, 70)
    case = _filed(draw, end, add_days(DAY, -10))
    assert reminders.remind(DAY, now=instant(DAY)).told == 0
    Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN.value, withdrawn_on=DAY)
    later = add_days(end, -63)  # the next moment: three days before the window closes
    assert reminders.remind(later, now=instant(later)).told == 1


# -- requests for pieces


def test_an_unanswered_request_goes_back_to_an_agent(draw: Draw, people: Personas) -> None:
    case = _filed(
        draw, add_days(DAY, 200), add_days(DAY, -30), state=State.INCOMPLETE, complete_on=None,
        procedure="renouvellement-vie-privee-et-familiale",
    )  # fmt: skip
    due_on = add_days(DAY, 10)
    Complement.objects.create(
        case=case, asked_at=instant(add_days(DAY, -20)), asked_on=add_days(DAY, -20),
        due_on=due_on, asked_by_id=people.nadia.pk,
    )  # fmt: skip
    told = []
    for n in range(12):
        day = add_days(DAY, n)
        run_night(day, now=lambda day=day: instant(day))
        case.refresh_from_db()
        told.append((Message.objects.filter(template="complement_reminder").count(), case.state))
    assert told[0] == (1, "incomplete")
    assert told[6] == (1, "incomplete")
    assert told[7] == (2, "incomplete")
    assert told[10] == (2, "incomplete")
    assert told[11] == (2, "in_review")
    assert Message.objects.filter(template="complement_overdue").count() == 1
    assert Entry.objects.filter(action="complement.reminded").count() == 2


# -- alerts


@pytest.mark.parametrize(
    ("reason", "filed", "complete"),
    [("incomplete", -70, False), ("late", -30, True), ("early", -130, True)],
)
def test_a_right_that_cannot_be_covered_is_told(
    draw: Draw, people: Personas, reason: str, filed: int, complete: bool
) -> None:
    end, head = add_days(DAY, 20), _head(people)
    filed_on = add_days(end, filed)
    case = _filed(draw, end, filed_on, complete_on=filed_on if complete else None)
    assert alerts.alert(DAY, now=instant(DAY)) == alerts.Alerted(opened=1, closed=0, open=1)
    assert alerts.alert(DAY, now=instant(DAY)).opened == 0
    alert = Alert.objects.get()
    assert (alert.case_id, alert.reason, alert.from_on) == (case.pk, reason, add_days(end, 1))
    assert alert.owner == head
    assert alert.rule
    templates = Message.objects.filter(case=case.pk).order_by("template")
    assert list(templates.values_list("template", flat=True)) == ["alert_gap", "staff_gap"]


def test_an_alert_is_closed_when_covered(draw: Draw) -> None:
    end = add_days(DAY, 20)
    case = _filed(draw, end, add_days(end, -70), complete_on=None)
    alerts.alert(DAY, now=instant(DAY))
    case.complete_on = DAY
    case.save()
    coverage.refresh_person(case.person, today=DAY)
    assert alerts.alert(DAY, now=instant(DAY)) == alerts.Alerted(opened=0, closed=1, open=0)
    assert Alert.objects.get().closed_because == "covered"


# -- those who check


def test_the_reading_says_what_the_queries_say(draw: Draw) -> None:
    draw.draw(60)
    law = load_law()
    for known in everyone(DAY):
        read = answer(read_question(known.question(DAY), law), law)
        asked = situation_of(Person.objects.get(pk=known.person.id), DAY).answer()
        assert [(s.start, s.end, s.stay, s.work, s.travel) for s in read.spans] == [
            (s.start, s.end, s.stay, s.work, s.travel) for s in asked.spans
        ]
        assert [(g.start, g.end, g.entitled, g.rule) for g in read.gaps] == [
            (g.start, g.end, g.entitled, g.rule) for g in asked.gaps
        ]
        assert [a.duties for a in read.applications] == [a.duties for a in asked.applications]


def test_the_reconciliation_finds_the_four(draw: Draw, now: Callable[[], datetime]) -> None:
    draw.draw(60)
    run_night(DAY, now=now)
    assert reconciliation.reconcile(DAY).findings == ()
    ends = [add_days(DAY, -n) for n in (20, 21, 22)]
    missing, shifted, doubled = (_filed(draw, end, add_days(end, -100)) for end in ends)
    undue = _filed(draw, ends[0], add_days(ends[0], -20))  # filed late: the law owes no paper
    run_night(DAY, now=now)
    missing.papers.all().delete()
    paper = shifted.papers.get()
    paper.valid_from, paper.valid_to = add_days(paper.valid_from, 3), add_days(paper.valid_to, 3)
    paper.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE case_paper DROP CONSTRAINT paper_one_at_a_time")
    for case, rank in ((doubled, 2), (undue, 1)):
        Paper.objects.create(
            case=case, person=case.person, kind="API", rank=rank, valid_from=add_days(DAY, -15),
            valid_to=add_days(DAY, 60), published_at=instant(DAY),
        )  # fmt: skip
    found = {(f.what, f.reference) for f in reconciliation.reconcile(DAY).findings}
    assert found == {
        ("missing", missing.reference),
        ("shifted", shifted.reference),
        ("doubled", doubled.reference),
        ("undue", undue.reference),
    }


def test_what_is_published_ahead_is_due_be_it_the_third_in_a_row(
    draw: Draw, now: Callable[[], datetime]
) -> None:
    """A paper ends today, the next begins, and the commission cuts that one within days."""
    end = add_months(DAY, -3)
    case = _filed(draw, end, add_days(end, -90), commission_on=add_days(DAY, 8))
    run_night(DAY, now=now)
    first, second, third = case.papers.order_by("valid_from")
    assert first.valid_to == DAY
    assert second.valid_from == add_days(DAY, 1)
    assert (third.kind, third.valid_from) == ("COMMISSION", add_days(DAY, 8))
    assert reconciliation.reconcile(DAY).findings == ()


def test_what_follows_a_paper_cut_before_it_began_is_due(
    draw: Draw, now: Callable[[], datetime]
) -> None:
    """Cut to fewer days than a paper is published ahead, it is followed before its first day."""
    case = _filed(draw, add_days(DAY, 9), add_days(DAY, -91))
    first = add_days(DAY, 10)
    Paper.objects.create(
        case=case, person=case.person, kind="API", rank=1, valid_from=first,
        valid_to=add_days(first, 90), published_at=instant(add_days(DAY, -2)),
        void_at=instant(add_days(DAY, -1)), void_on=add_days(first, 4), void_reason="revoked",
    )  # fmt: skip
    with transaction.atomic():
        coverage.refresh_person(case.person, today=add_days(DAY, -1))
    run_night(DAY, now=now)
    following = case.papers.get(void_on=None)
    assert following.valid_from == add_days(first, 4)
    assert reconciliation.reconcile(DAY).findings == ()


def test_the_proof_adds_up_and_is_kept(draw: Draw, now: Callable[[], datetime]) -> None:
    draw.draw(60)
    run_night(DAY, now=now)
    made = Proof.objects.get(date=DAY)
    document = json.loads(made.document)
    totals = document["totals"]
    assert totals["people"] == len(list(everyone(DAY)))
    assert totals["people"] == (
        totals["covered"] + totals["not_covered"] + totals["not_entitled"] + totals["undecided"]
    )
    assert totals["entitled"] == totals["covered"] + totals["not_covered"]
    assert document["undecided"] == []
    assert document["not_covered"] == []
    assert totals["covered"] > 20
    assert totals["not_entitled"] > 3
    assert proof.survey(DAY).totals == proof.survey(DAY, shortcut=False).totals == totals
    version = load_law().version
    one_by_one = Counter(proof.verdict_of(known, DAY, version).standing for known in everyone(DAY))
    assert one_by_one == {
        name: totals[name]
        for name in ("covered", "not_covered", "not_entitled", "undecided")
        if totals[name]
    }
    assert proof.is_intact(made)
    assert made.head
    assert document["journal"] == made.head
    for statement in ("UPDATE case_proof SET document = ''", "DELETE FROM case_proof"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_proof_names_who_is_not_covered(draw: Draw, now: Callable[[], datetime]) -> None:
    end = add_days(DAY, -20)
    case = _filed(draw, end, add_days(end, -100))
    case.coverage.delete()  # the night will not see it
    made = proof.make_proof(DAY, now=now())
    (row,) = json.loads(made.document)["not_covered"]
    assert row["reference"] == case.reference
    assert (row["since"], row["rule"]) == (str(add_days(end, 1)), "R431-15-1-2")
    assert case.reference not in json.dumps(proof.public(made))
    assert json.loads(made.document)["reconciliation"]["counts"] == {"missing": 1}


# -- the watch


def test_a_night_that_is_not_over_is_told_once(people: Personas) -> None:
    head = _head(people)
    assert unfinished_by(instant(DAY)) is None  # none was ever run
    Night.objects.create(date=add_days(DAY, -1), since=add_days(DAY, -1),
                         started_at=instant(DAY), finished_at=instant(DAY))  # fmt: skip
    Night.objects.create(date=DAY, since=DAY, started_at=instant(DAY))
    before = datetime.fromisoformat("2025-10-20T05:59:00+02:00")
    after = datetime.fromisoformat("2025-10-20T06:00:00+02:00")
    assert unfinished_by(before) is None
    assert tell_unfinished(before) == 0
    assert unfinished_by(after) == DAY
    assert standing(after).late
    assert not standing(after).finished
    assert tell_unfinished(after) == 1
    assert tell_unfinished(after) == 0
    assert Message.objects.get(template="staff_night_late").account_id == head.pk


def test_the_journal_of_a_night_is_whole(draw: Draw, now: Callable[[], datetime]) -> None:
    draw.draw(30)
    run_night(DAY, now=now)
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_the_second_night_at_once_says_so(people: Personas, now: Callable[[], datetime]) -> None:
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(Conflict) as refused:
            run_night(DAY, now=now)
        assert "déjà en cours" in str(refused.value)
        assert not Night.objects.exists()
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    run_night(DAY, now=now)
    assert Night.objects.get().finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_case_that_someone_holds_is_left_then_served(draw: Draw) -> None:
    end = add_days(DAY, -20)
    held, free = (_filed(draw, end, add_days(end, -100)) for _ in range(2))
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT FROM case_file WHERE id = %s FOR UPDATE", [held.pk])
        swept = sweep(DAY, now=instant(DAY), patience=0.3)
        assert (swept.papers, swept.left) == (1, (held.pk,))
        assert free.papers.count() == 1
    assert sweep(DAY, now=instant(DAY)).papers == 1
    assert held.papers.count() == 1


def test_the_command_has_a_word_for_all_that_a_night_counts(people: Personas) -> None:
    phases = run_night(DAY, now=lambda: instant(DAY)).phases
    assert set(phases) == set(SAYS)
    assert {name for counts in phases.values() for name in counts} <= set(COUNTS)


def test_a_paper_that_cannot_be_made_stops_nobody_else(
    draw: Draw, people: Personas, now: Callable[[], datetime]
) -> None:
    """A name that no code can write, facts that contradict one another: the others have theirs."""
    end = add_days(DAY, 14)
    cases = [_filed(draw, end, add_days(end, -100)) for _ in range(5)]
    unwritten, contradicted = cases[1], cases[3]
    Person.objects.filter(pk=unwritten.person_id).update(family_name="محمد")
    Person.objects.filter(pk=contradicted.person_id).update(born_on=add_days(DAY, 400))
    night = run_night(DAY, now=now)
    assert night.finished_at is not None
    assert night.phases["papers"]["left"] == 2
    given = set(Paper.objects.values_list("case", flat=True))
    assert given == {case.pk for case in cases} - {unwritten.pk, contradicted.pk}
    # Put right, the next night gives it.
    Person.objects.filter(pk=unwritten.person_id).update(family_name="Mohammed")
    assert run_night(DAY, now=now).phases["papers"]["left"] == 1
    assert unwritten.papers.exists()


def test_a_night_without_a_key_says_so_and_gives_nothing(
    draw: Draw, now: Callable[[], datetime], settings: Settings, tmp_path: Path
) -> None:
    end = add_days(DAY, 14)
    _filed(draw, end, add_days(end, -100))
    settings.KEYS_DIR = tmp_path
    with pytest.raises(Refusal):
        run_night(DAY, now=now)
    assert not Paper.objects.exists()
