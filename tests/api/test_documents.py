"""``docs/api.md`` and ``docs/examples``: what they show is what is answered."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from tests.absences import NO_CURL, skip_without
from tests.api.conftest import CASES, TIMELINE, YAML, Post

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
TEXT = (DOCS / "api.md").read_text(encoding="utf-8")


def _blocks(language: str) -> Iterator[str]:
    yield from re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_has_the_answer_that_is_shown(post: Post) -> None:
    question = (EXAMPLES / "question.yaml").read_text(encoding="utf-8")
    assert question in list(_blocks("yaml"))
    answer = post(question, YAML).content.decode()
    assert (EXAMPLES / "reponse.json").read_text(encoding="utf-8") == answer
    shown = json.loads("{" + next(_blocks("json")) + "}")
    assert shown.items() <= json.loads(answer).items()


def test_the_refusal_shown_is_the_one_given(post: Post) -> None:
    shown = list(_blocks("json"))[1]
    assert post({"today": "2025-02-30"}).content.decode() == shown


def test_every_address_of_the_description_is_told(described: dict[str, dict[str, object]]) -> None:
    for path in described["paths"]:
        whole, short = f"`{path}`", f"`{path.removeprefix('/api/v1/law')}`"
        assert whole in TEXT or short in TEXT or path in TEXT, path


@skip_without(NO_CURL)
@pytest.mark.django_db
def test_the_script_asks_twice_and_hears_the_same_answer(live_server: LiveServer) -> None:
    ran = subprocess.run(
        [EXAMPLES / "curl.sh", live_server.url], capture_output=True, check=True, timeout=30
    )
    answer = (EXAMPLES / "reponse.json").read_bytes()
    assert ran.stdout == answer + answer


@skip_without(NO_CURL)
@pytest.mark.django_db
def test_every_case_by_a_real_curl(live_server: LiveServer, tmp_path: Path) -> None:
    """Curl itself, one process for all the questions: the bytes are those of the command."""
    from droitfil.lawbook import load_law
    from droitfil.lawbook.answering import answer_question, as_json

    lines = []
    for number, case in enumerate(CASES):
        file = tmp_path / f"{number}.yaml"
        file.write_text(yaml.safe_dump(case.question, allow_unicode=True), encoding="utf-8")
        lines += [
            f'url = "{live_server.url}{TIMELINE}"',
            f'data-binary = "@{file}"',
            f'header = "Content-Type: {YAML}"',
            f'output = "{tmp_path / str(number)}.json"',
            "next",
        ]
    (tmp_path / "curl").write_text("\n".join(lines[:-1]), encoding="utf-8")
    subprocess.run(
        ["curl", "--silent", "--show-error", "--config", tmp_path / "curl"], check=True, timeout=120
    )
    law = load_law()
    for number, case in enumerate(CASES):
        heard = (tmp_path / f"{number}.json").read_text(encoding="utf-8")
        assert heard == as_json(answer_question(case.question, law)), case.name
