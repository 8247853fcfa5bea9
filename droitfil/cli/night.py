"""``droitfil night``: does what is due by a date, and shows how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from droitfil.cli.database import open_database
from droitfil.cli.dates import read_date
from droitfil.cli.parser import Parser

EPILOG = """Lancée deux fois, ou tuée puis relancée, la nuit ne fait rien deux fois : elle reprend
ce qui reste dû, dates manquées comprises. Statut 1 si une autre nuit est en cours."""
#: phase -> what it says when it is over; the counts are those of ``Night.phases``.
SAYS = {
    "papers": "papiers",
    "ended": "papiers qui ne valent plus",
    "begun": "situations relues",
    "complements": "demandes de pièces",
    "reminders": "rappels",
    "alerts": "alertes",
    "reconciliation": "rapprochement",
    "journal": "journal scellé",
}
#: What each phase counts, in words.
COUNTS = {
    "papers": "papiers", "by_kernel": "dont un par un", "notices": "messages",
    "left": "sans leur papier", "count": "en tout", "reminded": "rappelées",
    "lapsed": "sans réponse à temps", "looked_at": "examinés", "told": "écrits",
    "opened": "ouvertes", "closed": "fermées", "open": "restent ouvertes", "cases": "dossiers",
    "findings": "différences", "blocks": "blocs", "entries": "lignes",
}  # fmt: skip
#: Seconds between two lines of progress of one phase.
PACE = 2.0


def main(arguments: Sequence[str]) -> int:
    """Runs the night of ``--date`` (today by default); 1 when it could not."""
    parser = Parser("droitfil night", "Fait le travail de la nuit d'une date.", EPILOG)
    parser.add_argument("--date", metavar="AAAA-MM-JJ", help="la date (sinon, aujourd'hui)")
    asked = parser.parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.cases.continuity.night import run_night
    from droitfil.lib import clock
    from droitfil.lib.refusals import Conflict, Refusal

    day = read_date(parser, asked.date, clock.today())
    try:
        night = run_night(day, progress=_Progress())
    except (Conflict, Refusal) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    for phase, says in SAYS.items():
        counts = night.phases[phase]
        print(f"✓ {says} : " + ", ".join(f"{COUNTS[name]} {counts[name]}" for name in counts))
    since = "" if night.since == day else f" (rattrape depuis le {night.since:%d/%m/%Y})"
    print(f"Nuit du {day:%d/%m/%Y} finie{since}. La preuve : droitfil proof --date {day}")
    left = night.phases["papers"]["left"]
    if left:
        print(f"Dossiers sans leur papier : {left}. Relancez la nuit.", file=sys.stderr)
    return 1 if left else 0


class _Progress:
    """Says which phase is under way, and how far it is, every few seconds at most."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, phase: str, count: int) -> None:
        now = time.monotonic()
        if count and now - self._said < PACE:
            return
        self._said = now
        if count:
            print(f"  … {count}", file=sys.stderr, flush=True)
        else:
            print(f"▸ {SAYS[phase]}", file=sys.stderr, flush=True)
