"""``droitfil journal``: verifies the journal, seals what was written since, says its head."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  verify      relit tout et dit ce qui a changé depuis le scellement (statut 1 si c'est le cas)
  seal        scelle ce qui a été écrit depuis le dernier bloc
  head        écrit la tête, NUMÉRO:EMPREINTE du dernier bloc ; conservée ailleurs, elle prouve"""
#: Findings shown; the rest are counted.
SHOWN = 50


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of the journal; 1 when it is not intact or cannot be read."""
    parser = Parser("droitfil journal", "Le journal : tout ce qui a été fait, scellé.", EPILOG)
    parser.add_argument(
        "--head",
        metavar="NUMÉRO:EMPREINTE",
        help="pour verify : une tête conservée ailleurs, que le journal doit encore contenir",
    )
    parser.add_argument("command", choices=list(ACTIONS), metavar="COMMANDE")
    asked = parser.parse_args(arguments)
    if asked.head and asked.command != "verify":
        parser.error("--head n'a de sens qu'avec verify")
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.journal.queries import Head

    published = None
    if asked.head:
        try:
            published = Head.read(asked.head)
        except ValueError:
            parser.error(
                f"« {asked.head} » n'est pas une tête ; écrivez-la comme « droitfil journal head »"
            )
    return ACTIONS[asked.command](published)


def _verify(published: object) -> int:
    from droitfil.journal.queries import Head
    from droitfil.journal.verification import verify

    assert published is None or isinstance(published, Head)
    report = verify(published=published)
    for finding in report.findings[:SHOWN]:
        print(f"✗ {finding.says}")
    if len(report.findings) > SHOWN:
        print(f"✗ … et {_number(len(report.findings) - SHOWN)} autres.")
    read = f"{_many(report.entries, 'entrée scellée', 'entrées scellées')}"
    read += f" dans {_many(report.blocks, 'bloc', 'blocs')}"
    if report.intact:
        print(f"✓ Journal intact : {read}, rien de changé, rien d'ôté, rien d'ajouté.")
    else:
        found = _many(len(report.findings), "altération trouvée", "altérations trouvées")
        print(f"Journal altéré : {found}, parmi {read}.")
    if report.head is not None:
        print(f"Tête : {report.head}")
    if report.tail_from is not None:
        waiting = _many(report.tail, "entrée n'est", "entrées ne sont")
        print(f"{waiting} pas encore sous scellés, depuis le {_moment(report.tail_from)}.")
    return 0 if report.intact else 1


def _seal(_published: object) -> int:
    from django.utils import timezone

    from droitfil.journal.sealer import seal

    sealed = seal(now=timezone.now())
    if sealed.entries:
        entries = _many(sealed.entries, "entrée scellée", "entrées scellées")
        print(f"{entries} en {_many(sealed.blocks, 'bloc', 'blocs')}.")
    else:
        print("Rien à sceller.")
    return 0


def _head(_published: object) -> int:
    from droitfil.journal.queries import head

    found = head()
    if found is None:
        print("Rien n'est encore scellé.", file=sys.stderr)
        return 1
    print(found)
    return 0


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _many(count: int, one: str, several: str) -> str:
    return f"{_number(count)} {one if count < 2 else several}"


def _moment(at: datetime) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(at):%d/%m/%Y à %H:%M:%S}"


ACTIONS: dict[str, Callable[[object], int]] = {"verify": _verify, "seal": _seal, "head": _head}
