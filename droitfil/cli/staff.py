"""``droitfil staff``: names those who work for the State, ends their function, renews their key."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from droitfil.people.models import Staff

EPILOG = """Les commandes :
  add ADRESSE --name NOM --role RÔLE [--office BUREAU] [--department CODE]…
              nomme un agent, et montre une fois la clé de ses codes à six chiffres
  end ADRESSE [--date AAAA-MM-JJ]
              dernier jour de sa fonction (sinon aujourd'hui)
  key ADRESSE une nouvelle clé, quand la sienne est perdue ; l'ancienne ne sert plus
  list        qui est en fonction, où et depuis quand

Les rôles : agent, head (chef de bureau), ministry (ministère), admin (administrateur), support
(centre de contact). Un agent et un chef ont un bureau ; le territoire est son département, sauf
si --department en donne d'autres."""
#: Who acts, in the journal.
BY = "system:command"


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask; 1 when the database cannot be had, 2 for what is refused."""
    parser = Parser("droitfil staff", "Les agents : leur rôle, leur bureau, leur clé.", EPILOG)
    parser.add_argument("command", choices=("add", "end", "key", "list"), metavar="COMMANDE")
    parser.add_argument("email", nargs="?", metavar="ADRESSE", help="son adresse électronique")
    parser.add_argument(
        "--role", choices=("agent", "head", "ministry", "admin", "support"), help="pour add"
    )
    parser.add_argument("--name", metavar="NOM", help="pour add : prénom et nom, entre guillemets")
    parser.add_argument("--office", metavar="BUREAU", help="pour add : 91-evry, 91-palaiseau…")
    parser.add_argument(
        "--department", action="append", default=[], metavar="CODE", help="pour add : 91, 2A…"
    )
    parser.add_argument("--date", type=_day, metavar="AAAA-MM-JJ", help="premier ou dernier jour")
    asked = parser.parse_args(arguments)
    if asked.command == "list" and asked.email:
        parser.error("list ne prend pas d'adresse")
    if asked.command != "list" and not asked.email:
        parser.error(f"{asked.command} attend une adresse électronique")
    if asked.command == "add" and not (asked.role and asked.name):
        parser.error("add attend --name et --role")
    if asked.command != "add" and (asked.name or asked.role or asked.office or asked.department):
        parser.error("--name, --role, --office et --department ne vont qu'avec add")
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.lib.refusals import Refusal

    try:
        return {"add": _add, "end": _end, "key": _key, "list": _list}[asked.command](asked)
    except Refusal as refusal:
        print(refusal.says, file=sys.stderr)
        return 2


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"« {text} » n'est pas une date ; écrivez 2026-03-31") from None


def _add(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.lib.refusals import Refusal
    from droitfil.people.actions import staff
    from droitfil.people.models import Staff
    from droitfil.territory.models import Office

    office = None
    if asked.office:
        office = Office.objects.filter(pk=asked.office).first()
        if office is None:
            raise Refusal(
                f"Le bureau « {asked.office} » n'existe pas. Pour trouver le bon : "
                "droitfil territory find COMMUNE (et droitfil territory load d'abord)."
            )
    named, key = staff.add_staff(
        BY,
        email=asked.email,
        name=asked.name,
        role=Staff.Role(asked.role),
        office=office,
        territory=asked.department,
        active_from=asked.date or clock.today(),
        now=clock.now(),
    )
    where = f", {office.name}" if office else ""
    print(f"{named.account.email} : {named.name}, {named.get_role_display()}{where}.")
    _show(named.account.email, key)
    return 0


def _end(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.people.actions import staff

    last_day = asked.date or clock.today()
    staff.end_staff(BY, _found(asked.email), last_day=last_day, now=clock.now())
    print(f"Dernier jour de sa fonction : {last_day:%d/%m/%Y}.")
    return 0


def _key(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.people.actions import staff

    found = _found(asked.email)
    _show(found.account.email, staff.renew_key(BY, found, now=clock.now()))
    return 0


def _list(_asked: Namespace) -> int:
    from droitfil.people.models import Staff

    found = Staff.objects.select_related("account", "office").order_by("account__email")
    for one in found:
        until = f" jusqu'au {one.active_to:%d/%m/%Y}" if one.active_to else ""
        print(
            f"{one.account.email} : {one.name}, {one.get_role_display()}"
            f"{', ' + one.office.name if one.office else ''}"
            f"{' [' + ' '.join(one.territory) + ']' if one.territory else ''}"
            f", depuis le {one.active_from:%d/%m/%Y}{until}"
        )
    if not found:
        print("Personne n'est en fonction : droitfil staff add …")
    return 0


def _found(email: str) -> Staff:
    from droitfil.lib.refusals import Refusal
    from droitfil.people.models import Staff as Table

    found = Table.objects.select_related("account").filter(account__email=email.lower()).first()
    if found is None:
        raise Refusal(f"Personne n'est en fonction à l'adresse « {email} ».")
    return found


def _show(email: str, key: str) -> None:
    from droitfil.people.actions import staff

    print(
        "La clé de ses codes à six chiffres, montrée cette fois seulement. À remettre en main "
        "propre :"
    )
    print(f"  {key}")
    print(f"  {staff.key_address(email, key)}")
