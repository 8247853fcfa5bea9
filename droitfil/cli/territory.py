"""``droitfil territory``: loads the map of communes and offices, and asks it."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from argparse import Namespace

EPILOG = """Les commandes :
  load        charge ou met à jour les communes, les codes postaux et les bureaux
  find TEXTE  cherche une commune par son nom ou son code postal, et dit le bureau compétent
  open BUREAU --name NOM --kind GENRE --seat COMMUNE
              ouvre un bureau ; --seat est le code officiel de la commune, 91377 pour Massy
  move ARRONDISSEMENT BUREAU
              ce bureau reçoit désormais l'arrondissement ; les jours passés gardent le leur

--date est le premier jour, pour open et move (sinon aujourd'hui)."""
#: Who acts, in the journal.
BY = "system:command"
#: Communes shown by ``find``.
SHOWN = 10


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of the map; 1 when nothing is found or it cannot be done.

    2 when what is asked of the offices is refused.
    """
    parser = Parser(
        "droitfil territory", "Les communes, les bureaux, et qui est compétent.", EPILOG
    )
    parser.add_argument(
        "--date", type=_day, metavar="AAAA-MM-JJ", help="le jour demandé (sinon aujourd'hui)"
    )
    parser.add_argument("--name", metavar="NOM", help="pour open : le nom du bureau")
    parser.add_argument("--kind", choices=("prefecture", "sub_prefecture"), help="pour open")
    parser.add_argument("--seat", metavar="COMMUNE", help="pour open : où il se tient")
    parser.add_argument("command", choices=("load", "find", "open", "move"), metavar="COMMANDE")
    parser.add_argument("text", nargs="*", metavar="TEXTE", help="ce que la commande demande")
    asked = parser.parse_args(arguments)
    text = " ".join(asked.text)
    about_office = (asked.name, asked.kind, asked.seat)
    if asked.command == "open" and not (len(asked.text) == 1 and all(about_office)):
        parser.error("open attend un identifiant, --name, --kind et --seat")
    if asked.command != "open" and any(about_office):
        parser.error("--name, --kind et --seat ne vont qu'avec open")
    if asked.command == "move" and len(asked.text) != 2:
        parser.error("move attend un arrondissement et un bureau")
    if asked.command == "find" and not text:
        parser.error("find attend le nom d'une commune ou un code postal")
    if asked.command == "load" and (text or asked.date):
        parser.error("load ne prend ni texte ni date")
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.command in ("open", "move"):
        return _change(asked)
    return _load() if asked.command == "load" else _find(text, asked.date)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"« {text} » n'est pas une date ; écrivez 2026-03-31") from None


def _change(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.lib.refusals import Refusal
    from droitfil.people.actions import offices
    from droitfil.territory.models import Office

    now, first_day = clock.now(), asked.date or clock.today()
    try:
        if asked.command == "open":
            office = offices.open_office(
                BY, id=asked.text[0], name=asked.name, kind=Office.Kind(asked.kind),
                seat=asked.seat, active_from=first_day, now=now,
            )  # fmt: skip
        else:
            area, called = asked.text
            office = offices.move_competence(
                BY, arrondissement=area, office=called, from_on=first_day, now=now
            ).office
    except Refusal as refusal:
        print(refusal.says, file=sys.stderr)
        return 2
    done = "ouvert" if asked.command == "open" else f"reçoit l'arrondissement {asked.text[0]}"
    print(f"{office.name} [{office.id}] : {done} à partir du {first_day:%d/%m/%Y}.")
    return 0


def _load() -> int:
    from droitfil.territory.actions import load_reference

    start = time.monotonic()
    loaded = load_reference()
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    communes = f"{loaded.communes:,}".replace(",", "\u202f")
    changed = f"{loaded.changed:,}".replace(",", "\u202f")
    print(
        f"{communes} communes, {loaded.offices} bureaux. "
        + (f"Lignes écrites : {changed}, en {seconds} s." if loaded.changed else "Rien à changer.")
    )
    return 0


def _find(text: str, on: date | None) -> int:
    from droitfil.lib import clock
    from droitfil.territory.models import Commune
    from droitfil.territory.queries import NoOffice, competent_office, search_communes

    if not Commune.objects.filter(is_current=True).exists():
        print("Aucune commune n'est chargée : lancez droitfil territory load.", file=sys.stderr)
        return 1
    found = search_communes(text, limit=SHOWN)
    if not found:
        print(f"Aucune commune ne répond à « {text} ».", file=sys.stderr)
        return 1
    for commune in found:
        codes = commune.postal_codes
        shown = ", ".join(codes[:2]) + (", …" if len(codes) > 2 else "")
        called = f"{commune.name} ({commune.found_as})" if commune.found_as else commune.name
        try:
            office = competent_office(commune.code, on or clock.today())
            said = f"{office.name} [{office.id}]"
        except NoOffice as error:
            said = str(error)
        print(f"{called}, {commune.department_name} ({shown}) : {said}")
    return 0
