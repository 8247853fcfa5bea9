"""The database refuses what the table of states does not hold, whoever writes."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction

from droitfil.rules.lifecycle import State, moves
from tests.cases.writing import raw_case
from tests.personas import Personas


def test_the_database_knows_the_moves(people: Personas) -> None:
    for made in (people.amina, people.nadia, people.at_evry):
        assert made.pk
    allowed = set()
    for before in State:
        with transaction.atomic():
            case = raw_case(before, people)
            for after in State:
                if not _refused(case.pk, after):
                    allowed.add((before, after))
            transaction.set_rollback(True)
    assert allowed - {(state, state) for state in State} == moves()


def _refused(case: object, after: State) -> bool:
    """By the table of states: what a move lacks beside (a date) is other constraints' business."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE case_file SET state = %s WHERE id = %s", [after, case])
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "does not go from" in str(error)
    return False
