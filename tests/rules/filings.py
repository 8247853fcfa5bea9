"""Two procedures as the tests answer them: an employee, the parent of a French child."""

from __future__ import annotations

from datetime import date
from typing import Any

from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.rules.conditions import Values
from droitfil.rules.procedure import (
    Required,
    Version,
    required_pieces,
    visible_questions,
)

LAW = load_law()
PROCEDURES = load_procedures()
FILED = date(2026, 2, 10)
EMPLOYEE = PROCEDURES["renouvellement-salarie"].at(FILED)
PARENT = PROCEDURES["renouvellement-parent-enfant-francais"].at(FILED)

#: An employee who keeps their job, rents their home and asks for one more year.
SAME_JOB: dict[str, Any] = {
    "passport_status": "valid",
    "name_differs": False,
    "housing": "tenant",
    "family_status": "single",
    "family_changed": False,
    "work_situation": "same_job",
    "employer_name": "Boulangerie du Parc",
    "contract_type": "permanent",
    "regulated_profession": False,
    "card_asked": "temporary",
    "truthful": True,
}
#: A parent who lives with a child born of both.
WITH_CHILD: dict[str, Any] = {
    **{name: SAME_JOB[name] for name in ("passport_status", "name_differs", "housing")},
    "family_status": "married",
    "family_changed": False,
    "polygamy_allowed": "forbidden",
    "child_name": "Lina Diallo",
    "child_born_on": date(2021, 5, 4),
    "child_lives_in_france": True,
    "child_lives_with_you": True,
    "parents_together": True,
    "child_filiation": "birth",
    "card_asked": "multiannual",
    "integration_contract": "exempt",
    "truthful": True,
}


def facts(version: Version, kind: str = "CST", **more: Any) -> Values:
    return {
        "filing.on": FILED,
        "filing.channel": version.channel,
        "filing.late_fee": "none",
        "fees.amount": 250,
        "fees.upfront": 0,
        "document.kind": kind,
        **more,
    }


def asked(version: Version, answers: dict[str, Any], **more: Any) -> dict[str, Required]:
    return {
        required.piece.code: required
        for required in required_pieces(version, answers, facts(version, **more))
    }


def questions(version: Version, answers: dict[str, Any], **more: Any) -> set[str]:
    return {q.id for q in visible_questions(version, answers, facts(version, **more))}
