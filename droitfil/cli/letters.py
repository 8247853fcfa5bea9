"""``droitfil letters``: one PDF to print of those that wait, its hand-over, and what comes back."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from droitfil.notices.models import Batch
    from droitfil.people.models import Account
    from droitfil.territory.models import Office

EPILOG = """Les commandes :
  batch FICHIER.pdf [--office BUREAU]
              fait un lot des lettres qui attendent, écrit le PDF à imprimer et, à côté, la liste
              des références (FICHIER.csv) ; un lot interrompu est repris d'abord
  reprint LOT FICHIER.pdf
              le même lot encore : chaque lettre dit qu'elle est une réimpression
  posted LOT --by ADRESSE [--date AAAA-MM-JJ]
              cet agent l'a remis à la poste, ce jour-là (sinon aujourd'hui)
  returned RÉFÉRENCE --reason RAISON [--by ADRESSE]
              la lettre est revenue : unknown (n'habite pas à l'adresse), refused (refusée),
              unclaimed (non réclamée)
  list        les lots, et combien de lettres attendent"""
#: Who acts, in the journal.
BY = "system:command"
FAILED, REFUSED = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask; 1 when the database cannot be had, 2 for what is refused."""
    asked = _read(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return FAILED
    from droitfil.lib.refusals import Refused

    does = {
        "batch": _batch, "reprint": _reprint, "posted": _posted, "returned": _returned,
        "list": _list,
    }  # fmt: skip
    try:
        return does[asked.command](asked)
    except Refused as refused:
        print(refused.says, file=sys.stderr)
        return REFUSED
    except OSError as error:
        # What a full disk refuses names no file.
        name = error.filename or " ".join(asked.what[-1:])
        print(f"« {name} » ne s'écrit pas : {error.strerror}.", file=sys.stderr)
        return REFUSED


def _read(arguments: Sequence[str]) -> Namespace:
    parser = Parser("droitfil letters", "Les lettres par la poste.", EPILOG)
    parser.add_argument(
        "command", choices=("batch", "reprint", "posted", "returned", "list"), metavar="COMMANDE"
    )
    parser.add_argument("what", nargs="*", metavar="QUOI")
    parser.add_argument("--office", metavar="BUREAU", help="pour batch : 91-evry…")
    parser.add_argument("--by", metavar="ADRESSE", help="l'agent, par son adresse électronique")
    parser.add_argument(
        "--reason", choices=("unknown", "refused", "unclaimed"), help="pour returned"
    )
    parser.add_argument("--date", type=_day, metavar="AAAA-MM-JJ", help="pour posted")
    asked = parser.parse_args(arguments)
    wanted = {"batch": 1, "reprint": 2, "posted": 1, "returned": 1, "list": 0}[asked.command]
    if len(asked.what) != wanted:
        parser.error(f"{asked.command} : voyez « droitfil letters --help »")
    if asked.command in ("reprint", "posted") and not asked.what[0].isdecimal():
        parser.error(f"« {asked.what[0]} » n'est pas le numéro d'un lot ; voyez letters list")
    if asked.command == "posted" and not asked.by:
        parser.error("posted attend --by : qui l'a remis à la poste, par son adresse")
    if asked.command == "returned" and not asked.reason:
        parser.error("returned attend --reason unknown, refused ou unclaimed")
    return asked


def _batch(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.notices.letters import actions
    from droitfil.notices.models import Batch

    office = _office(asked.office)
    _must_be_free(Path(asked.what[0]))
    # Gathered, and never printed: its command was killed.
    batch = Batch.objects.filter(printed_at__isnull=True, office=office).order_by("pk").first()
    if batch is not None:
        print(f"Lot {batch.pk}, interrompu avant d'être imprimé : repris.")
    else:
        batch = actions.gather(BY, office=office, now=clock.now(), today=clock.today())
    return _write(batch, Path(asked.what[0]), reprint=False)


def _reprint(asked: Namespace) -> int:
    _must_be_free(Path(asked.what[1]))
    return _write(_found(asked.what[0]), Path(asked.what[1]), reprint=True)


def _write(batch: Batch, path: Path, *, reprint: bool) -> int:
    """The PDF under another name, then what is noted of it, then its own name: whenever it is
    killed, what has a name was noted, and what comes out again is called a reprint."""
    from droitfil.lib import clock
    from droitfil.notices.letters import actions
    from droitfil.notices.letters.drawing import draw, manifest_of

    def progress(done: int, count: int) -> None:
        print(f"  lettres préparées : {done} / {count}", flush=True)
        if done == count:
            print("  mise en page…", flush=True)

    drawn = draw(batch, reprint=reprint, progress=progress)
    fresh = path.with_name(f".{path.name}.part")
    try:
        with fresh.open("wb") as file:
            file.write(drawn.pdf)
            file.flush()
            os.fsync(file.fileno())
        actions.note_printed(
            BY, batch, drawn, reprint=reprint, now=clock.now(), today=clock.today()
        )
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    path.with_suffix(".csv").write_text(manifest_of(batch), encoding="utf-8")
    said = "réimpression" if reprint else "à imprimer en recto verso"
    print(f"Lot {batch.pk} : {batch.letters} lettres, {drawn.pages} pages, {said} : {path}")
    return 0


def _posted(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.notices.letters import actions

    today = clock.today()
    batch = actions.note_posted(
        _account(asked.by), _found(asked.what[0]), posted_on=asked.date or today,
        now=clock.now(), today=today,
    )  # fmt: skip
    print(f"Lot {batch.pk} : remis à la poste le {batch.posted_on:%d/%m/%Y}.")
    return 0


def _returned(asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.notices.letters import actions
    from droitfil.notices.letters.references import written
    from droitfil.notices.models import Envelope

    letter = actions.note_returned(
        _account(asked.by) if asked.by else BY, asked.what[0],
        reason=Envelope.Reason(asked.reason), now=clock.now(), today=clock.today(),
    )  # fmt: skip
    print(f"Lettre {written(letter.reference)} : revenue, {letter.get_reason_display()}.")
    return 0


def _list(_asked: Namespace) -> int:
    from droitfil.lib import clock
    from droitfil.notices.letters.queries import batches, to_post

    print(f"Lettres qui attendent : {to_post(None, clock.today()).count()}")
    for batch in batches(None)[:50]:
        state = "à imprimer"
        if batch.printed_at is not None:
            state = "imprimé, à remettre à la poste"
        if batch.posted_on is not None:
            state = f"remis à la poste le {batch.posted_on:%d/%m/%Y}"
        print(f"  {batch.pk:>6}  {batch.letters:>6} lettres  {batch.office_id or '-':<20} {state}")
    return 0


def _must_be_free(path: Path) -> None:
    """:raises Refusal: something has that name: it may be the only copy of another batch."""
    from droitfil.lib.refusals import Refusal

    if path.suffix.lower() != ".pdf":
        raise Refusal(f"« {path} » : donnez un nom de fichier qui finit par .pdf.")
    if path.exists() or path.with_suffix(".csv").exists():
        raise Refusal(f"« {path} » (ou sa liste .csv) existe déjà : donnez un autre nom.")


def _found(number: str) -> Batch:
    from droitfil.lib.refusals import Refusal
    from droitfil.notices.models import Batch

    batch = Batch.objects.select_related("office").filter(pk=int(number[:18])).first()
    if batch is None:
        raise Refusal(f"Aucun lot n'a le numéro {number[:18]} ; voyez « droitfil letters list ».")
    return batch


def _office(asked: str | None) -> Office | None:
    from droitfil.lib.refusals import Refusal
    from droitfil.territory.models import Office

    if not asked:
        return None
    office = Office.objects.filter(pk=asked).first()
    if office is None:
        raise Refusal(f"Aucun bureau ne s'appelle « {asked[:60]} » : 91-evry, 69-lyon…")
    return office


def _account(email: str) -> Account:
    from droitfil.lib.refusals import Refusal
    from droitfil.people.models import Account

    found = Account.objects.filter(email=email.strip().lower(), staff__isnull=False).first()
    if found is None:
        raise Refusal(f"Personne n'est agent sous l'adresse « {email[:100]} ».")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"« {text} » n'est pas une date ; écrivez 2026-03-31") from None
