"""``droitfil demo``: loads the invented office, once, or erases everything of the demonstration."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from droitfil.demo.scaffold import Ledger

EPILOG = """Les commandes :
  load [--people N]  fait le bureau inventé et ses habitants, puis la nuit du jour ; ne fait rien
                     quand il est déjà là. Au-delà de 5000 personnes, les autres peuplent tous les
                     bureaux de métropole, sauf d'Alsace et de Moselle, écrites d'un bloc pour
                     des mesures, sans leur nuit ; interrompu, il reprend où il en était
  reset              efface tout de la démonstration, et la ramène au vrai jour

Les personnes sont inventées, et faites par les mêmes gestes que les vraies. Elles restent d'un
lancement à l'autre."""
#: Fewer show no longer every state of a case.
FEWEST, MOST = 20, 20_000_000
#: Made by real actions; beyond, a few are, and the rest is written for measures.
ACTED, FEW = 5_000, 20
#: Seconds between two lines of progress.
PACE = 1.0


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask; 1 when it cannot, 2 for what is refused."""
    parser = Parser("droitfil demo", "La démonstration : un bureau inventé.", EPILOG)
    parser.add_argument("command", choices=("load", "reset"), metavar="COMMANDE")
    parser.add_argument("--people", type=int, metavar="N", help="pour load : combien de personnes")
    asked = parser.parse_args(arguments)
    if asked.command == "reset" and asked.people is not None:
        parser.error("--people ne va qu'avec load")
    if asked.people is not None and not FEWEST <= asked.people <= MOST:
        parser.error(f"--people attend un nombre de {FEWEST} à {MOST}")
    if os.environ.get("DROITFIL_ENV", "demo") != "demo":
        print("Ce n'est pas une démonstration : DROITFIL_ENV vaut autre chose.", file=sys.stderr)
        return 2
    from droitfil.lib.postgres import PostgresError

    try:
        return _reset() if asked.command == "reset" else _load(asked.people)
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1


def _load(people: int | None) -> int:
    from droitfil.demo import telephone

    with telephone.network():
        open_database(unfinished=True)
        from droitfil.demo import scaffold
        from droitfil.demo.load import PEOPLE, is_loaded, load
        from droitfil.lib import clock
        from droitfil.notices.jobs import deliver

        began = time.monotonic()
        if (left := scaffold.unfinished()) is not None:
            return _go_on(left, people, began)
        if is_loaded():
            print(f"La démonstration est déjà là. Elle est au {clock.today():%d/%m/%Y}.")
            return 0
        count = people or PEOPLE
        if count > ACTED:
            return _fill(count, began)
        print(f"▸ Un bureau inventé, et {count} personnes (une fois, une minute environ)…")
        load(today=clock.today(), now=clock.now, people=count, progress=_Progress())
        deliver(now=clock.now(), most=10_000)
    seconds = f"{time.monotonic() - began:.0f}"
    print(f"✓ Le bureau et sa première nuit : {seconds} s. Les pages : droitfil serve, puis /demo")
    return 0


def _fill(count: int, began: float) -> int:
    """A small office by real actions, then everyone else by COPY, if the disk has room."""
    from django.db import transaction

    from droitfil.demo import bulk
    from droitfil.demo.load import SEED, make_office
    from droitfil.lib import clock

    needed, free = bulk.bytes_needed(count), bulk.bytes_free()
    says = f"{_grouped(count)} personnes demandent environ {_gigabytes(needed)} de disque"
    if free is None:
        print(f"▸ {says} ; la base est ailleurs, sa place n'est pas connue d'ici.")
    elif free < needed:
        room = f"il y en a {_gigabytes(free)} : libérez-en, ou demandez moins de personnes"
        print(f"{says} ; {room}.", file=sys.stderr)
        return 2
    else:
        print(f"▸ {says} ; il y en a {_gigabytes(free)}.", flush=True)
    today, people = clock.today(), count - FEW - 1
    with transaction.atomic():  # killed here, it leaves nothing
        make_office(today=today, now=clock.now, people=FEW, seed=SEED, progress=lambda *_: None)
        bulk.begin(today=today, people=people, seed=SEED)
    return _written(began)


def _go_on(left: Ledger, people: int | None, began: float) -> int:
    """Finishes a load that was stopped."""
    asked = left.people + FEW + 1
    if people not in (None, asked):
        print(
            f"Un chargement de {_grouped(asked)} personnes s'est arrêté en chemin : finissez-le "
            "par droitfil demo load, ou effacez-le par droitfil demo reset.",
            file=sys.stderr,
        )
        return 2
    done = left.done + FEW + 1
    print(f"▸ Le chargement arrêté à {_grouped(done)} personnes sur {_grouped(asked)} reprend.")
    return _written(began)


def _written(began: float) -> int:
    from droitfil.demo import bulk, scaffold
    from droitfil.lib import clock

    try:
        people = bulk.fill(
            now=clock.now, progress=_Progress(),
            put_up=_Progress("  … {done} clés et index remis sur {everyone}", timed=False),
            hands=bulk.hands(),
        )  # fmt: skip
    except scaffold.Occupied as occupied:
        print(occupied, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nInterrompu : ce qui est écrit le reste. « droitfil demo load » reprend là, "
            "« droitfil demo reset » efface tout.",
            file=sys.stderr,
        )
        return 130
    seconds = f"{time.monotonic() - began:.0f}"
    count = _grouped(people + FEW + 1)
    print(f"✓ {count} personnes dans les bureaux de métropole : {seconds} s.")
    print("  Leur nuit n'a pas eu lieu : droitfil night, puis droitfil proof.")
    return 0


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} Go".replace(".", ",")


def _reset() -> int:
    from django.conf import settings

    from droitfil.lib import clock, postgres

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if settings.PRIVATE_DATABASE is None:
        print(
            "DATABASE_URL donne une base qui n'est pas celle de ce dossier : effacez-la vous-même.",
            file=sys.stderr,
        )
        return 2
    erased = postgres.erase(settings.PRIVATE_DATABASE)
    for folder in (settings.FILES_DIR, settings.MAILBOX_DIR, settings.SIMULATED_DIR):
        shutil.rmtree(folder, ignore_errors=True)
    clock.reset()
    print("Démonstration effacée." if erased else "Il n'y avait rien à effacer.")
    return 0


class _Progress:
    """Says how many are done, how fast and for how long still, every few seconds at most."""

    def __init__(
        self, says: str = "  … {done} personnes sur {everyone}", *, timed: bool = True
    ) -> None:
        self._says, self._timed = says, timed
        self._said = self._began = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, everyone: int) -> None:
        now = time.monotonic()
        if self._first is None:  # what came before the first word was not timed
            self._first, self._began = done, now
        if now - self._said < PACE and done != everyone:
            return
        self._said = now
        says = self._says.format(done=_grouped(done), everyone=_grouped(everyone))
        spent = now - self._began
        if self._timed and self._first < done < everyone and spent:
            rate = (done - self._first) / spent
            left = _lasting((everyone - done) / rate)
            says += f", {_grouped(round(rate))} par seconde, encore {left}"
        print(says, file=sys.stderr, flush=True)


def _lasting(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
