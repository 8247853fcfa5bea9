"""``droitfil proof``: the proof of continuity of a date, as it was kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from droitfil.cli.database import open_database
from droitfil.cli.dates import read_date
from droitfil.cli.parser import Parser
from droitfil.cli.verify_words import TOTALS

EPILOG = """Avec --json, le document gardé et sa signature, à l'octet près :
« droitfil verify FICHIER --offline --trust LISTE » dit s'il est bien celui de cette nuit.
La preuve est faite et signée par la nuit de sa date ; rien ne la change ensuite."""


def main(arguments: Sequence[str]) -> int:
    """Shows the proof of ``--date`` (today by default); 1 when none was made or it was altered."""
    parser = Parser("droitfil proof", "Montre la preuve de continuité d'une date.", EPILOG)
    parser.add_argument("--date", metavar="AAAA-MM-JJ", help="la date (sinon, aujourd'hui)")
    parser.add_argument("--json", action="store_true", help="écrit le document tel qu'il est gardé")
    asked = parser.parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.cases.continuity.proof import is_intact, whole_file
    from droitfil.cases.models import Proof
    from droitfil.lib import clock

    day = read_date(parser, asked.date, clock.today())
    kept = Proof.objects.select_related("certificate").filter(date=day).first()
    if kept is None:
        print(
            f"Aucune preuve n'a été faite pour le {day:%d/%m/%Y} : la nuit de cette date "
            "n'a pas eu lieu ou n'est pas finie.",
            file=sys.stderr,
        )
        return 1
    if asked.json:
        sys.stdout.write(whole_file(kept))
    else:
        _show(json.loads(kept.document), bytes(kept.hash).hex(), kept.certificate)
    if not is_intact(kept):
        print("Ce texte n'est plus celui qui a été gardé.", file=sys.stderr)
        return 1
    return 0


def _show(document: dict[str, Any], digest: str, certificate: object) -> None:
    totals = document["totals"]
    print(f"Preuve de continuité du {document['date']}, faite le {document['made_at']}")
    print(f"\n{document['definition']}\n")
    for name, label in TOTALS.items():
        print(f"{label:<24}{totals[name]:>12}")
    for row in document["not_covered"]:
        print(f"✗ {row['reference']} depuis le {row['since']} ({row['rule']}, {row['remedy']})")
    for row in document["undecided"]:
        print(f"? {row['reference']} : {row['why']}")
    compared = document["reconciliation"]
    print(f"\nRapprochement : {compared['papers']} papiers de {compared['cases']} dossiers.")
    for row in compared["findings"]:
        print(f"✗ {row['reference']} {row['what']} {row['kind']} {row['from']} → {row['to']}")
    print(f"\nEmpreinte : {digest}")
    print(f"Journal : {document['journal'] or 'rien de scellé'}")
    if certificate is None:
        print("Il date d'avant les signatures : l'empreinte et la tête du journal le gardent.")
    else:
        print(f"Signature : certificat {certificate}")
