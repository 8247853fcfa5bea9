"""The JSON schema of a question, derived from the kernel's own table of fields.

Nothing is written twice: a field added to ``droitfil.rules.fields.RECORDS`` appears here. What
holds between fields (orders of dates, names that must exist) no schema can say: see the 422.
"""

from __future__ import annotations

from typing import Any

from droitfil.rules.facts import Kind
from droitfil.rules.fields import RECORDS, Field
from droitfil.rules.law import Law
from droitfil.rules.question import ID, INTEGER, LENGTH, MOST_ITEMS

Schema = dict[str, Any]

#: Kernel records -> names of the published components.
NAMES = {
    "question": "Question",
    "person": "Personne",
    "parent": "Parent",
    "document": "Document",
    "application": "Demande",
    "complement": "ComplementDePieces",
    "incident": "Incident",
    "decision": "Decision",
    "remedy": "Demarche",
}
_DEFAULTS: dict[tuple[str, str], Any] = {
    ("question", "assume_issued"): True,
    ("question", "language"): "fr",
    ("person", "renewals_of_this_card"): 0,
    ("application", "acknowledged"): True,
    ("application", "work_authorisation"): False,
}
#: A day, of the years that the kernel reads (19xx to 2150).
DATE_PATTERN = "^(19[0-9]{2}|20[0-9]{2}|21[0-4][0-9]|2150)-[0-9]{2}-[0-9]{2}$"


def components(law: Law) -> dict[str, Schema]:
    """The schema of every record of a question, by the name of its component."""
    return {NAMES[record]: _record(record, law) for record in RECORDS}


def reference(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _record(record: str, law: Law) -> Schema:
    fields = RECORDS[record]
    required = [name for name, field in fields.items() if field.required]
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field(record, name, field, law) for name, field in fields.items()},
    }
    if required:
        schema["required"] = required
    return schema


def _field(record: str, name: str, field: Field, law: Law) -> Schema:
    schema: Schema
    if field.many:
        schema = {
            "type": "array",
            "items": reference(NAMES[field.holds]),
            "maxItems": MOST_ITEMS,
        }
    elif field.holds in RECORDS:
        schema = reference(NAMES[field.holds])
    else:
        schema = _scalar(field, law)
    if not field.required:
        schema = _nullable(schema)
    said = field.label[0].upper() + field.label[1:]
    if field.only is not None:
        kinds = ", ".join(kind for kind in Kind if kind in field.only)
        said += f" (seulement pour {kinds})"
    schema["description"] = f"{said}."
    if (record, name) in _DEFAULTS:
        schema["default"] = _DEFAULTS[record, name]
    return schema


def _nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    schema["type"] = [*types, "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _scalar(field: Field, law: Law) -> Schema:
    if field.enum is not None:
        return {"type": "string", "enum": [member.value for member in field.enum]}
    known = {
        "article": law.titles,
        "department": law.departments,
        "country": law.countries,
        "language": law.languages,
    }.get(field.holds)
    if known is not None:
        return {"type": "string", "enum": list(known)}
    schemas: dict[str, Schema] = {
        "date": {"type": "string", "format": "date", "pattern": DATE_PATTERN},
        "boolean": {"type": "boolean"},
        "integer": {
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": 999,
            "pattern": _pattern(INTEGER.pattern),
        },
        "id": {"type": "string", "pattern": _pattern(ID.pattern)},
        "length": {"type": "string", "pattern": _pattern(LENGTH.pattern), "examples": ["4y"]},
    }
    return schemas[field.holds]


def _pattern(pattern: str) -> str:
    """A Python pattern as JSON Schema writes it (ECMA 262)."""
    return "^" + pattern.replace(r"\d", "[0-9]").removesuffix(r"\Z") + "$"
