"""``GET /api/v1/law/…``: the law as open data, whole, versioned, readable from any site."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from droitfil.lawbook import load_law
from tests.api.conftest import PROBLEM, Check

LAW = load_law()
BASE = "/api/v1/law"
#: Address -> the component that describes it
PARTS = {
    "": "Index",
    "/titles": "Titles",
    "/titles/L421-1": "TitleSheet",
    "/parameters": "Parameters",
    "/parameters/tax_table": "ParameterSheet",
    "/rules": "Rules",
    "/rules/R431-5-1-listed": "RuleSheet",
    "/calendar": "Calendar",
    "/uncertain": "Doubts",
}


def read(client: Client, path: str) -> Any:
    """What an address of the law gives."""
    response = client.get(BASE + path)
    assert response.status_code == 200
    return json.loads(response.content)


@pytest.mark.parametrize(("path", "component"), PARTS.items())
def test_each_part_is_as_described_and_versioned(
    client: Client, differs: Check, path: str, component: str
) -> None:
    response = client.get(BASE + path)
    assert response.status_code == 200
    assert differs(component, json.loads(response.content)) == []
    assert LAW.version in response["ETag"]
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Access-Control-Allow-Origin"] == "*"
    again = client.get(BASE + path, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(BASE + path, headers={"If-None-Match": '"old"'}).status_code == 200


@pytest.mark.parametrize("path", PARTS)
def test_head_is_get_without_its_body(client: Client, path: str) -> None:
    response = client.head(BASE + path)
    assert response.status_code == 200
    assert response["ETag"] == client.get(BASE + path)["ETag"]


def test_the_index_leads_everywhere(client: Client) -> None:
    index = read(client, "")
    assert index["titles"] == len(LAW.titles)
    for link in index["links"].values():
        assert client.get(link).status_code == 200
    assert json.loads(client.get("/api/v1/").content)["law"] == BASE


def test_every_title_rule_and_parameter_has_its_sheet(client: Client, differs: Check) -> None:
    for path, key, component in (
        ("/titles", "article", "TitleSheet"),
        ("/rules", "id", "RuleSheet"),
        ("/parameters", "name", "ParameterSheet"),
    ):
        rows = read(client, path)[path[1:]]
        names = [row[key] for row in rows]
        assert names == list(getattr(LAW, path[1:]))
        for row in rows:
            whole = read(client, f"{path}/{row[key]}")
            assert differs(component, whole) == []
            assert row.items() <= whole.items()


def test_a_parameter_tells_its_history(client: Client) -> None:
    values = read(client, "/parameters/tax_table")["values"]
    assert [value["from"] for value in values] == [None, "2026-05-01"]
    assert [value["value"]["stamp"] for value in values] == [25, 50]
    assert values[1]["confidence"] == "S"


def test_a_title_tells_when_it_is_asked_online(client: Client) -> None:
    listed = read(client, "/titles/L422-1")["teleservice"]
    assert {"request": "renewal", "from": "2021-05-01", "to": None} in listed


def test_the_calendar_is_the_one_that_rolls_limits_over(client: Client) -> None:
    calendar = read(client, "/calendar")
    assert calendar["until"] == LAW.calendar_until
    assert set(calendar["territories"]) == set(LAW.holidays)
    for territory, days in calendar["territories"].items():
        assert {date.fromisoformat(day) for day in days} == LAW.holidays[territory]
        assert days == sorted(days)


def test_the_uncertain_are_all_there_and_no_other(client: Client) -> None:
    doubts = read(client, "/uncertain")
    assert {row["id"] for row in doubts["rules"]} == {
        rule.id for rule in LAW.rules.values() if rule.confidence == "U"
    }
    assert {row["name"] for row in doubts["parameters"]} == {
        parameter.name
        for parameter in LAW.parameters.values()
        if "U" in {parameter.confidence, *(dated.confidence for dated in parameter.values)}
    }
    assert {row["article"] for row in doubts["titles"]} == {
        title.article for title in LAW.titles.values() if title.confidence == "U"
    }
    assert doubts["parameters"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/titles/L421_1", "n'est pas un titre connu ; vouliez-vous « L421-1 » ?"),
        ("/rules/nope", "n'est pas une règle connue"),
        ("/parameters/tax_tabl", "vouliez-vous « tax_table » ?"),
        ("/titles/%3Cscript%3E", "« <script> » n'est pas un titre connu"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(
    client: Client, differs: Check, path: str, says: str
) -> None:
    response = client.get(BASE + path, headers={"If-None-Match": client.get(BASE)["ETag"]})
    assert response.status_code == 404
    assert response["Content-Type"] == PROBLEM
    assert "ETag" not in response
    body = json.loads(response.content)
    assert differs("Probleme", body) == []
    assert says in body["detail"]


@pytest.mark.parametrize("path", PARTS)
def test_the_law_is_only_read(client: Client, path: str) -> None:
    response = client.post(BASE + path, "{}", content_type="application/json")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
