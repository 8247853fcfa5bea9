"""Every field of a question: what it holds, what it means, and the kinds that may carry it.

The reader of questions and the public schema of the API both derive from ``RECORDS``: field
names are promises, added to and never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from droitfil.rules import facts as f
from droitfil.rules.facts import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its type, what it means, and the kinds that may carry it."""

    #: date, boolean, integer, id, length, article, department, country, language, enum, or the
    #: name of a record.
    holds: str
    label: str
    enum: type[StrEnum] | None = None
    many: bool = False
    required: bool = False
    only: frozenset[Kind] | None = None


def _enum(enum: type[StrEnum], label: str, **more: Any) -> Field:
    return Field("enum", label, enum=enum, **more)


RECORDS: Mapping[str, Mapping[str, Field]] = {
    "question": {
        "today": Field("date", "le jour où la question est posée", required=True),
        "assume_issued": Field("boolean", "tenir pour remis les papiers dus"),
        "language": Field("language", "la langue de la réponse"),
        "person": Field("person", "la personne"),
        "documents": Field("document", "les documents détenus", many=True),
        "applications": Field("application", "les demandes", many=True),
    },
    "person": {
        "born_on": Field("date", "la date de naissance"),
        "nationality": Field("country", "la nationalité"),
        "lives_in": Field("department", "le département de résidence"),
        "entered_on": Field("date", "le premier jour en France de ce séjour"),
        "in_france_since": Field("date", "le début de la résidence habituelle en France"),
        "french_loss_opposable_on": Field(
            "date", "le jour où la perte de la nationalité française est devenue opposable"
        ),
        "moved_on": Field("date", "la date du dernier déménagement"),
        "parents": Field("parent", "les parents de l'enfant", many=True),
        "renewals_of_this_card": Field("integer", "le nombre de renouvellements de cette carte"),
    },
    "parent": {
        "kind": _enum(f.ParentKind, "ce que détient le parent", required=True),
        "article": Field("article", "l'article du titre du parent"),
        "to": Field("date", "le dernier jour de validité du titre du parent"),
    },
    "document": {
        "id": Field("id", "le nom donné au document", required=True),
        "kind": _enum(Kind, "la nature du document", required=True),
        "article": Field("article", "l'article du titre"),
        "from": Field("date", "le premier jour de validité"),
        "to": Field("date", "le dernier jour de validité"),
        "length": Field("length", "la durée de la carte"),
        "validated_on": Field(
            "date", "la date de validation du visa", only=frozenset({Kind.VLS_TS})
        ),
        "work": _enum(f.Work, "le droit au travail imprimé"),
        "application": Field("id", "la demande à laquelle le papier appartient", only=f.PAPERS),
    },
    "application": {
        "id": Field("id", "le nom donné à la demande", required=True),
        "article": Field("article", "l'article du titre demandé"),
        "request": _enum(f.Request, "la nature de la demande"),
        "holds": Field("id", "le document dont part la demande"),
        "listed": Field("boolean", "le titre est dans la liste du téléservice"),
        "basis": _enum(f.Basis, "le fondement particulier de la demande"),
        "filed_on": Field("date", "le jour du dépôt"),
        "complete_on": Field("date", "le jour où le dossier est complet"),
        "complements": Field("complement", "les pièces demandées ensuite", many=True),
        "work_authorisation": Field("boolean", "une autorisation de travail a été accordée"),
        "recognised_on": Field("date", "le jour de la décision de l'OFPRA ou de la CNDA"),
        "contract_until": Field("date", "le dernier jour du contrat de travail"),
        "principal_until": Field("date", "le dernier jour de la carte du membre principal"),
        "extension_notified_on": Field("date", "le jour où la prolongation a été notifiée"),
        "commission_on": Field("date", "le jour de la saisine de la commission"),
        "incident": Field("incident", "le blocage du téléservice"),
        "acknowledged": Field("boolean", "un accusé de réception conforme a été reçu"),
        "decision": Field("decision", "la décision"),
        "remedies": Field("remedy", "les démarches faites contre la décision", many=True),
        "handed_over_on": Field("date", "le jour de la remise de la carte"),
    },
    "complement": {
        "asked_on": Field("date", "le jour de la demande de pièces", required=True),
        "due_on": Field("date", "le dernier jour pour produire les pièces"),
        "produced_on": Field("date", "le jour où les pièces ont été produites"),
    },
    "incident": {
        "opened_on": Field("date", "le premier jour du blocage", required=True),
        "established_on": Field("date", "le jour où l'impossibilité est constatée"),
        "registered_on": Field("date", "le jour de l'enregistrement au guichet"),
    },
    "decision": {
        "taken_on": Field("date", "le jour de la décision", required=True),
        "outcome": _enum(f.Outcome, "le sens de la décision", required=True),
        "notified_on": Field("date", "le jour de la notification"),
        "removal": _enum(f.Removal, "la mesure d'éloignement"),
    },
    "remedy": {
        "kind": _enum(f.RemedyKind, "la nature de la démarche", required=True),
        "asked_on": Field("date", "le jour de la démarche", required=True),
        "answered_on": Field("date", "le jour de la réponse"),
    },
}
