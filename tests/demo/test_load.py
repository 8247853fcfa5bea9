"""The invented office: every kind of state, and nothing that the night cannot decide."""

from __future__ import annotations

import json

from django.utils import timezone

from droitfil.cases.continuity.reconciliation import reconcile
from droitfil.cases.models import Case, Paper, Proof
from droitfil.cases.queries import rights_on, span_on
from droitfil.demo.cast import APPLICANT
from droitfil.demo.load import is_loaded, load
from droitfil.journal.verification import verify
from droitfil.people.models import Person
from droitfil.rules.lifecycle import State

TODAY = timezone.localdate()


def test_a_small_office_shows_everything(places: None) -> None:
    told: list[int] = []
    load(today=TODAY, now=timezone.now, people=20, progress=lambda done, _all: told.append(done))
    assert is_loaded()
    assert told[-1] == 20 + 3
    assert Person.objects.count() == 20 + 3 + 3  # one has three children
    assert set(Case.objects.values_list("state", flat=True)) == {state.value for state in State}
    totals = json.loads(Proof.objects.get(date=TODAY).document)["totals"]
    assert totals["undecided"] == 0
    assert totals["people"] >= 20
    assert reconcile(TODAY).findings == ()
    assert {"ADF", "RECEPISSE"} <= set(Paper.objects.values_list("kind", flat=True))
    assert verify().intact
    mariam = Person.objects.get(account__email=APPLICANT)
    span = span_on(rights_on(mariam, TODAY), TODAY)
    assert span is not None
    assert span.stay
    assert not mariam.cases.exists()
