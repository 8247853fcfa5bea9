"""The legal cases and the refusals once more, a file a test: what the mutation run calls.

Names without accents, nothing kept from one run to the next: mutmut forks a process for each
altered line and names the tests on a command line.
"""

from __future__ import annotations

import copy

import pytest

from droitfil.lawbook.answering import answer_question
from droitfil.rules.law import Law
from tests.rules.legal_cases import differences, read_cases
from tests.rules.test_refusals import (
    REFUSED,
)
from tests.rules.test_refusals import (
    test_every_fault_is_told_at_once as every_fault_is_told,
)
from tests.rules.test_refusals import (
    test_refused_by_path_value_and_what_would_be_right as refused,
)

CASES = read_cases()


@pytest.mark.parametrize("file", sorted({case.file for case in CASES}))
def test_the_cases_of_a_file(law: Law, file: str) -> None:
    for case in CASES:
        if case.file == file:
            found = differences(case, answer_question(copy.deepcopy(case.question), law))
            assert not found, "\n".join([str(case), *found])


def test_the_refusals() -> None:
    for row in REFUSED:
        refused(row)
    every_fault_is_told()
