"""The same question has the same answer to the letter: kernel, command, HTTP, JSON or YAML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from droitfil.cli.main import main
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question, as_json
from tests.api.conftest import CASES, YAML, Check, Post, case_id
from tests.cli.conftest import command
from tests.rules.legal_cases import Case


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_every_case_by_command_and_by_http(
    case: Case,
    post: Post,
    differs: Check,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    answer = answer_question(case.question, load_law())
    expected = as_json(answer).encode()
    assert differs("Question", case.question) == []
    assert differs("Reponse", answer) == []

    assert post(case.question).content == expected
    text = yaml.safe_dump(case.question, allow_unicode=True, sort_keys=False)
    assert post(text, YAML).content == expected

    for name, body in (("q.json", json.dumps(case.question)), ("q.yaml", text)):
        file = tmp_path / name
        file.write_text(body, encoding="utf-8")
        assert main(["timeline", str(file)]) == 0
        assert capfdbinary.readouterr().out == expected


def test_every_case_in_one_file_by_the_real_command() -> None:
    law = load_law()
    text = yaml.safe_dump_all([case.question for case in CASES], allow_unicode=True)
    ran = command("timeline", "-", stdin=text.encode())
    assert (ran.returncode, ran.stderr) == (0, b"")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert answers == [answer_question(case.question, law) for case in CASES]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_another_language_too(post: Post, language: str) -> None:
    question = {**CASES[0].question, "language": language}
    response = post(question, **{"Accept-Language": "en"})
    assert response.content == as_json(answer_question(question, load_law())).encode()
    assert (b'"said"' in response.content) == (language != "fr")
