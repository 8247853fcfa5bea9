"""A clock that is set back, or jumps, harms nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from droitfil.attestations.actions import make_authority
from droitfil.cases.actions import letters
from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Letter
from tests.absences import NO_FAKETIME, skip_without
from tests.cases.writing import AT, DAY, at, filed
from tests.faults import moved_clock
from tests.personas import BY, Personas

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_letter_is_read_by_a_clock_that_was_set_back() -> None:
    people = Personas()
    case = filed(people)
    letters.write(people.mariam_account, case, text="Bonjour.", **at(DAY))
    letters.read(people.nadia, case, now=AT - HOUR, today=DAY)
    letter = Letter.objects.get()
    assert letter.read_at == letter.at


@pytest.mark.django_db
def test_a_night_ends_though_the_clock_was_set_back() -> None:
    make_authority(BY, now=AT)
    instants = iter([AT])
    night = run_night(DAY, now=lambda: next(instants, AT - HOUR))
    night.refresh_from_db()
    assert night.finished_at == night.started_at == AT


@skip_without(NO_FAKETIME)
def test_nights_of_a_clock_that_moves() -> None:
    said = moved_clock.run(people=32)
    assert len(said.splitlines()) == 4
