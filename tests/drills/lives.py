"""Lives led on a database of a drill, in processes of their own: ``python -m … COMMAND``.

``prepare COUNT`` makes an office and its people by real actions, and a piece of one of them, whose
bytes ``piece ID`` writes. ``agent`` opens a session of an agent and writes its cookie; ``paper``
writes a paper that holds, ``revoke ID`` ends it. ``act NUMBER DAY`` files and decides until it is
killed, and writes each thing once the database has acknowledged it; ``check`` reads that again, and
says what is missing or wrong. ``drafts COUNT`` makes requests ready to be filed, with the sessions
of their people; ``filed`` reads the cases that were, and says what is missing or wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

#: A request that is filed, examined and granted; each step is a thing acknowledged.
STEPS = ((3, "take"), (9, "grant"))


def prepare(count: str) -> None:
    """Staff, a few people, the night of the day; a piece in quarantine, whose id is written."""
    from django.core.management import call_command

    from droitfil.demo.load import load
    from droitfil.files.actions import receive
    from droitfil.journal.sealer import seal
    from tests.files.samples import jpeg

    call_command("migrate", interactive=False, verbosity=0)
    load(today=timezone.localdate(), now=timezone.now, people=int(count))
    piece = receive(
        "system:tests", content=jpeg((320, 240)), declared_name="bail.jpg", now=timezone.now()
    )
    seal(now=timezone.now())
    print(piece.pk)


def piece(pk: str) -> None:
    """The bytes of a piece, as they were received."""
    from droitfil.files.models import Upload
    from droitfil.files.queries import read_original

    sys.stdout.buffer.write(read_original(Upload.objects.get(pk=pk)))


def agent() -> None:
    """The cookie of an agent's session."""
    from droitfil.demo.cast import AGENT
    from droitfil.people.models import Account

    print(_signs_in()(Account.objects.get(email=AGENT)))


def _signs_in() -> Callable[[Any], str]:
    """What opens a session, wherever it stands in the checkout that is asked."""
    try:
        from bench.clients import signed_in
    except ImportError:
        from bench.worklists import _signed_in as signed_in
    return signed_in


def paper() -> None:
    """The identifier and the code of a paper issued now, of a person invented for it."""
    from tests.attestations.papers import order
    from tests.attestations.showing import code_of, issued

    today = timezone.localdate()
    made = issued(order(valid_from=today, valid_to=today + timedelta(60)), now=timezone.now())
    print(json.dumps({"id": str(made.id), "code": code_of(made)}))


def revoke(pk: str) -> None:
    """Ends a paper."""
    from droitfil.attestations.actions import revoke as end
    from droitfil.attestations.models import Reason

    assert end("system:tests", [UUID(pk)], now=timezone.now(), reason=Reason.values[0])


def act(number: str, day: str) -> None:
    """Requests filed and granted without end; each entry of the journal is told once it is kept."""
    from django.db import DatabaseError, InterfaceError, connection

    from droitfil.demo.stories import ONLINE, Fate, Stage, request
    from droitfil.people.models import Account, Staff

    today = date.fromisoformat(day)
    examiners = Staff.objects.filter(role=Staff.Role.AGENT).select_related("account")
    staff: dict[str, Account] = {one.account.email: one.account for one in examiners}
    stage = Stage(today, staff, Random(int(number)), number=int(number) * 1_000_000)
    begun = today - timedelta(days=20)
    fate = Fate("granted", STEPS, 10)
    while True:
        story = request(stage, ONLINE, begun + timedelta(days=90), begun, fate)
        told: set[int] = set()
        try:
            for _ in story:
                _tell(f"99{stage.number:08d}", told)
            _tell(f"99{stage.number:08d}", told)
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.1)


def _tell(foreigner_number: str, told: set[int]) -> None:
    """Writes the entries about someone that were not told yet: the database has them for good."""
    from droitfil.cases.models import Case
    from droitfil.journal.models import Entry

    cases = list(Case.objects.filter(person__foreigner_number=foreigner_number).values_list("pk"))
    entries = Entry.objects.filter(case__in=[pk for (pk,) in cases]).exclude(pk__in=told)
    for entry in entries.order_by("pk"):
        told.add(entry.pk)
        said = {"entry": entry.pk, "digest": bytes(entry.digest).hex(), "action": entry.action}
        print(json.dumps({**said, "case": str(entry.case), "at": time.time()}), flush=True)


def drafts(count: str) -> None:
    """Requests ready to be filed online, the cookie of each person, the key of each filing."""
    from droitfil.cases.actions import filing
    from droitfil.demo import stories
    from droitfil.demo.cast import APPLICANT
    from droitfil.people.models import Person

    try:
        from droitfil.demo import answers as kept
    except ImportError:  # the checkout that is upgraded, where they stood elsewhere
        kept = stories
    signed_in = _signs_in()
    today = timezone.localdate()
    stage = stories.Stage(today, {}, Random(1), number=90_000_000)
    begins, expires = today - timedelta(days=600), today + timedelta(days=90)
    for number in range(int(count)):
        facts = stage.someone(begins)
        person = stories.register(facts, begins)
        card = stories.card_of(
            person, stories.title_of(stories.ONLINE), f"FRX{number:07d}", begins, expires
        )
        account = stories.open_account(person, f"x{number}.{APPLICANT}", card, begins)
        person = Person.objects.get(pk=person.pk)
        moment = stories.moment(today)
        case = filing.start_draft(account, person, procedure=stories.ONLINE, held=card, **moment)
        child = {"child_name": f"Lina {person.family_name}"}
        answers = {**kept.ANSWERS[stories.ONLINE], **child}
        filing.save_answers(account, case, answers=answers, **moment)
        case.refresh_from_db()
        stories.give(account, case, today)
        said = {"case": str(case.pk), "cookie": signed_in(account), "key": str(uuid4())}
        print(json.dumps(said))


def filed() -> None:
    """Cases (a JSON list, on the standard input) that were acknowledged as filed."""
    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Case
    from droitfil.journal.models import Entry
    from droitfil.journal.sealer import seal
    from droitfil.journal.verification import verify

    told = json.loads(sys.stdin.read())
    kept = Case.objects.filter(pk__in=told, filed_on__isnull=False, state="submitted").count()
    lines = Entry.objects.filter(action="case.submitted", case__in=told).values_list("case")
    seal(now=timezone.now())
    report = verify()
    print(
        json.dumps(
            {
                "lost": len(told) - min(kept, len(set(lines))),
                "twice": len(lines) - len(set(lines)),
                "journal": report.intact,
                "entries": report.entries,
                "findings": [str(one) for one in reconcile(timezone.localdate()).findings],
            }
        )
    )


def check() -> None:
    """What was acknowledged (lines of ``act``, on the standard input) against what is there."""

    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Case, Paper
    from droitfil.journal.models import Entry
    from droitfil.journal.sealer import seal
    from droitfil.journal.verification import verify

    told: list[dict[str, Any]] = [json.loads(line) for line in sys.stdin if line.strip()]
    kept = {
        pk: bytes(digest).hex()
        for pk, digest in Entry.objects.filter(pk__in=[one["entry"] for one in told]).values_list(
            "pk", "digest"
        )
    }
    cases = {one["case"] for one in told}
    states = dict(Case.objects.filter(pk__in=cases).values_list("pk", "state"))
    granted = {one["case"] for one in told if one["action"] == "case.granted"}
    seal(now=timezone.now())
    report = verify()
    submitted = Entry.objects.filter(action="case.submitted", case__in=cases)
    twice = len(submitted) - len(set(submitted.values_list("case", flat=True)))
    print(
        json.dumps(
            {
                "acknowledged": len(told),
                "cases": len(cases),
                "granted": len(granted),
                "lost": sum(kept.get(one["entry"]) != one["digest"] for one in told),
                "cases_lost": len(cases) - len(states),
                "filed_twice": twice,
                "granted_without_paper": sum(
                    not Paper.objects.filter(case=case).exists() for case in granted
                ),
                "journal": report.intact,
                "entries": report.entries,
                "findings": [str(one) for one in reconcile(timezone.localdate()).findings],
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    commands = (prepare, piece, agent, paper, revoke, drafts, filed, act, check)
    {command.__name__: command for command in commands}[sys.argv[1]](*sys.argv[2:])
