"""``droitfil timeline``: what it answers, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from droitfil.cli import timeline
from tests.cli.conftest import EXAMPLE, ROOT, Run, command

TRACEBACK = "Traceback"


def test_answers_the_contract_s_example(run: Run) -> None:
    ran = run("timeline", str(EXAMPLE))
    assert ran.status == 0
    assert ran.err == ""
    answer = json.loads(ran.out)
    assert answer["applications"][0]["window"] == {
        "from": "2025-03-02",
        "to": "2025-05-01",
        "rule": "R431-5-1-listed",
    }
    assert [(gap["from"], gap["to"]) for gap in answer["gaps"]] == [
        ("2025-10-01", "2025-11-09"),
        ("2025-11-10", "2025-11-20"),
    ]


def test_one_document_is_indented_and_many_are_a_line_each(run: Run, tmp_path: Path) -> None:
    one, many = tmp_path / "one.yaml", tmp_path / "many.yaml"
    one.write_text("today: 2025-11-20\n", encoding="utf-8")
    many.write_text("today: 2025-11-20\n---\ntoday: 2025-11-21\n", encoding="utf-8")
    assert run("timeline", str(one)).out.startswith('{\n  "today": "2025-11-20",\n')
    lines = run("timeline", str(many)).out.splitlines()
    assert [json.loads(line)["today"] for line in lines] == ["2025-11-20", "2025-11-21"]


def test_reads_standard_input_and_json() -> None:
    ran = command("timeline", "-", stdin=b'{"today": "2025-11-20"}')
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["today"] == "2025-11-20"


def test_many_questions_may_weigh_more_than_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("\n---\n".join([EXAMPLE.read_text(encoding="utf-8")] * 40), encoding="utf-8")
    assert file.stat().st_size > 64 * 1024
    assert len(run("timeline", str(file)).out.splitlines()) == 40


def test_a_refusal_names_field_value_and_what_would_be_right(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text("today: 2025-02-30\nlanguages: fr\n", encoding="utf-8")
    ran = run("timeline", str(file))
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.splitlines() == [
        "today : « 2025-02-30 » n'existe pas dans le calendrier ; vérifiez le mois et le jour.",
        "languages : ce champ n'existe pas ; vouliez-vous écrire « language » ?",
    ]


def test_among_many_documents_the_refused_one_is_numbered_and_none_is_answered(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "q.yaml"
    file.write_text("today: 2025-02-20\n---\ntoday: 2025-02-30\n", encoding="utf-8")
    ran = run("timeline", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("document 2 : today : « 2025-02-30 » n'existe pas")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "est vide"),
        ("# rien\n", "est vide"),
        ("today: 2025-01-01\ntoday: 2025-01-02\n", "« today » est écrit deux fois"),
        ("today: &x 2025-01-01\n", "« &x » nomme une valeur"),
        ("today: !!str 2025-01-01\n", "impose un type"),
        ("today: 2025-01-01T10:00:00Z\n", "est un instant ; écrivez seulement le jour"),
        ("[today]\n", "n'est pas un ensemble de champs"),
        ("today: [\n", "n'est pas du YAML valable"),
        ('{"today": "2025-01-01", "today": "2025-01-01"}', "« today » est écrit deux fois"),
        ('{"today": NaN}', "« NaN » n'est pas une valeur"),
        ("today: 2025-01-01\n---\na: [", "Document 2."),
        ("a: " + "[" * 30 + "]" * 30, "niveaux sont emboîtés"),
        ("today: 2025-01-01\nperson: {lives_in: 1}\n", "person.lives_in : « 1 »"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    run: Run, tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(text, encoding="utf-8")
    ran = run("timeline", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert TRACEBACK not in ran.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "n'est pas un texte"),
        (b"\xe9t\xe9: 1\n", "n'est pas un texte en UTF-8"),
        (b"a" * (timeline.MOST_BYTES + 1), "fait plus de 4 Mo, bien plus qu'une question"),
    ],
)
def test_a_file_that_is_no_text_is_refused(
    run: Run, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "q.yaml"
    file.write_bytes(content)
    ran = run("timeline", str(file))
    assert ran.status == 2
    assert says in ran.err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent.yaml", "n'existe pas ; vérifiez le nom du fichier"),
        (".", "est un dossier ; donnez le nom d'un fichier"),
        ("/dev/null", "n'est pas un fichier"),
        ("x" * 300, "ne peut pas être lu"),
    ],
)
def test_what_is_no_file_is_refused(run: Run, name: str, says: str) -> None:
    ran = run("timeline", name)
    assert ran.status == 2
    assert says in ran.err


def test_a_reader_that_leaves_early_hears_no_complaint() -> None:
    many = "\n---\n".join([EXAMPLE.read_text(encoding="utf-8")] * 60)
    process = subprocess.Popen(
        [sys.executable, "-m", "droitfil.cli.main", "timeline", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write(many.encode())
    process.stdin.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 0


def test_the_language_asked_on_the_line_wins(run: Run) -> None:
    french = json.loads(run("timeline", str(EXAMPLE)).out)
    assert all("said" not in reason for reason in french["explain"])
    english = json.loads(run("timeline", str(EXAMPLE), "--language", "en").out)
    assert all(reason["said"] for reason in english["explain"])
    refused = run("timeline", str(EXAMPLE), "--language", "xx")
    assert refused.status == 2
    assert "language : « xx » n'est pas une langue servie" in refused.err


def test_json_is_utf8_whatever_the_terminal() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    ran = command("timeline", str(EXAMPLE), env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "préfecture" in json.loads(ran.stdout.decode("utf-8"))["gaps"][0]["why"]


def test_a_broken_law_is_said_in_a_sentence(tmp_path: Path) -> None:
    ran = command("timeline", str(EXAMPLE), env={**os.environ, "DROITFIL_LAW": str(tmp_path)})
    assert ran.returncode == 1
    assert "Les fichiers du droit ne peuvent pas être lus." in ran.stderr.decode()
    assert TRACEBACK not in ran.stderr.decode()


def test_answers_without_django() -> None:
    code = (
        "import sys; from droitfil.cli.main import main; "
        f"main(['timeline', {str(EXAMPLE)!r}]); main(['law', 'uncertain']); "
        "sys.exit(3 if {'django', 'ninja', 'psycopg'} & set(sys.modules) else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)
    assert ran.returncode == 0
