"""What the people of the demonstration answer, procedure by procedure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from droitfil.cases.models import Case
from droitfil.rules.periods import add_days, add_years

ONLINE, COUNTER = "renouvellement-parent-enfant-francais", "renouvellement-salarie"
CHILD = "document-circulation-mineur"
#: What everyone answers, whatever they ask.
_COMMON: dict[str, Any] = {
    "passport_status": "valid", "name_differs": "false", "housing": "tenant",
    "family_changed": "false", "truthful": "true",
}  # fmt: skip
_SINGLE = _COMMON | {"family_status": "single"}
_MARRIED = _COMMON | {"family_status": "married", "polygamy_allowed": "forbidden"}
_STUDIES = _SINGLE | {
    "study_level": "master", "enrolment_status": "pre", "study_break": "false",
    "diploma_obtained": "true", "apprenticeship": "false", "resource_type": "scholarship",
    "card_asked": "temporary", "six_months_each_year": "true",
}  # fmt: skip
_REFUGEE = {
    "housing": "tenant", "family_status": "single", "family_changed": "false", "truthful": "true",
}  # fmt: skip
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    ONLINE: _MARRIED | {
        "child_born_on": "2021-05-04", "child_lives_in_france": "true",
        "child_lives_with_you": "true", "parents_together": "true", "child_filiation": "birth",
        "card_asked": "multiannual", "integration_contract": "exempt",
        "six_months_each_year": "true",
    },
    COUNTER: _SINGLE | {
        "work_situation": "same_job", "employer_name": "Boulangerie du Parc",
        "contract_type": "permanent", "regulated_profession": "false", "card_asked": "temporary",
    },
    "renouvellement-etudiant": _STUDIES,
    "premiere-carte-etudiant": _STUDIES,
    "carte-resident-conjoint-francais": _MARRIED | {
        "spouse_name": "Camille Martin", "married_on": "2021-05-12", "married_abroad": "false",
        "living_together": "together", "language_health": "false",
    },
    "renouvellement-resident-conjoint-francais": _MARRIED | {"long_absence": "false"},
    "carte-resident-refugie": _REFUGEE | {
        "recognised_by": "ofpra", "ofpra_civil_status_received": "true",
    },
    "renouvellement-resident-refugie": _REFUGEE | {
        "protection_kept": "true", "long_absence": "false",
    },
    "premiere-carte-jeune-arrive": _SINGLE | {"lived_with": "mother", "school_gap": "false"},
    "premiere-carte-jeune-confie": _SINGLE | {
        "placement_type": "judge", "structure_name": "Foyer des Tilleuls",
        "opinion_available": "true", "training": "CAP cuisine",
    },
    CHILD: {
        "dcem_before": "false", "dcem_case": "parent_card", "child_lives_with_you": "true",
        "child_at_school": "true", "authority_basis": "married", "housing": "tenant",
        "truthful": "true",
    },
}  # fmt: skip
_INSTITUTIONS: Mapping[str, str] = {
    "91": "Université d’Évry", "93": "Université Sorbonne Paris Nord", "69": "Université Lyon 2",
    "13": "Aix-Marseille Université",
}  # fmt: skip


def answers(case: Case, day: date) -> dict[str, Any]:
    """All that is answered in ``case`` on ``day``, with what depends on who answers."""
    procedure, born_on = case.procedure, case.person.born_on
    institution = {"institution": _INSTITUTIONS[case.office.department_id]}
    own: dict[str, dict[str, Any]] = {
        ONLINE: {"child_name": f"Lina {case.person.family_name}"},
        "renouvellement-etudiant": institution,
        "premiere-carte-etudiant": institution,
        "carte-resident-refugie": {"recognised_on": add_days(day, -18).isoformat()},
        "premiere-carte-jeune-arrive": {"arrived_on": add_years(born_on, 10).isoformat()},
        "premiere-carte-jeune-confie": {"placed_on": add_years(born_on, 15).isoformat()},
    }
    return {**ANSWERS[procedure], **own.get(procedure, {})}
