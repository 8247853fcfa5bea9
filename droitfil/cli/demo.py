"""``droitfil demo``: fills a demonstration, once, erases it, or plays the invented country anew."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from droitfil.demo.country.file import Header
    from droitfil.demo.scaffold import Ledger

#: The day that the country kept with the code stands on (docs/adr/0011).
DAY = date(2026, 11, 23)
#: An option -> the commands that it goes with.
_GO_WITH = {
    "file": ("build",), "seed": ("build",), "date": ("build",), "days": ("build",),
    "people": ("load", "build"),
}  # fmt: skip
_WRITTEN = {"file": "FICHIER"}
EPILOG = """Les commandes :
  load               charge le pays inventé (5000 personnes, une année d'histoire), puis sa nuit ;
                     ne fait rien quand quelqu'un est déjà là. L'instance est alors au jour du pays
  load --people N    plutôt un petit bureau, au vrai jour, fait par les gestes de tous. Au-delà de
                     5000, les autres peuplent tous les bureaux de métropole, sauf d'Alsace et de
                     Moselle, écrites d'un bloc pour des mesures, sans leur nuit ;
                     interrompu, le chargement reprend où il en était
  reset              efface tout de la démonstration, et la ramène au vrai jour
  build FICHIER      rejoue l'année du pays dans une base à part, et garde ce qu'il en reste dans
                     FICHIER : mêmes --people, --seed et --date, mêmes octets. C'est long

Les personnes sont inventées, et faites par les mêmes gestes que les vraies. Elles restent d'un
lancement à l'autre."""
#: Fewer show no longer every state of a case.
FEWEST, MOST = 20, 20_000_000
#: A life begins after the first day, and before the last.
FEWEST_DAYS = 3
#: Made by real actions; beyond, a few are, and the rest is written for measures.
ACTED, FEW = 5_000, 20
#: Seconds between two lines of progress.
PACE = 1.0


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask; 1 when it cannot, 2 for what is refused."""
    parser = Parser("droitfil demo", "La démonstration : un pays inventé.", EPILOG)
    parser.add_argument("command", choices=("load", "reset", "build"), metavar="COMMANDE")
    parser.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help="pour build")
    parser.add_argument("--people", type=int, metavar="N", help="combien de personnes")
    parser.add_argument("--seed", type=int, metavar="S", help="pour build : la graine du hasard")
    parser.add_argument("--date", metavar="D", help="pour build : le jour où le pays en est")
    parser.add_argument("--days", type=int, metavar="J", help="pour build : de combien de jours")
    asked = parser.parse_args(arguments)
    for name, commands in _GO_WITH.items():
        if getattr(asked, name) is not None and asked.command not in commands:
            parser.error(f"{_WRITTEN.get(name, f'--{name}')} ne va qu'avec {' ou '.join(commands)}")
    if asked.command == "build" and asked.file is None:
        parser.error("donnez le fichier à écrire : droitfil demo build FICHIER")
    if asked.file is not None and not asked.file.parent.is_dir():
        parser.error(f"{asked.file.parent} n'est pas un dossier")
    if asked.days is not None and asked.days < FEWEST_DAYS:
        parser.error(f"--days attend un nombre de jours, {FEWEST_DAYS} au moins")
    if asked.people is not None and not FEWEST <= asked.people <= MOST:
        parser.error(f"--people attend un nombre de {FEWEST} à {MOST}")
    if os.environ.get("DROITFIL_ENV", "demo") != "demo":
        print("Ce n'est pas une démonstration : DROITFIL_ENV vaut autre chose.", file=sys.stderr)
        return 2
    from droitfil.lib.postgres import PostgresError

    try:
        if asked.command == "build":
            return _build(asked, _day(parser, asked.date))
        return _reset() if asked.command == "reset" else _load(asked.people)
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1


def _load(people: int | None) -> int:
    from droitfil.demo import telephone

    with telephone.network():
        open_database(unfinished=True)
        from droitfil.demo import scaffold
        from droitfil.demo.load import is_loaded, load
        from droitfil.lib import clock
        from droitfil.notices.jobs import deliver

        began = time.monotonic()
        if (left := scaffold.unfinished()) is not None:
            return _go_on(left, people, began)
        if is_loaded():
            print(f"La démonstration est déjà là. Elle est au {clock.today():%d/%m/%Y}.")
            return 0
        if people is None:
            return _load_country(began)
        if people > ACTED:
            return _fill(people, began)
        print(f"▸ Un bureau inventé, et {people} personnes (une fois, une minute environ)…")
        load(today=clock.today(), now=clock.now, people=people, progress=_Progress())
        deliver(now=clock.now(), most=10_000)
    seconds = f"{time.monotonic() - began:.0f}"
    print(f"✓ Le bureau et sa première nuit : {seconds} s. Les pages : droitfil serve, puis /demo")
    return 0


def _load_country(began: float) -> int:
    """The country as it was built, then the night of its day, run here."""
    from droitfil.cli import night
    from droitfil.demo.country.file import Unreadable
    from droitfil.demo.country.load import bring
    from droitfil.lib import clock
    from droitfil.notices.jobs import deliver

    print("▸ Le pays inventé : ses habitants, et une année d'histoire (une fois)…", flush=True)
    try:
        said = bring(progress=_Progress("  … {done} lignes sur {everyone}"))
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1
    print(f"▸ Sa nuit, celle du {said.day:%d/%m/%Y} (droitfil night)", flush=True)
    if (status := night.main([])) != 0:
        return status
    deliver(now=clock.now(), most=10_000)
    seconds = f"{time.monotonic() - began:.0f}"
    acts = _grouped(sum(said.actions.values()))
    print(f"✓ {_grouped(said.people)} personnes, {acts} actes en {said.days} jours : {seconds} s.")
    print(f"  Nous y sommes le {said.day:%d/%m/%Y}. Les pages : droitfil serve, puis /demo")
    return 0


def _build(asked: argparse.Namespace, day: date) -> int:
    """Plays the country in a database and with keys of its own, forgotten afterwards."""
    from droitfil.lib import postgres

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="droitfil-pays-") as folder:
        home = Path(folder)
        for name in ("keys", "files"):
            (home / name).mkdir(mode=0o700)
            os.environ[f"DROITFIL_{name.upper()}"] = str(home / name)
        os.environ.pop("DROITFIL_SMS", None)
        held = postgres.hold(home / "postgres", durable=False)
        try:
            os.environ["DATABASE_URL"] = held.url
            open_database(quiet=True)
            said = _shot(asked, day)
        finally:
            held.release()
            postgres.erase(home / "postgres")
    for action, count in said.actions.items():
        print(f"  {count:>8}  {action}")
    print(f"✓ {asked.file} : {asked.file.stat().st_size / 1e6:.2f} Mo, {said.people} personnes, "
          f"{sum(said.actions.values())} actes, {time.monotonic() - began:.0f} s")  # fmt: skip
    return 0


def _shot(asked: argparse.Namespace, day: date) -> Header:
    from django.conf import settings
    from django.db import connection, connections

    from droitfil.demo.country import file
    from droitfil.demo.country.film import YEAR, shoot
    from droitfil.demo.load import SEED

    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # to nobody
    with connection.cursor() as cursor:
        # What PostgreSQL learns of its tables, and when, must not depend on the machine.
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")
    told = _Progress("  … {done} jours sur {everyone}")
    days = asked.days or YEAR
    film = shoot(
        day=day, people=asked.people or ACTED, seed=SEED if asked.seed is None else asked.seed,
        days=days, progress=lambda at: told(days - (day - at).days + 1, days),
    )  # fmt: skip
    for refusal in film.refused:
        print(f"  refusé : {refusal}", file=sys.stderr)
    said = file.write(asked.file, film)
    connections.close_all()
    for opened in connections.all(initialized_only=True):
        opened.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one
    return said


def _day(parser: Parser, written: str | None) -> date:
    try:
        return DAY if written is None else date.fromisoformat(written)
    except ValueError:
        parser.error(f"--date attend un jour écrit AAAA-MM-JJ, pas « {written} »")


def _fill(count: int, began: float) -> int:
    """A small office by real actions, then everyone else by COPY, if the disk has room."""
    from django.db import transaction

    from droitfil.demo import bulk
    from droitfil.demo.load import SEED, make_office
    from droitfil.lib import clock
    from droitfil.people.models import Person

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
    today = clock.today()
    with transaction.atomic():  # killed here, it leaves nothing
        make_office(today=today, now=clock.now, people=FEW, seed=SEED, progress=lambda *_: None)
        bulk.begin(today=today, people=count - Person.objects.count(), seed=SEED)
    return _written(began)


def _go_on(left: Ledger, people: int | None, began: float) -> int:
    """Finishes a load that was stopped."""
    from droitfil.people.models import Person

    done = Person.objects.count()
    asked = left.people + done - left.done
    if people not in (None, asked):
        print(
            f"Un chargement de {_grouped(asked)} personnes s'est arrêté en chemin : finissez-le "
            "par droitfil demo load, ou effacez-le par droitfil demo reset.",
            file=sys.stderr,
        )
        return 2
    print(f"▸ Le chargement arrêté à {_grouped(done)} personnes sur {_grouped(asked)} reprend.")
    return _written(began)


def _written(began: float) -> int:
    from droitfil.demo import bulk, scaffold
    from droitfil.lib import clock
    from droitfil.people.models import Person

    try:
        bulk.fill(
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
    count = _grouped(Person.objects.count())
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
