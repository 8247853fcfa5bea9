"""An office at work as processes of their own, to be killed: ``python -m tests.faults.office …``.

``prepare COUNT`` makes its people and says who they are, ``serve PORT`` serves the pages, ``work``
does the rounds, ``check`` says what there is, as JSON. ``serve`` and ``work`` are prepared once and
forked, so that another takes the place of one that was killed at once; each writes its process
group on a line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

#: Seconds between two rounds.
PAUSE = 0.05
#: The piece that each person gives as a file; the others are codes.
FILE = "child_birth_certificate"


def prepare(count: str) -> None:
    from django.core.management import call_command
    from django.db import transaction

    from droitfil.attestations.actions import make_authority
    from droitfil.cases.actions import pieces
    from droitfil.cases.form import form_of
    from tests.cases.writing import AT, DAY, at
    from tests.fuzz.world import asking, resident
    from tests.personas import BY, Personas
    from tests.web.route_world import Browser

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    make_authority(BY, now=AT)
    people = Personas()
    assert people.at_evry
    settled = []
    for rank in range(int(count)):
        with transaction.atomic():
            holder, person, card = resident(rank, people.evry, "91000")
            case = asking(rank, holder, person, card)
            for required in form_of(case, DAY).lacks.pieces:
                code = required.codes[0]
                if code != FILE:
                    pieces.add_code(holder, case, code=code, data="ABCD1234", **at(DAY))
        settled.append({"case": str(case.pk), "session": Browser(holder).key})
    print(json.dumps({"agent": Browser(people.nadia).key, "residents": settled}))


def serve(port: str) -> None:
    """The pages, by granian, whole in each fork."""
    import tests.fuzz.served  # noqa: F401 - once, before the forks

    def served() -> None:
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        Server(
            target="tests.fuzz.served:application", address="127.0.0.1", port=int(port),
            interface=Interfaces.WSGI, workers=1, blocking_threads=4,
            log_level=LogLevels.warning, workers_kill_timeout=2,
        ).serve()  # fmt: skip

    _again_and_again(served)


def work() -> None:
    """The rounds, one after the other: what leaves, what waits for the antivirus, the journal."""
    clock = _moved_clock()
    from droitfil.cases.jobs import tell_refused_files
    from droitfil.files.jobs import scan_waiting
    from droitfil.journal import sealer
    from droitfil.notices.jobs import deliver

    def rounds() -> None:
        while True:
            now = clock()
            deliver(now=now)
            scan_waiting(now)
            tell_refused_files(now=now)
            sealer.seal(now=now)
            time.sleep(PAUSE)

    _again_and_again(rounds)


def _moved_clock() -> Callable[[], datetime]:
    """The instant of these people, which passes as ours."""
    from droitfil.lib import clock
    from tests.cases.writing import AT, DAY

    began = time.monotonic()
    clock.now = lambda: AT + timedelta(seconds=time.monotonic() - began)
    clock.today = lambda: DAY
    return clock.now


def _again_and_again(do: Callable[[], None]) -> None:
    """Does it in a process group of its own, again whenever that one dies; until told to stop."""
    child = 0

    def stop(*_signal: object) -> None:
        if child:
            os.killpg(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.setsid()
            try:
                do()
            finally:
                os._exit(1)
        print(child, flush=True)
        os.waitpid(child, 0)
        time.sleep(PAUSE)


def check() -> None:
    """What there is once everything that waits was done, days later if need be."""
    from droitfil.files.jobs import sweep_orphans

    _finish()
    print(json.dumps({**_facts(), "orphans": sweep_orphans(older_than=timedelta())}))


def _finish() -> None:
    from droitfil.cases.jobs import tell_refused_files
    from droitfil.files.jobs import scan_waiting
    from droitfil.journal import sealer
    from droitfil.notices.jobs import deliver
    from tests.cases.writing import AT

    for hours in range(0, 72, 7):  # the longest wait between two attempts is six hours
        now = AT + timedelta(hours=hours)
        deliver(now=now)
        scan_waiting(now)
        tell_refused_files(now=now)
    sealer.seal(now=now)


def _facts() -> dict[str, Any]:
    from collections import Counter

    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Case, Letter, Paper, Piece
    from droitfil.files.models import Upload
    from droitfil.files.queries import everything_to_scan
    from droitfil.files.vault import KeyMissing, Tampered
    from droitfil.journal.models import Entry
    from droitfil.journal.verification import verify
    from droitfil.notices.channels.email import message_id
    from droitfil.notices.models import Delivery
    from tests.cases.writing import DAY

    def unreadable(upload: Upload) -> bool:
        try:
            return not all(everything_to_scan(upload))
        except (Tampered, KeyMissing):
            return True

    once = ("case.submitted", "case.taken", "case.granted", "paper.issued")
    acts = Counter(Entry.objects.filter(action__in=once).values_list("action", "subject"))
    files = Piece.objects.filter(code=FILE, withdrawn_at=None).values_list("case", flat=True)
    emails = Delivery.objects.filter(channel="email")
    return {
        "states": dict(Counter(Case.objects.values_list("state", flat=True))),
        "papers": Paper.objects.count(),
        "letters": Letter.objects.count(),
        "twice": [f"{act} {subject}" for (act, subject), count in acts.items() if count > 1],
        "acts": dict(Counter(act for act, _subject in acts)),
        "files": len(set(files)),
        "files_twice": len(files) - len(set(files)),
        "uploads": dict(Counter(Upload.objects.values_list("state", flat=True))),
        "unreadable": sum(unreadable(upload) for upload in Upload.objects.all()),
        "emails": sorted(message_id(pk) for pk in emails.values_list("pk", flat=True)),
        "not_sent": list(emails.exclude(state="sent").values_list("state", "error")),
        "journal": verify().intact,
        "findings": [str(finding) for finding in reconcile(DAY).findings],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    commands = {"prepare": prepare, "serve": serve, "work": work, "check": check}
    commands[sys.argv[1]](*sys.argv[2:])
