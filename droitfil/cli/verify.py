"""``droitfil verify``: is this paper genuine, and did it hold, as known on the bundle's day?

A proof of continuity (JSON) is verified as well: is it, to the byte, the one that a night sealed?

Without Django, database or network.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from droitfil.cli.day import today
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from droitfil.attestations.trust import Trust

EPILOG = """Ce qui est montré : un PDF scellé, une photo (JPEG, PNG, WebP, HEIC), le texte d'un
code 2D-Doc, ou une preuve de continuité (JSON) ; « - » : lu sur l'entrée standard.

La liste de confiance se télécharge à /verifier/confiance, ou s'écrit par
« droitfil trust export ».
Statut : 0 authentique et valable ce jour (une preuve : authentique) ; 1 authentique, mais qui
ne vaut pas ce jour ; 2 refusé."""
GENUINE_AND_HOLDS, DOES_NOT_HOLD, REFUSED = 0, 1, 2
#: A file given as a paper is not read beyond this.
MOST_BYTES = 20 * 1024 * 1024


def main(arguments: Sequence[str]) -> int:
    """Verifies what is shown; see :data:`EPILOG` for the status."""
    parser = Parser(
        "droitfil verify", "Vérifie un papier délivré par Droitfil, ou une preuve.", EPILOG
    )
    parser.add_argument("--offline", action="store_true", help="sans réseau ni base (toujours)")
    parser.add_argument(
        "--trust", required=True, metavar="LISTE", help="la liste de confiance, un fichier"
    )
    parser.add_argument(
        "--authority",
        default="",
        metavar="EMPREINTE",
        help="l'empreinte SHA-256 de l'autorité, connue par un autre moyen",
    )
    parser.add_argument(
        "--date", type=_day, metavar="AAAA-MM-JJ", help="le jour demandé (sinon aujourd'hui)"
    )
    parser.add_argument("shown", metavar="FICHIER|TEXTE", help="ce qui est montré")
    asked = parser.parse_args(arguments)
    from droitfil.attestations import pictures, trust
    from droitfil.attestations.offline import verify
    from droitfil.cli.verify_words import lines
    from droitfil.files.cleaner import NotAccepted
    from droitfil.files.sandbox import readable_picture

    try:
        known = trust.read(Path(asked.trust).read_bytes(), authority=asked.authority)
        shown = _shown(asked.shown)
        if shown.startswith(b"{"):
            return _document(shown, known)
        answer = verify(readable_picture(shown, most=MOST_BYTES), known, day=asked.date or today())
    except OSError as error:
        return _refuse(f"« {error.filename or asked.shown} » ne se lit pas.")
    except trust.Untrustworthy as error:
        return _refuse(str(error))
    except (pictures.NotAPicture, pictures.TooLarge, NotAccepted) as error:
        if isinstance(error, pictures.TooLarge) or getattr(error, "code", "") == "pixels":
            return _refuse("Cette image est trop grande : réduisez-la, le code doit rester net.")
        return _refuse("Cette image ne se lit pas : donnez une photo JPEG, PNG, WebP ou HEIC.")
    print("\n".join(lines(answer, known)))
    if not answer.genuine:
        return REFUSED
    return GENUINE_AND_HOLDS if answer.holds else DOES_NOT_HOLD


def _document(shown: bytes, known: Trust) -> int:
    from droitfil.attestations import documents
    from droitfil.cli.verify_words import lines_of_document, refused_document

    try:
        document = documents.verify(shown, known)
    except documents.NotGenuine as error:
        print("\n".join(refused_document(error.flaw, known)))
        return REFUSED
    print("\n".join(lines_of_document(document, known)))
    return GENUINE_AND_HOLDS


def _shown(given: str) -> bytes:
    if given == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    if given.startswith("DC0"):  # a code's own text
        return given.encode()
    with Path(given).open("rb") as file:
        return file.read(MOST_BYTES)


def _refuse(says: str) -> int:
    print(says, file=sys.stderr)
    return REFUSED


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"« {text} » n'est pas une date ; écrivez 2026-03-31") from None
