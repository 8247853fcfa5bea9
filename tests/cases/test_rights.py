"""The one answer: what the kernel says of documents held, papers issued and cases filed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from droitfil.cases.actions import decision, filing
from droitfil.cases.continuity.coverage import covered_until, refresh
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.queries import question_of, rights_on
from droitfil.cli import main as command
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.people.actions.files import withdraw_document
from droitfil.people.models import ResidenceDocument
from droitfil.rules.answer import plain
from droitfil.rules.periods import day_after, last_day
from tests.cases.writing import DAY, at, counter_draft, filed, taken
from tests.personas import BY, Personas


def by_command(
    question: dict[str, object], capsys: pytest.CaptureFixture[str], tmp: object
) -> object:
    file = tmp / "question.json"  # type: ignore[operator]
    file.write_text(json.dumps(question))
    assert command.main(["timeline", str(file)]) == 0
    return json.loads(capsys.readouterr().out)


def test_rights_are_those_of_the_command(
    people: Personas, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Question written by hand from what was done; the answer of ``droitfil timeline`` to it."""
    prepared = counter_draft(people)
    case = filing.register_at_counter(people.nadia, prepared, complete=True, **at(DAY))
    decision.take(people.nadia, case, **at(DAY))
    case.refresh_from_db()
    granted = date(2025, 7, 20)
    decision.grant(people.nadia, case, **at(granted))
    by_hand = {
        "today": "2025-08-01",
        "assume_issued": False,
        "person": {"born_on": "1990-03-02", "nationality": "MAR", "lives_in": "91"},
        "documents": [
            {"id": "d1", "kind": "CSP", "article": "L421-1", "from": "2021-07-01",
             "to": "2025-06-30"},
            # Published the day of the filing, it counts until the eve of the grant.
            {"id": "p1", "kind": "RECEPISSE", "from": "2025-07-01", "to": "2025-07-19",
             "application": "a1"},
            {"id": "p2", "kind": "ADF", "from": "2025-07-20", "application": "a1"},
        ],
        "applications": [
            {"id": "a1", "article": "L421-1", "request": "renewal", "holds": "d1",
             "listed": False, "filed_on": "2025-06-20", "complete_on": "2025-06-20",
             "decision": {"taken_on": "2025-07-20", "outcome": "granted"}},
        ],
    }  # fmt: skip
    answer = plain(rights_on(people.amina, date(2025, 8, 1)))
    assert answer == by_command(by_hand, capsys, tmp_path)
    assert answer["gaps"] == []
    assert answer["spans"][-1]["proofs"] == ["p2", "d1"]


@pytest.mark.parametrize("days", [0, 60, 103, 130, 400])
def test_the_question_says_all_of_it(people: Personas, days: int) -> None:
    filed(people)
    day = DAY + timedelta(days=days)
    question = question_of(people.mariam, day)
    assert plain(rights_on(people.mariam, day)) == answer_question(question, load_law())


def test_a_card_withdrawn_still_counts_for_its_request(people: Personas) -> None:
    filed(people)
    card = people.mariam.documents.get()
    withdraw_document(BY, card, withdrawn_on=date(2025, 7, 1), now=at(DAY)["now"])
    answer = rights_on(people.mariam, date(2025, 8, 1))
    assert answer.applications[0].timing == "in_time"


def test_more_papers_than_a_question_holds(people: Personas) -> None:
    case = filed(people)
    start = date(2025, 10, 1)
    for rank in range(1, 61):
        end = start + timedelta(days=6)
        Paper.objects.create(
            case=case, person=people.mariam, kind="API", rank=rank, valid_from=start,
            valid_to=end, published_at=at(DAY)["now"],
        )  # fmt: skip
        start = day_after(end)
    question = question_of(people.mariam, start)
    assert len(question["documents"]) == 50
    assert question["documents"][0]["kind"] == "CSP"
    assert rights_on(people.mariam, start).applications


def test_a_draft_changes_no_right(people: Personas) -> None:
    before = plain(rights_on(people.amina, DAY))
    counter_draft(people)
    assert plain(rights_on(people.amina, DAY)) == before


# -- papers -----------------------------------------------------------------------------------


def test_papers_of_a_kind_never_overlap(people: Personas) -> None:
    case = filed(people)

    def paper(**changed: object) -> Paper:
        fields = {
            "case": case, "person": people.mariam, "kind": "API", "rank": 1,
            "valid_from": date(2025, 10, 1), "valid_to": date(2025, 12, 31),
            "published_at": at(DAY)["now"],
        }  # fmt: skip
        return Paper.objects.create(**fields | changed)

    first = paper()
    for change, constraint in (
        ({}, "paper_rank_once"),
        ({"rank": 2, "valid_from": date(2025, 12, 31), "valid_to": None}, "paper_one_at_a_time"),
        ({"rank": 2, "valid_from": date(2026, 2, 1)}, "paper_ends_after_it_begins"),
        ({"rank": 2, "kind": "CSP", "valid_to": None}, "paper_kind_known"),
        ({"rank": 2, "void_on": DAY}, "paper_void_for_a_reason"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            paper(**change)
    first.void_at, first.void_on, first.void_reason = at(DAY)["now"], DAY, "revoked"
    first.save()
    paper(rank=2)
    paper(kind="COMMISSION")


# -- stored coverage ----------------------------------------------------------------------------

NEXT = """
    SELECT next_to + 1, (next_to + 1 + make_interval(months => chain_months))::date - 1
    FROM coverage WHERE case_id = %s
"""


#: Last days of cards after which months are short, leap or ordinary.
ENDS = (
    date(2025, 7, 30), date(2025, 8, 30), date(2025, 9, 30), date(2025, 11, 29), date(2025, 11, 30),
    date(2025, 12, 30), date(2026, 1, 30), date(2026, 2, 28), date(2027, 11, 28),
    date(2027, 11, 29), date(2027, 11, 30), date(2028, 2, 28), date(2028, 2, 29), date(2028, 5, 30),
)  # fmt: skip


def test_the_paper_after_next_is_known_in_sql(people: Personas) -> None:
    """The dates that the night computes are those of the kernel, once the paper is issued."""
    case = filed(people)
    for ends in ENDS:
        Paper.objects.all().delete()
        ResidenceDocument.objects.filter(pk=case.held_id).update(valid_to=ends)
        on = ends - timedelta(days=90)
        Case.objects.filter(pk=case.pk).update(filed_on=on, complete_on=on)
        refresh(case, today=on)
        row = Coverage.objects.get(case=case)
        for rank in (1, 2, 3):
            assert (row.next_kind, row.next_rank) == ("API", rank)
            assert row.next_from is not None
            assert row.next_to == last_day(row.next_from, 3)
            with connection.cursor() as cursor:
                cursor.execute(NEXT, [case.pk])
                following = cursor.fetchone()
            Paper.objects.create(
                case=case, person=people.mariam, kind="API", rank=rank, valid_from=row.next_from,
                valid_to=row.next_to, published_at=at(DAY)["now"],
            )  # fmt: skip
            refresh(case, today=on)
            issued, row = row.next_to, Coverage.objects.get(case=case)
            assert (row.next_from, row.next_to) == following
            assert row.covered_until == issued


def test_covered_until(people: Personas) -> None:
    case = taken(people)
    end_of_card = date(2025, 9, 30)
    for today, expected in (
        (DAY, end_of_card),
        (end_of_card, end_of_card),
        (date(2025, 11, 15), end_of_card),
    ):
        assert covered_until(rights_on(people.mariam, today), today) == expected
    Paper.objects.create(
        case=case, person=people.mariam, kind="API", rank=1, valid_from=date(2025, 12, 1),
        valid_to=date(2026, 2, 28), published_at=at(DAY)["now"],
    )  # fmt: skip
    for today, expected in (
        (date(2025, 11, 15), end_of_card),
        (date(2025, 12, 1), date(2026, 2, 28)),
        (date(2026, 5, 1), date(2026, 2, 28)),
    ):
        assert covered_until(rights_on(people.mariam, today), today) == expected
