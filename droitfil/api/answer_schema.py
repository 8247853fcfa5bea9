"""The JSON schema of an answer: every field of the timeline contract, and no other.

Written beside ``droitfil.rules.answer.plain``; a test validates the answer to every case of
``law/cases`` against it, and finds no field that the schema would let pass unnamed.
"""

from __future__ import annotations

from typing import Any

from droitfil.api.question_schema import Schema, reference
from droitfil.rules.facts import Work
from droitfil.rules.law import CONFIDENCES, Law

_SAID = "La même phrase dans la langue demandée, quand ce n'est pas le français."


def components(law: Law) -> dict[str, Schema]:
    """The schema of each part of an answer, by the name of its component."""
    rule = {
        "type": "string",
        "description": "La règle appliquée : GET /api/v1/law/rules/{id}.",
        "examples": ["R431-15-1-2"],
    }
    parameters = list(law.parameters)
    sentence = {"says": _text("La phrase, en français."), "said": _text(_SAID)}
    return {
        "Reponse": _object(
            {
                "today": _day("Le jour de la question."),
                "applications": _list("ReponseDemande", "Une réponse par demande, dans l'ordre."),
                "spans": _list(
                    "Periode", "La frise des droits : sans trou, sans chevauchement, triée."
                ),
                "gaps": _list(
                    "Rupture", "Les jours déjà vécus sans preuve du séjour, aujourd'hui compris."
                ),
                "todo": _list("AFaire", "Ce que la personne doit ou peut faire."),
                "lapses": _list("Caducite", "Les documents qui cessent de valoir."),
                "warnings": _list("Avertissement", "Ce qu'il faut savoir avant de s'y fier."),
                "explain": _list("Raison", "Chaque règle qui a formé la réponse."),
            }
        ),
        "ReponseDemande": _object(
            {
                "id": _text("Le nom donné à la demande."),
                "channel": _code(
                    "Téléservice ou guichet ; null si le titre n'est pas connu.",
                    "teleservice",
                    "counter",
                    null=True,
                ),
                "window": _maybe(
                    "Fenetre",
                    "Quand déposer ; null si aucun délai ne s'applique (timing: no_window), ou si "
                    "un fait manque pour le dire.",
                ),
                "timing": _code(
                    "Le dépôt par rapport à la fenêtre ; null si un fait manque pour le dire : "
                    "l'avertissement fact_missing nomme le champ.",
                    "not_filed",
                    "early",
                    "in_time",
                    "late_before_expiry",
                    "late_after_expiry",
                    "beyond_six_months",
                    "late",
                    "no_window",
                    null=True,
                ),
                "protected": _flag("Un blocage constaté du téléservice met le dépôt à l'heure."),
                "late_fee": _code(
                    "Le droit de visa de régularisation pour retard ; null si un fait manque pour "
                    "le dire.",
                    "none",
                    "risk",
                    "certain",
                    null=True,
                ),
                "last_day_as_renewal": _day(
                    "Dernier jour où la demande vaut encore renouvellement.", null=True
                ),
                "silence": _maybe("Silence", "Quand le silence vaut refus."),
                "appeal": _maybe("Recours", "Le recours contre le refus né du silence."),
                "appeals": _list("VoieDeRecours", "Toutes les voies ouvertes aujourd'hui."),
                "duties": _list("Obligation", "Les papiers que la préfecture doit remettre."),
                "commission": _code(
                    "La commission du titre de séjour.",
                    "none",
                    "if_conditions_met",
                    "seized",
                    null=True,
                ),
                "card": reference("CarteAttendue"),
                "fees": _list("Droit", "Ce que la personne paie."),
                "conditions": _list(
                    "Condition", "Les conditions que les faits permettent de voir."
                ),
            }
        ),
        "Fenetre": _object(
            {
                "from": _day("Premier jour ; null : jamais trop tôt.", null=True),
                "to": _day("Dernier jour."),
                "rule": rule,
            }
        ),
        "Silence": _object(
            {
                "latest": _day("Selon la lecture la plus tardive."),
                "earliest": _day("Selon la lecture la plus précoce."),
                "rule": rule,
            }
        ),
        "Recours": _object(
            {
                "target": _day("Le jour avant lequel agir."),
                "limit": _day("Le dernier jour utile, délai franc, reports compris."),
            }
        ),
        "VoieDeRecours": _object(
            {
                "against": _code("Contre quoi.", "silence", "refusal", "removal"),
                "from": _day("Le jour qui fait courir le délai.", null=True),
                "target": _day("Le jour avant lequel agir.", null=True),
                "limit": _day("Le dernier jour utile.", null=True),
                "rule": rule,
            }
        ),
        "Obligation": _object(
            {
                "issue": _code(
                    "Le papier dû.", "API", "RECEPISSE", "ADF", "COMMISSION", "EU_ATTESTATION"
                ),
                "from": _day("Premier jour où il doit valoir."),
                "to": _day("Dernier jour, au plus long que la loi permet.", null=True),
                "due_on": _day("Le jour où il doit être en main."),
                "rule": rule,
            }
        ),
        "CarteAttendue": {
            **_object(
                {
                    "due_on": _day("Le jour où elle doit être remise.", null=True),
                    "length": {
                        "type": ["string", "null"],
                        "pattern": "^[1-9][0-9]{0,3}[ymd]$",
                        "description": "Sa durée : 4y (ans), 18m (mois), 90d (jours).",
                    },
                    "to": _day("Son dernier jour.", null=True),
                    "rule": {**rule, "type": ["string", "null"]},
                }
            ),
            "description": "Ce que la loi fixe elle-même de la carte ou du document demandé.",
        },
        "Droit": _object(
            {
                "code": _text("Le droit ou la taxe.", examples=["T-STD"]),
                "amount": _euros("Montant, en euros."),
                "upfront": _euros("Part payée au dépôt, en euros."),
                "due": _code("Quand il est dû.", "handover"),
                "rule": rule,
                "confidence": _code(
                    "V lu dans le texte, S seconde main, R de mémoire, U incertain.", *CONFIDENCES
                ),
            }
        ),
        "Condition": _object(
            {
                "rule": rule,
                "met": {
                    "type": ["boolean", "null"],
                    "description": "Remplie ; null quand les faits ne le disent pas.",
                },
                **sentence,
            },
            optional=("said",),
        ),
        "Periode": _object(
            {
                "from": _day("Premier jour."),
                "to": _day("Dernier jour ; null : sans fin connue.", null=True),
                "stay": _flag("Le séjour est prouvé."),
                "work": _code("Le droit de travailler.", *(work.value for work in Work)),
                "social": _flag("Les droits sociaux sont ouverts."),
                "travel": _code(
                    "Revenir en France après un voyage.", "ok", "practice", "warn", "none"
                ),
                "proofs": _texts("Ce qui le prouve : documents, papiers, articles."),
                "rules": {"type": "array", "items": rule, "description": "Les règles appliquées."},
            }
        ),
        "Rupture": _object(
            {
                "from": _day("Premier jour sans preuve."),
                "to": _day("Dernier jour sans preuve, au plus tard aujourd'hui."),
                "entitled": _flag("La loi devait un papier ces jours-là."),
                "why": _text("Pourquoi, en français."),
                "said": _text(_SAID),
                "remedy": _code("Le référé ouvert.", "L521-1", "L521-3"),
                "rule": rule,
            },
            optional=("said",),
        ),
        "AFaire": {
            **_object(
                {
                    "do": _text("La démarche.", examples=["file", "ask_reasons"]),
                    "application": _text("La demande concernée."),
                    "document": _text("Le document concerné."),
                    "from": _day("Premier jour.", null=True),
                    "to": _day("Dernier jour.", null=True),
                    "rule": rule,
                },
                optional=("application", "document"),
            ),
            "oneOf": [{"required": ["application"]}, {"required": ["document"]}],
        },
        "Caducite": _object(
            {
                "document": _text("Le document."),
                "lapses_on": _day("Le jour où il cesse de valoir.", null=True),
                "rule": rule,
            }
        ),
        "Avertissement": _object(
            {
                "code": _code(
                    "De quoi il s'agit.",
                    "late_fee_risk",
                    "gap_ahead",
                    "uncertain_rule",
                    "fact_missing",
                    "protection_pending",
                    "entry_conditions_again",
                    "silence_near",
                    "paper_not_assumed",
                ),
                "from": _day("À partir de quand.", null=True),
                **sentence,
                "parameter": {
                    "type": "string",
                    "enum": parameters,
                    "description": "Le paramètre qui tranche : GET /api/v1/law/parameters/{name}.",
                },
                "field": _text("Le champ qui manque, par son chemin."),
            },
            optional=("said", "parameter", "field"),
        ),
        "Raison": _object(
            {
                "rule": rule,
                **sentence,
                "facts": _texts("Les champs de la question sur lesquels elle s'appuie."),
            },
            optional=("said",),
        ),
    }


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _list(component: str, says: str) -> Schema:
    return {"type": "array", "items": reference(component), "description": says}


def _maybe(component: str, says: str) -> Schema:
    return {"anyOf": [reference(component), {"type": "null"}], "description": says}


def _text(says: str, **more: Any) -> Schema:
    return {"type": "string", "description": says, **more}


def _texts(says: str) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "description": says}


def _flag(says: str) -> Schema:
    return {"type": "boolean", "description": says}


def _euros(says: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": says}


def _day(says: str, *, null: bool = False) -> Schema:
    kind: Any = ["string", "null"] if null else "string"
    return {"type": kind, "format": "date", "description": says}


def _code(says: str, *codes: str, null: bool = False) -> Schema:
    if null:
        return {"type": ["string", "null"], "enum": [*codes, None], "description": says}
    return {"type": "string", "enum": list(codes), "description": says}
