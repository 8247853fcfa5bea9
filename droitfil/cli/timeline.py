"""``droitfil timeline``: answers the questions of a file, of standard input, as JSON or to read."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from droitfil.cli.main import FAILED, REFUSED
from droitfil.cli.parser import Parser
from droitfil.lawbook import LawError, load_law
from droitfil.lawbook.answering import answer_text, as_json
from droitfil.lawbook.reading import Unreadable, read_documents
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused

#: A file larger than this, in bytes, is not one of questions: refused before it is read whole.
MOST_BYTES = 4 * 1024 * 1024
_EXAMPLE = """\
exemple :
  droitfil timeline docs/examples/contrat.yaml --format text

Une question refusée ne reçoit aucune réponse : chaque champ à corriger est nommé, et la commande
rend 2. Un fichier de plusieurs documents (séparés par ---) donne une réponse JSON par ligne.
"""


class NoText(Exception):
    """Nothing to read: the text is a French sentence that says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers every question of a file: 0 answered, 1 broken law files, 2 refused."""
    asked = _parser().parse_args(arguments)
    try:
        text = read_text(asked.file)
        law = load_law()
        answers = answer_text(text, law, language=asked.language, most_bytes=MOST_BYTES)
    except (NoText, Unreadable, Refused) as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    except LawError as error:
        print(f"Les fichiers du droit ne peuvent pas être lus. {error}", file=sys.stderr)
        return FAILED
    if asked.format == "text":
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        sys.stdout.write(_pages(text, answers, law, asked.language))
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(_json(answers))
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="droitfil timeline",
        description="Qui peut faire quoi, quel jour, sur la foi de quel papier ; ce qui doit être "
        "fait,\npar qui, et quand. La question est un fichier YAML ou JSON.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "file", metavar="FICHIER", help="la question (YAML ou JSON) ; - pour l'entrée standard"
    )
    parser.add_argument(
        "--format",
        choices=("json", "text"),
        default="json",
        help="json (par défaut), ou text pour lire dans un terminal",
    )
    parser.add_argument(
        "--language", metavar="xx", help="langue de la réponse (fr, en), quoi que dise la question"
    )
    return parser


def read_text(name: str) -> str:
    """The text of the file ``name``, of standard input for ``-``.

    Raises :class:`NoText` for what is missing, closed to us, not a file, too large or not UTF-8.
    """
    shown = "L'entrée standard" if name == "-" else f"« {name} »"
    try:
        found = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else _bytes(Path(name))
    except FileNotFoundError:
        raise NoText(f"{shown} n'existe pas ; vérifiez le nom du fichier.") from None
    except PermissionError:
        raise NoText(f"{shown} ne peut pas être ouvert ; vérifiez ses droits de lecture.") from None
    except (OSError, ValueError):
        raise NoText(f"{shown} ne peut pas être lu ; donnez un fichier YAML ou JSON.") from None
    if len(found) > MOST_BYTES:
        raise NoText(
            f"{shown} fait plus de {MOST_BYTES // 1024**2} Mo, bien plus qu'une question ; "
            "donnez le fichier YAML ou JSON de la question."
        )
    if b"\0" in found:
        raise NoText(
            f"{shown} n'est pas un texte (une photo, un PDF ?) ; donnez un fichier YAML ou JSON."
        )
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        raise NoText(f"{shown} n'est pas un texte en UTF-8 ; enregistrez-le en UTF-8.") from None


def _bytes(path: Path) -> bytes:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise NoText(f"« {path} » est un dossier ; donnez le nom d'un fichier.")
    # A pipe (« <(…) ») is read as a file; a disk or a terminal is not a question.
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise NoText(f"« {path} » n'est pas un fichier ; donnez un fichier YAML ou JSON.")
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _json(answers: list[dict[str, Any]]) -> str:
    if len(answers) == 1:
        return as_json(answers[0])
    return "".join(f"{json.dumps(answer, ensure_ascii=False)}\n" for answer in answers)


def _pages(text: str, answers: list[dict[str, Any]], law: Law, language: str | None) -> str:
    from droitfil.cli.reading_text import page

    questions = read_documents(text, most_bytes=MOST_BYTES)
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return "\n\n".join(
        page(
            {**question, "language": language or question.get("language")},
            answer,
            law,
            unicode=unicode,
        )
        for question, answer in zip(questions, answers, strict=True)
    )
