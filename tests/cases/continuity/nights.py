"""Nights run as processes on a database of their own, to be killed: ``python -m … COMMAND``.

``prepare SEED COUNT DAY`` draws people, ``night DAY`` runs a night and says when it begins,
``check DAY`` says what is wrong, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import date

BATCH = 2


def prepare(seed: str, count: str, day: str) -> None:
    from django.core.management import call_command

    from droitfil.attestations.actions import make_authority
    from droitfil.cases.models import Coverage
    from tests.cases.population import Draw, instant
    from tests.personas import Personas

    call_command("migrate", interactive=False, verbosity=0)
    make_authority("system:tests", now=instant(date.fromisoformat(day)))
    Draw(int(seed), date.fromisoformat(day), Personas()).draw(int(count))
    print(Coverage.objects.count())


def night(day: str) -> None:
    from droitfil.cases.continuity.night import run_night
    from droitfil.lib.refusals import Conflict
    from tests.cases.population import instant

    on = date.fromisoformat(day)
    try:
        run_night(
            on,
            now=lambda: instant(on),
            batch=BATCH,
            progress=lambda *said: print(*said, flush=True),
        )
    except Conflict:
        print("conflict", flush=True)
        return
    print("over", flush=True)


def check(day: str) -> None:
    """Everything owed is there, once, with its line in the journal and its notice."""
    from droitfil.attestations.models import Attestation
    from droitfil.cases.continuity.proof import is_intact, survey
    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Paper, Proof
    from droitfil.journal.models import Entry
    from droitfil.journal.verification import verify
    from droitfil.notices.models import Message
    from droitfil.rules.seal import KINDS

    on = date.fromisoformat(day)
    proof = Proof.objects.filter(date=on).first()
    issued = Counter(Entry.objects.filter(action="paper.issued").values_list("subject", flat=True))
    # Those that the population was drawn with are nobody's act: they were never signed nor told.
    given = Paper.objects.exclude(void_reason="revoked").exclude(case__state="handed_over")
    papers = set(given.values_list("pk", flat=True))
    told = Counter(
        Message.objects.filter(template="paper_issued").values_list("person", "facts__valid_from")
    )
    totals = survey(on).totals
    print(
        json.dumps(
            {
                "papers": len(papers),
                "signed": Attestation.objects.filter(key__startswith="paper:").count(),
                "to_sign": given.filter(kind__in=KINDS).count(),
                "without_line": len(papers - set(issued)),
                "lines_twice": sum(count > 1 for count in issued.values()),
                "lines_without_paper": len(set(issued) - papers),
                "told": len(told),
                "findings": [str(finding) for finding in reconcile(on).findings],
                "not_covered": totals["not_covered"],
                "undecided": totals["undecided"],
                "journal": verify().intact,
                "proof": proof is not None and proof.certificate is not None and is_intact(proof),
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    {"prepare": prepare, "night": night, "check": check}[sys.argv[1]](*sys.argv[2:])
