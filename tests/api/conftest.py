"""Asking the interface, with its answers checked against its own description."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from droitfil.api.interface import description
from tests.rules.legal_cases import Case, read_cases

CASES = read_cases()
TIMELINE = "/api/v1/timeline"
JSON, YAML, PROBLEM = "application/json", "application/yaml", "application/problem+json"

Post = Callable[..., HttpResponse]
Check = Callable[[str, Any], list[str]]


@pytest.fixture(autouse=True)
def _as_often_as_you_like(settings: Settings) -> None:
    settings.API_QUESTIONS_A_MINUTE = 0
    settings.VERIFICATIONS_A_MINUTE = 0


@pytest.fixture
def post(client: Client) -> Post:
    """``post(body)``: one question, JSON unless said otherwise."""

    def posted(body: Any, content_type: str = JSON, **headers: str) -> HttpResponse:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        response = client.post(TIMELINE, text, content_type=content_type, headers=headers)
        assert isinstance(response, HttpResponse)
        return response

    return posted


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """The OpenAPI description, as it is published."""
    found: dict[str, Any] = json.loads(description())
    return found


@pytest.fixture(scope="session")
def differs(described: dict[str, Any]) -> Check:
    """``differs("Reponse", data)``: what the schema of a component refuses in data."""
    validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def differences(component: str, data: Any) -> list[str]:
        if component not in validators:
            schema = {
                "$ref": f"#/components/schemas/{component}",
                "components": described["components"],
            }
            validators[component] = jsonschema_rs.Draft202012Validator(
                schema, validate_formats=True
            )
        return [
            f"{error.instance_path} : {error.message}"
            for error in validators[component].iter_errors(data)
        ]

    return differences


def case_id(case: Case) -> str:
    """A case as tests name it."""
    return str(case)
