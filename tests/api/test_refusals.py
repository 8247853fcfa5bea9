"""What the interface refuses, and how: every sentence of the kernel reaches the caller."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.reading import MOST_BYTES
from droitfil.rules.facts import Kind
from droitfil.rules.problems import Refused
from tests.api.conftest import JSON, PROBLEM, TIMELINE, YAML, Check, Post

CARD = {"id": "card", "kind": "CSP", "article": "L421-1", "to": "2025-06-30"}
FILED = {"id": "a1", "article": "L421-1", "request": "renewal", "holds": "card"}

#: What is wrong -> the path that must be named
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "today missing": ({}, "today"),
    "impossible day": ({"today": "2025-02-30"}, "today"),
    "instant": ({"today": "2025-02-20T10:00:00"}, "today"),
    "number for a day": ({"today": 20250220}, "today"),
    "unknown field": ({"today": "2025-02-20", "todya": 1}, "todya"),
    "unknown nested field": ({"today": "2025-02-20", "person": {"name": "x"}}, "person.name"),
    "unknown kind": (
        {"today": "2025-02-20", "documents": [{**CARD, "kind": "CSPP"}]},
        "documents[0].kind",
    ),
    "unknown article": (
        {"today": "2025-02-20", "documents": [{**CARD, "article": "L000-1"}]},
        "documents[0].article",
    ),
    "unknown department": (
        {"today": "2025-02-20", "person": {"lives_in": "99"}},
        "person.lives_in",
    ),
    "department as a number": (
        {"today": "2025-02-20", "person": {"lives_in": 91}},
        "person.lives_in",
    ),
    "unknown country": (
        {"today": "2025-02-20", "person": {"nationality": "MA"}},
        "person.nationality",
    ),
    "unknown language": ({"today": "2025-02-20", "language": "xx"}, "language"),
    "boolean as text": ({"today": "2025-02-20", "assume_issued": "true"}, "assume_issued"),
    "not a list": ({"today": "2025-02-20", "documents": CARD}, "documents"),
    "not a set of fields": ({"today": "2025-02-20", "documents": ["card"]}, "documents[0]"),
    "two of one id": (
        {"today": "2025-02-20", "documents": [CARD, CARD]},
        "documents[1].id",
    ),
    "ends before it begins": (
        {"today": "2025-02-20", "documents": [{**CARD, "from": "2025-07-01"}]},
        "documents[0].to",
    ),
    "holds nothing known": (
        {"today": "2025-02-20", "applications": [FILED]},
        "applications[0].holds",
    ),
    "renewal of nothing": (
        {"today": "2025-02-20", "applications": [{**FILED, "holds": None}]},
        "applications[0].holds",
    ),
    "a field on a kind that cannot carry it": (
        {"today": "2025-02-20", "documents": [{**CARD, "validated_on": "2025-01-01"}]},
        "documents[0].validated_on",
    ),
    "a TIR asked": (
        {
            "today": "2025-02-20",
            "applications": [{"id": "a1", "article": "TIR", "request": "first"}],
        },
        "applications[0].article",
    ),
}


def problem(response: HttpResponse, differs: Check) -> dict[str, Any]:
    """The problem of a response, well formed."""
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = json.loads(response.content)
    assert differs("Probleme", body) == []
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize(("question", "path"), WRONG.values(), ids=WRONG)
def test_a_question_that_cannot_be_true_is_refused_as_the_kernel_says(
    post: Post, differs: Check, question: dict[str, Any], path: str
) -> None:
    with pytest.raises(Refused) as refused:
        answer_question(question, load_law())
    response = post(question)
    body = problem(response, differs)
    assert response.status_code == 422
    assert [p["says"] for p in body["problems"]] == [p.says for p in refused.value.problems]
    assert path in [p["path"] for p in body["problems"]]
    assert body["detail"].startswith(body["problems"][0]["says"])


def test_every_field_to_correct_is_named_at_once(post: Post, differs: Check) -> None:
    body = problem(post({"today": "x", "language": "y", "person": {"z": 1}}), differs)
    assert [p["path"] for p in body["problems"]] == ["today", "language", "person.z"]
    assert body["detail"].endswith("(et 2 autres à corriger)")


NO_NAME = (
    "cannot be a name; take letters without accents, digits or - _ . (40 at most), and not an"
    " article."
)
NO_TITLE = "is not the article of a known permit; did you mean “L421-1”?"


@pytest.mark.parametrize("by", ["question", "request"])
def test_what_the_kernel_refuses_is_told_in_the_reader_s_language(client: Client, by: str) -> None:
    wrong: dict[str, Any] = {
        "today": "2025-02-30",
        "documents": [{"id": "récépissé", "kind": "CST"}, {"id": "d2"}],
        "applications": [{"id": "a1", "article": "L4211", "holds": "d3"}],
    }
    headers = {"accept-language": "en" if by == "request" else "fr"}
    if by == "question":
        wrong["language"] = "en"
    body = client.post("/api/v1/timeline", wrong, content_type=JSON, headers=headers).json()
    assert [found["says"] for found in body["problems"]] == [
        "today: “2025-02-30” does not exist in the calendar; check the month and the day.",
        # What was written is quoted as it stands, even when we know its translation.
        f"documents[0].id: “récépissé” {NO_NAME}",
        f"documents[1].kind: this field is missing; give the kind of document ({', '.join(Kind)}).",
        f"applications[0].article: “L4211” {NO_TITLE}",
        "applications[0].holds: “d3” points to nothing in documents; the names given are d2.",
    ]
    assert body["detail"].endswith(" (and 4 others to correct)")
    assert body["title"] == "Question refused"


@pytest.mark.parametrize(
    ("text", "content_type", "path", "says"),
    [
        ('{"today": "2025-01-01", "today": "2025-01-02"}', JSON, "today", "écrit deux fois"),
        ('{"person": {"born_on": NaN}}', JSON, "person.born_on", "n'est pas une valeur"),
        ('["today"]', JSON, "", "n'est pas un ensemble de champs"),
        ('{"today": ' + "[" * 25 + "]" * 25 + "}", JSON, "today", "niveaux"),
        ('{"today": ' + "[" * 9000 + "]" * 9000 + "}", JSON, "", "niveaux"),
        ('{"today": "\\ud800"}', JSON, "today", "caractère"),
        ("today: 2025-01-01\ntoday: 2025-01-02", YAML, "today", "écrit deux fois"),
        ("today: *x", YAML, "today", "renvoie à une autre valeur"),
        ("person: {born_on: &x 2025-01-01}", YAML, "person.born_on", "nomme une valeur"),
        ("today: !!timestamp 2025-01-01", YAML, "today", "impose un type"),
        ("- today", YAML, "", "n'est pas un ensemble de champs"),
    ],
)
def test_a_text_that_says_two_things_is_refused_by_its_path(
    post: Post, differs: Check, text: str, content_type: str, path: str, says: str
) -> None:
    response = post(text, content_type)
    body = problem(response, differs)
    assert response.status_code == 422
    assert body["problems"][0]["path"].startswith(path)
    assert says in body["detail"]


@pytest.mark.parametrize(
    ("text", "content_type", "says"),
    [
        ("\n", JSON, "est vide"),
        ("  ", YAML, "est vide"),
        ('{"today": ', JSON, "n'est pas du JSON valable"),
        ("today: 2025-01-01", JSON, "n'est pas du JSON valable"),
        ("today: [", YAML, "n'est pas du YAML valable"),
        (b"\xff\xfe", JSON, "n'est pas en UTF-8"),
        ("today: 2025-01-01\n---\ntoday: 2025-01-02", YAML, "une question à la fois"),
        ("today: \x07", YAML, "ne peut pas être lu"),
    ],
)
def test_a_text_that_cannot_be_read_is_malformed(
    post: Post, differs: Check, text: str | bytes, content_type: str, says: str
) -> None:
    response = post(text, content_type)
    assert response.status_code == 400
    assert says in problem(response, differs)["detail"]


def test_64_kib_and_not_a_byte_more(post: Post, differs: Check) -> None:
    question = '{"today": "2025-01-01"}'
    assert post(question.ljust(MOST_BYTES)).status_code == 200
    response = post(question.ljust(MOST_BYTES + 1))
    assert response.status_code == 413
    assert "64 Kio" in problem(response, differs)["detail"]
    assert post("x" * 5_000_000).status_code == 413


def test_a_body_of_unknown_length_is_refused(client: Client, differs: Check) -> None:
    response = client.generic("POST", TIMELINE, CONTENT_TYPE=JSON, HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 411
    assert "Content-Length" in problem(response, differs)["detail"]


def test_no_body_at_all_is_malformed(client: Client, differs: Check) -> None:
    response = client.generic("POST", TIMELINE, CONTENT_TYPE=JSON)
    assert response.status_code == 400
    assert "est vide" in problem(response, differs)["detail"]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "",
    ],
)
def test_another_kind_of_content_is_refused(post: Post, differs: Check, content_type: str) -> None:
    response = post('{"today": "2025-01-01"}', content_type)
    assert response.status_code == 415
    assert problem(response, differs)["detail"]


def test_compressed_content_is_refused(post: Post) -> None:
    assert post("{}", **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/yaml; charset=utf-8",
        "text/yaml",
        "application/x-yaml",
        "APPLICATION/JSON",
    ],
)
def test_the_usual_ways_to_name_json_and_yaml_are_read(post: Post, content_type: str) -> None:
    assert post('{"today": "2025-01-01"}', content_type).status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_asks(client: Client, differs: Check, method: str) -> None:
    response = getattr(client, method)(TIMELINE)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    if method != "head":
        assert problem(response, differs)["detail"] == "Cette adresse n'accepte que POST."


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/", "/api/v2/timeline", "/api/v1/law/x/y"]
)
def test_an_unknown_address_is_a_problem_too(client: Client, differs: Check, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert problem(response, differs)["title"] == "Adresse inconnue"


def test_a_failure_of_ours_says_nothing_of_the_question(
    client: Client,
    differs: Check,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("DROITFIL_LAW", "/nowhere/at/all")
    client.raise_request_exception = False
    response = client.post(TIMELINE, '{"today": "2025-03-14"}', content_type=JSON)
    assert response.status_code == 500
    body = problem(response, differs)
    assert body["detail"] == "La faute est chez nous ; réessayez dans quelques minutes."
    assert "nowhere" not in response.content.decode()


def test_a_question_leaves_no_trace_in_the_logs(
    post: Post, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    secret = "1987-06-05"
    with caplog.at_level("DEBUG"):
        post({"today": "2025-01-01", "person": {"born_on": secret}})
        post({"today": "2025-01-01", "person": {"born_on": secret, "name": "Amina"}})
        post('{"today": "' + secret)
    seen = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    captured = capfd.readouterr()
    assert secret not in seen + captured.out + captured.err
    assert "Amina" not in seen + captured.out + captured.err


def test_the_interface_s_own_sentences_follow_the_language_of_the_request(client: Client) -> None:
    english = client.get("/api/v1/nowhere", headers={"accept-language": "en"}).json()
    assert english["title"] == "Unknown address"
    french = client.get("/api/v1/nowhere").json()
    assert french["title"] == "Adresse inconnue"
    headers = {"accept-language": "en"}
    told = client.post("/api/v1/timeline", "a", content_type="text/html", headers=headers).json()
    assert told["detail"].startswith("“text/html” is not a type read here")


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("application/json", "{", "Line 1, column 2: this is not valid JSON"),
        ("application/yaml", "today: [", "Line 2, column 1: this is not valid YAML"),
        ("application/yaml", "a: 1\na: 2", "a: “a” is written twice"),
        ("application/yaml", " ", "The text is empty"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_in_english_too(
    client: Client, kind: str, text: str, says: str
) -> None:
    headers = {"accept-language": "en"}
    told = client.post("/api/v1/timeline", text, content_type=kind, headers=headers).json()
    assert says in told["detail"]
    french = client.post("/api/v1/timeline", text, content_type=kind).json()
    assert says not in french["detail"]
