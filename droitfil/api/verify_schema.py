"""What the OpenAPI description says of ``/verify``."""

from __future__ import annotations

from typing import Any

from droitfil.api.documentation import problem
from droitfil.api.question_schema import Schema, reference
from droitfil.attestations.answers import Fault, Standing
from droitfil.rules.facts import Work
from droitfil.rules.seal import FILING, KINDS, LIMITS

#: Papers and share codes in one call, at most.
MOST_SEVERAL = 100
_DAY: Schema = {"type": "string", "format": "date"}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _codes(values: Any, description: str, *, null: bool = False) -> Schema:
    listed = [str(value) for value in values]
    return {
        "type": ["string", "null"] if null else "string",
        "enum": [*listed, None] if null else listed,
        "description": description,
    }


def _object(description: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "description": description,
        "properties": properties,
        "required": required,
    }


_LIMITS: Schema = {
    "type": "array",
    "items": {"type": "string", "enum": list(LIMITS)},
    "description": "Ce qui borne ces droits : à présenter avec la carte expirée, ce que dit le "
    "titre.",
}
_STAY: Schema = {"type": "boolean", "description": "Le droit de séjourner."}
_WORK = _codes(Work, "Le droit de travailler.")
_RIGHTS: dict[str, Schema] = {
    "may_stay": _STAY,
    "may_work": _WORK,
    "limits": _LIMITS,
    "until": {**_or_null(_DAY), "description": "Dernier jour compris ; null : sans fin connue."},
}
_SAID: dict[str, Schema] = {
    "kind": _codes([*KINDS, FILING], "La sorte de papier."),
    "reference": {"type": "string", "description": "Son numéro."},
    "holder": {"type": "string", "description": "Le nom écrit dessus, à comparer."},
    "may_stay": _STAY,
    "may_work": _WORK,
    "limits": _LIMITS,
    "from": {**_DAY, "description": "Premier jour."},
    "to": {**_or_null(_DAY), "description": "Dernier jour compris ; null : sans fin écrite."},
    "issued_on": {**_or_null(_DAY), "description": "Jour de délivrance."},
}
_ANSWER: dict[str, Schema] = {
    "about": _codes(["paper", "share_code"], "Ce qui a été vérifié."),
    "day": {**_DAY, "description": "Le jour de la réponse, à Paris."},
    "genuine": {"type": "boolean", "description": "Délivré tel qu'il est montré."},
    "fault": _codes(Fault, "Pourquoi il n'est pas reconnu.", null=True),
    "holds": {"type": "boolean", "description": "Authentique, et valable ce jour."},
    "standing": _codes(Standing, "Où en est un papier authentique.", null=True),
    "reason": {"type": ["string", "null"], "description": "Pourquoi il a été retiré."},
    "ended_on": {**_or_null(_DAY), "description": "Le jour où il a été retiré."},
    "known_at": {
        "type": "string",
        "format": "date-time",
        "description": "L'instant jusqu'où les retraits sont connus ; dans le passé, et sans reçu, "
        "quand la base principale ne répond pas.",
    },
    "rights": {
        "anyOf": [reference("Droits"), {"type": "null"}],
        "description": "Ce que la personne peut faire ce jour ; null si le papier ne vaut pas.",
    },
    "said": {
        "anyOf": [reference("Mentions"), {"type": "null"}],
        "description": "Ce que disait le papier, qu'il vaille encore ou non.",
    },
    "receipt": {
        "type": ["string", "null"],
        "format": "uri",
        "description": "L'adresse du reçu scellé (PDF), sans aucun nom.",
    },
}

COMPONENTS: dict[str, Schema] = {
    "Droits": _object("Ce qu'une personne peut faire.", _RIGHTS, list(_RIGHTS)),
    "Mentions": _object("Ce que disait un papier.", _SAID, list(_SAID)),
    "Verification": _object(
        "La réponse : ce que disait le papier, et s'il vaut encore, séparément. Pour un code de "
        "partage : about, day, rights et receipt seuls.",
        _ANSWER,
        ["about", "day", "rights", "receipt"],
    ),
    "Code": _object(
        "Le texte d'un code 2D-Doc.",
        {"code": {"type": "string", "description": "Le texte entier du code."}},
        ["code"],
    ),
    "Partage": _object(
        "Un code de partage, avec la date de naissance de la personne.",
        {
            "share_code": {"type": "string", "description": "Le code, avec ou sans tirets."},
            "born_on": {**_DAY, "description": "La date de naissance."},
            "by": {"type": "string", "description": "Qui demande ; la personne le verra."},
        },
        ["share_code", "born_on"],
    ),
    "Plusieurs": _object(
        "Des papiers et des codes de partage, vérifiés ensemble.",
        {
            "several": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_SEVERAL,
                "items": {"oneOf": [reference("Code"), reference("Partage")]},
                "description": "Les demandes ; les réponses viennent dans le même ordre.",
            }
        },
        ["several"],
    ),
    "Refusee": _object(
        "Un code de partage qui ne montre rien.",
        {
            "about": _codes(["share_code"], "Ce qui a été vérifié."),
            "day": {**_DAY, "description": "Le jour de la réponse, à Paris."},
            "refused": {"type": "string", "description": "Pourquoi, et que faire."},
        },
        ["about", "day", "refused"],
    ),
    "Verifications": _object(
        "Une réponse pour chaque demande, dans leur ordre.",
        {
            "answers": {
                "type": "array",
                "items": {"oneOf": [reference("Verification"), reference("Refusee")]},
                "description": "Les réponses.",
            }
        },
        ["answers"],
    ),
}

_BINARY: Schema = {"schema": {"type": "string", "format": "binary"}}
_TOO_MANY: dict[int, Any] = {
    429: problem(
        "Trop de vérifications en une minute depuis ce réseau.",
        headers={
            "Retry-After": {
                "description": "Secondes à attendre.",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
        },
    )
}
VERIFY: dict[str, Any] = {
    "operation_id": "verify",
    "summary": "Vérifie un papier ou un code de partage",
    "description": (
        "Envoyez le PDF d'un papier, une photo de son code, le texte de ce code, ou un code de "
        "partage et la date de naissance. Ce qui est envoyé n'est pas gardé ; la personne voit "
        "chaque usage de son code de partage."
    ),
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [reference("Code"), reference("Partage")]}
                },
                "application/pdf": _BINARY,
                "image/jpeg": _BINARY,
                "image/png": _BINARY,
                "image/webp": _BINARY,
                "image/heic": _BINARY,
                "image/heif": _BINARY,
            },
        },
        "responses": {
            200: {
                "description": "La réponse, même d'un papier qui n'est pas reconnu.",
                "content": {"application/json": {"schema": reference("Verification")}},
            },
            400: problem("Ni du JSON, ni une image lisible."),
            411: problem("Envoi par morceaux, sans Content-Length."),
            413: problem("Trop gros, ou trop de points."),
            415: problem("Un type qui n'est pas lu ici."),
            422: problem("Un champ manque ou ne va pas ; code et date ne vont pas ensemble."),
            **_TOO_MANY,
        },
    },
}
VERIFY_SEVERAL: dict[str, Any] = {
    "operation_id": "verify_several",
    "summary": "Vérifie plusieurs papiers ou codes de partage",
    "description": (
        f"De 1 à {MOST_SEVERAL} textes de codes ou codes de partage, vérifiés et notés ensemble : "
        "chacun compte comme une vérification (pas plus à la fois que la limite d'une minute), "
        "chacun a son reçu, et la personne voit chaque usage de son code de partage."
    ),
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference("Plusieurs")}},
        },
        "responses": {
            200: {
                "description": "Les réponses, même de papiers qui ne sont pas reconnus.",
                "content": {"application/json": {"schema": reference("Verifications")}},
            },
            400: problem("Pas du JSON."),
            411: problem("Envoi par morceaux, sans Content-Length."),
            413: problem("Trop gros."),
            415: problem("Un type qui n'est pas lu ici."),
            422: problem("Un champ manque ou ne va pas ; rien n'a été vérifié."),
            **_TOO_MANY,
        },
    },
}
