"""Cases of the tests: written straight into the table, in whatever state is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from droitfil.cases.models import Case
from droitfil.cases.models.case import DECIDED, GRANTED, UNFILED
from droitfil.cases.reference import new_reference
from droitfil.people.models import Staff
from droitfil.rules.lifecycle import State
from tests.personas import NOW, TODAY, Personas, office

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
        "office": office("91-evry", people.evry),
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
