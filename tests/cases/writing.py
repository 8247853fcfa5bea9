"""Cases of the tests: written straight into the table, in whatever state is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from droitfil.cases.actions import decision, filing, moving
from droitfil.cases.form import form_of
from droitfil.cases.models import Case, Piece
from droitfil.cases.models.case import DECIDED, GRANTED, UNFILED
from droitfil.cases.reference import new_reference
from droitfil.people.models import Staff
from droitfil.rules.lifecycle import State
from tests.personas import NOW, TODAY, Personas

FILED_ON = TODAY - timedelta(days=30)
_OUTCOMES = {State.REFUSED: "refused", State.CLOSED: "closed"}


def raw_case(state: State, people: Personas | None = None, **changed: Any) -> Case:
    """A renewal of Amina's card in ``state``, with what the database wants of such a state."""
    people = people or Personas()
    card = people.amina.documents.get()
    fields: dict[str, Any] = {
        "reference": new_reference("91", TODAY),
        "person": people.amina,
        "procedure": "renouvellement-salarie",
        "version_on": TODAY,
        "article": "L421-1",
        "request": "renewal",
        "held": card,
        "channel": "counter",
        "office": people.at_evry,
        "state": state.value,
        "state_at": NOW,
        "started_at": NOW,
        "saved_at": NOW,
    }
    if state.value not in UNFILED:
        fields |= {"filed_at": NOW, "filed_on": FILED_ON, "acknowledged": True}
    if state.value in DECIDED:
        fields |= {
            "outcome": "granted" if state.value in GRANTED else _OUTCOMES[state],
            "decided_on": TODAY,
            "decided_by": Staff.objects.get(account=people.nadia),
            "reasons": "" if state.value in GRANTED else "Motifs",
        }
    if state is State.WITHDRAWN:
        fields["withdrawn_on"] = TODAY
    if state is State.HANDED_OVER:
        fields |= {"handed_over_on": TODAY, "card": card}
    return Case.objects.create(**fields | changed)


# -- by the actions that everyone uses -------------------------------------------------------------

#: The days of the tests: in the windows of Amina's card and of Mariam's.
DAY = date(2025, 6, 20)
AT = datetime(2025, 6, 20, 9, 12, tzinfo=UTC)
PARENT, EMPLOYEE = "renouvellement-parent-enfant-francais", "renouvellement-salarie"

#: Mariam lives with her child and the other parent.
MARIAM: dict[str, Any] = {
    "passport_status": "valid",
    "name_differs": "false",
    "housing": "tenant",
    "family_status": "married",
    "family_changed": "false",
    "polygamy_allowed": "forbidden",
    "child_name": "Lina Diallo",
    "child_born_on": "2021-05-04",
    "child_lives_in_france": "true",
    "child_lives_with_you": "true",
    "parents_together": "true",
    "child_filiation": "birth",
    "card_asked": "multiannual",
    "integration_contract": "exempt",
    "six_months_each_year": "true",
    "truthful": "true",
}
#: Amina keeps her job.
AMINA: dict[str, Any] = {
    "passport_status": "valid",
    "name_differs": "false",
    "housing": "tenant",
    "family_status": "single",
    "family_changed": "false",
    "work_situation": "same_job",
    "employer_name": "Boulangerie du Parc",
    "contract_type": "permanent",
    "regulated_profession": "false",
    "card_asked": "temporary",
    "truthful": "true",
}


def at(day: date) -> dict[str, Any]:
    """The instant and the day of an action."""
    return {"now": datetime.combine(day, time(9, 12), UTC), "today": day}


def draft(people: Personas, day: date = DAY) -> Case:
    """Mariam's draft, every question answered."""
    assert people.at_evry
    case = filing.start_draft(
        people.mariam_account, people.mariam, procedure=PARENT,
        held=people.mariam.documents.get(), **at(day),
    )  # fmt: skip
    form = filing.save_answers(people.mariam_account, case, answers=MARIAM, **at(day))
    assert not form.problems, [problem.field for problem in form.problems]
    case.refresh_from_db()
    return case


def give_pieces(people: Personas, case: Case, day: date = DAY) -> None:
    """Everything the form wants, straight into the table: no file is examined."""
    form = form_of(case, day)
    Piece.objects.bulk_create(
        Piece(
            case=case, code=required.codes[0], rank=1, data="vu",
            added_by=people.mariam_account, added_at=at(day)["now"],
        )
        for required in form.lacks.pieces
    )  # fmt: skip


def filed(people: Personas, day: date = DAY) -> Case:
    """Mariam's complete request, filed online."""
    case = draft(people, day)
    give_pieces(people, case, day)
    return filing.submit_case(people.mariam_account, case, key=uuid4(), **at(day))


def taken(people: Personas, day: date = DAY) -> Case:
    """The same, examined by Nadia."""
    return decision.take(people.nadia, filed(people, day), **at(day))


def counter_draft(people: Personas, day: date = DAY) -> Case:
    """Amina's request, prepared for the counter by nobody: opened by Nadia."""
    assert people.at_evry
    return filing.start_draft(
        people.nadia, people.amina, procedure=EMPLOYEE,
        held=people.amina.documents.get(), **at(day),
    )  # fmt: skip


#: Where Mariam goes.
BELLECOUR: dict[str, Any] = {"address_line": "1 place Bellecour", "postal_code": "69002"}


def move_to_lyon(people: Personas, on: date, **changed: Any) -> list[Case]:
    """Mariam says that she lives in Lyon: her cases that followed."""
    assert people.at_lyon
    given = {**BELLECOUR, "commune": people.lyon, "moved_on": on, **changed}
    return moving.change_address(people.mariam_account, people.mariam, **given, **at(on))
