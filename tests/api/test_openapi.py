"""The description of the interface: valid, exact, the same as the committed file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from droitfil.api.interface import description
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.rules.fields import RECORDS
from droitfil.rules.question import FIRST_YEAR, LAST_YEAR
from tests.api.conftest import TIMELINE, Check, Post

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
REWRITE = (
    "docs/openapi.json n'est plus ce que dit le code : python -m droitfil.api > docs/openapi.json"
)


def test_the_committed_file_is_what_the_code_says(client: Client) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == description(), REWRITE
    served = client.get("/api/v1/openapi.json")
    assert served.content.decode() == description()
    assert served["Access-Control-Allow-Origin"] == "*"


def test_it_is_openapi_3_1_and_its_schemas_are_valid(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    for schema in described["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid({"components": described["components"], **schema})


def test_every_reference_leads_somewhere_and_every_component_is_used(
    described: dict[str, Any],
) -> None:
    named = {ref.removeprefix("#/components/schemas/") for ref in _references(described)}
    assert named == set(described["components"]["schemas"])


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def test_every_object_says_whether_it_may_hold_more(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert schema["type"] == "object", name
        assert schema["additionalProperties"] is False, name
        for field, said in schema["properties"].items():
            assert "description" in said or "$ref" in said or name in _TOLD, f"{name}.{field}"


#: Components of the law whose short fields speak for themselves.
_TOLD = {
    "Listing", "ParameterSummary", "ParameterSheet", "RuleSummary", "RuleSheet", "DatedValue",
    "Titles", "Parameters", "Rules", "Calendar", "Doubts", "Probleme",
}  # fmt: skip


def test_every_field_of_a_question_is_described(described: dict[str, Any]) -> None:
    from droitfil.api.question_schema import NAMES

    assert set(NAMES) == set(RECORDS)
    for record, fields in RECORDS.items():
        schema = described["components"]["schemas"][NAMES[record]]
        assert list(schema["properties"]) == list(fields)
        assert schema.get("required", []) == [n for n, field in fields.items() if field.required]


def test_every_operation_says_what_it_answers_and_refuses(described: dict[str, Any]) -> None:
    post = described["paths"][TIMELINE]["post"]
    assert list(post["responses"]) == ["200", "400", "411", "413", "415", "422", "429"]
    assert set(post["requestBody"]["content"]) == {"application/json", "application/yaml"}
    assert list(described["paths"]["/api/v1/verify"]["post"]["responses"]) == [
        "200", "400", "411", "413", "415", "422", "429",
    ]  # fmt: skip
    for path, item in described["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], f"{method} {path}"
            assert ("404" in operation["responses"]) == ("{" in path)


def test_the_example_is_a_question_and_has_an_answer(
    described: dict[str, Any], differs: Check, post: Post
) -> None:
    for content in described["paths"][TIMELINE]["post"]["requestBody"]["content"].values():
        assert differs("Question", content["example"]) == []
        assert post(content["example"]).status_code == 200


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (f"{FIRST_YEAR}-01-01", True),
        (f"{LAST_YEAR}-12-31", True),
        (f"{FIRST_YEAR - 1}-12-31", False),
        (f"{LAST_YEAR + 1}-01-01", False),
        ("2025-02-30", False),
        ("2025-1-1", False),
    ],
)
def test_the_schema_and_the_kernel_read_the_same_days(
    differs: Check, post: Post, day: str, fits: bool
) -> None:
    assert (differs("Question", {"today": day}) == []) == fits
    assert (post({"today": day}).status_code == 200) == fits


def test_an_answer_with_a_field_too_many_or_too_few_would_be_seen(differs: Check) -> None:
    answer = answer_question({"today": "2025-01-01"}, load_law())
    assert differs("Reponse", answer) == []
    assert differs("Reponse", {**answer, "more": 1})
    assert differs("Reponse", {k: v for k, v in answer.items() if k != "spans"})


def test_it_is_written_the_same_on_every_machine() -> None:
    assert description() == description()
    assert json.loads(description())["info"]["license"]["identifier"] == "EUPL-1.2"
