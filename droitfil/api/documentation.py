"""What the OpenAPI description says beside the schemas: words, examples, errors."""

from __future__ import annotations

from typing import Any

from droitfil.api.question_schema import Schema, reference
from droitfil.rules.law import Law

DESCRIPTION = """\
Qui peut faire quoi, quel jour, sur la foi de quel papier ; ce qui doit être fait, par qui, et
quand. La même question reçoit la même réponse par cette interface, par la commande
`droitfil timeline` et par la page `/ou-en-suis-je`.

Rien n'est gardé : ni la question, ni la réponse, ni l'adresse. Ce n'est pas un service officiel ni
un conseil juridique.

Les dates sont des jours, `AAAA-MM-JJ` ; toute période comprend ses deux bornes. Une erreur est un
`application/problem+json` (RFC 9457). Les champs s'ajoutent, ils ne changent jamais de nom.
"""


def question(law: Law) -> dict[str, Any]:
    """An example of a question, about the first title of the law."""
    article = next(iter(law.titles))
    return {
        "today": "2025-11-20",
        "assume_issued": False,
        "person": {"born_on": "1990-03-02", "nationality": "MAR", "lives_in": "91"},
        "documents": [
            {
                "id": "card",
                "kind": "CSP",
                "article": article,
                "from": "2021-07-01",
                "to": "2025-06-30",
            }
        ],
        "applications": [
            {
                "id": "a1",
                "article": article,
                "request": "renewal",
                "holds": "card",
                "filed_on": "2025-04-15",
                "complete_on": "2025-04-15",
                "decision": {"taken_on": "2025-11-10", "outcome": "granted"},
            }
        ],
    }


#: The components of errors.
PROBLEM: dict[str, Schema] = {
    "Probleme": {
        "type": "object",
        "additionalProperties": False,
        "description": "Une erreur (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string", "description": "L'erreur, en quelques mots."},
            "status": {"type": "integer", "description": "Le statut HTTP."},
            "detail": {"type": "string", "description": "Ce qui ne va pas, et ce qui irait."},
            "problems": {
                "type": "array",
                "items": reference("Champ"),
                "minItems": 1,
                "description": "Chaque champ à corriger (statut 422).",
            },
        },
        "required": ["type", "title", "status", "detail"],
    },
    "Champ": {
        "type": "object",
        "additionalProperties": False,
        "description": "Un champ à corriger.",
        "properties": {
            "path": {"type": "string", "description": "Son chemin : documents[0].to."},
            "value": {"type": "string", "description": "Ce qui était écrit."},
            "says": {"type": "string", "description": "Ce qui ne va pas, et ce qui irait."},
        },
        "required": ["path", "value", "says"],
    },
}


def problem(description: str, **more: Any) -> dict[str, Any]:
    """A response that is an error (RFC 9457)."""
    content = {"application/problem+json": {"schema": reference("Probleme")}}
    return {"description": description, "content": content, **more}


NOT_FOUND = {404: problem("Rien ne porte ce nom.")}
VERSIONED = {
    200: {
        "description": "En vigueur, avec son histoire.",
        "headers": {
            "ETag": {
                "description": "La version du droit ; renvoyez-la en If-None-Match.",
                "schema": {"type": "string"},
            },
            "Access-Control-Allow-Origin": {
                "description": "Lisible depuis tout site.",
                "schema": {"type": "string", "const": "*"},
            },
        },
    },
    304: {"description": "Rien n'a changé depuis la version que vous avez."},
}

TIMELINE: dict[str, Any] = {
    "operation_id": "timeline",
    "summary": "Répond à une situation, jour par jour",
    "description": (
        "La question tient en 64 Kio, en JSON ou en YAML (un seul document). Seul `today` est "
        "obligatoire ; un champ absent a sa valeur par défaut. `language` choisit la langue de "
        "`said`, à côté de `says` en français ; l'en-tête Accept-Language ne change rien."
    ),
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": reference("Question")},
                "application/yaml": {"schema": reference("Question")},
            },
        },
        "responses": {
            200: {
                "description": "La réponse.",
                "content": {"application/json": {"schema": reference("Reponse")}},
            },
            400: problem("Le texte n'est ni du JSON ni du YAML valable."),
            411: problem("Envoi par morceaux, sans Content-Length."),
            413: problem("Plus de 64 Kio."),
            415: problem("Ni application/json ni application/yaml, ou pas en UTF-8."),
            422: problem("La question ne peut être vraie : chaque champ à corriger est nommé."),
            429: problem(
                "Trop de questions en une minute depuis ce réseau.",
                headers={
                    "Retry-After": {
                        "description": "Secondes à attendre.",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 1},
                    }
                },
            ),
        },
    },
}
