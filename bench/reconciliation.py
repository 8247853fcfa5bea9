"""The reconciliation beside a loop that reads one person after the other through the ORM."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from bench import profiles
from bench.bars import Bar

TIMES_A_LOOP = 300.0
#: People reconciled one query at a time, from whom the whole loop is extrapolated; runs of the
#: whole, of which the quickest counts.
SAMPLE, RUNS = 300, 3
Found = TypeVar("Found")


def bars(eve: date, say: Callable[[str], None]) -> Iterator[Bar]:
    """Speed of the whole beside the loop, extrapolated from a sample; agreement on faults."""
    from django.db import connection

    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.lawbook.sharing import answer_of

    say("le rapprochement de tous les dossiers, et une boucle de requêtes…")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT person_id) FROM case_file WHERE filed_on IS NOT NULL")
        (people,) = cursor.fetchone()
    chosen = _sample(SAMPLE)
    looped, found_by_loop = _timed(lambda: _loop(chosen, eve))
    runs = [_timed(lambda: reconcile(eve)) for _ in range(RUNS)]
    situations = answer_of.cache_info().misses
    times, whole = [seconds for seconds, _ in runs], runs[0][1]
    one = looped / len(chosen)
    details = {
        "people": people, "cases": whole.cases, "papers": whole.papers,
        "situations": situations, "sample": len(chosen),
        "findings": len(whole.findings), "findings_of_loop": len(found_by_loop),
        "seconds": [round(seconds, 2) for seconds in times],
        "loop_milliseconds_a_person": round(one * 1000, 2),
        "loop_seconds_extrapolated": round(one * people),
    }  # fmt: skip
    yield Bar(
        "reconciliation",
        "Rapprochement complet, en fois une boucle de requêtes",
        one * people / min(times),
        "×",
        at_least=TIMES_A_LOOP,
        details=details,
    ).explained(lambda: profiles.of(lambda: reconcile(eve)))
    yield Bar(
        "reconciliation_agrees",
        "… différences avec la boucle, fautes plantées comprises",
        _disagreements(chosen, eve),
        "",
        at_most=0,
    )


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Seconds of ``work`` by a kernel that remembers no answer, as at night, and what it found."""
    from droitfil.lawbook.sharing import answer_of

    answer_of.cache_clear()
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _sample(count: int) -> list[UUID]:
    """People who filed, drawn from all of them, always the same ones of a base."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT person_id, md5(person_id::text) FROM case_file"
            " WHERE filed_on IS NOT NULL ORDER BY 2 LIMIT %s",
            [count],
        )
        return [person for person, _ in cursor.fetchall()]


def _loop(persons: Sequence[UUID], day: date) -> list[object]:
    """What a query for each row finds of ``persons``, model by model."""
    from droitfil.cases.continuity.reading import File, Given, Held, Human, Known
    from droitfil.cases.continuity.reconciliation import of_person
    from droitfil.lawbook.sharing import answer_of
    from droitfil.people.models import Person

    found: list[object] = []
    for id_ in persons:
        answer_of.cache_clear()  # the loop asks the kernel about each
        person = Person.objects.get(pk=id_)
        place = person.commune.department_id if person.commune is not None else None
        human = Human(person.pk, person.born_on, person.nationality, place, person.moved_on)
        held = [
            Held(d.pk, id_, d.kind, d.article, d.valid_from, d.valid_to, d.length, d.validated_on,
                 d.work, d.withdrawn_on)
            for d in person.documents.order_by("valid_from", "id")
        ]  # fmt: skip
        files, papers, asked = [], [], {}
        for case in person.cases.filter(filed_on__isnull=False).order_by("filed_on", "started_at"):
            files.append(File(*(getattr(case, _COLUMNS.get(name, name)) for name in File._fields)))
            papers += [
                Given(p.pk, id_, case.pk, p.kind, p.rank, p.valid_from, p.valid_to, p.void_on)
                for p in case.papers.order_by("valid_from", "kind", "rank")
            ]
            asked[case.pk] = [
                (c.asked_on, c.due_on, c.produced_on)
                for c in case.complements.order_by("asked_on", "id")
            ]
        found += of_person(Known(human, held, files, papers, asked, ()), day)
    answer_of.cache_clear()
    return found


_COLUMNS = {"person": "person_id", "office": "office_id", "held": "held_id"}


def _disagreements(persons: Sequence[UUID], day: date) -> int:
    """Faults planted among ``persons``, told by one and not by the other; then all is put back."""
    from django.db import transaction

    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Case, Paper

    # The small office has no night behind it: what it is owed is told already, and is no fault.
    theirs = set(Case.objects.filter(person__in=persons).values_list("reference", flat=True))
    others = {str(one) for one in reconcile(day).findings if one.reference not in theirs}
    with transaction.atomic():
        dated = Paper.objects.filter(void_on__isnull=True, valid_to__isnull=False)
        papers = list(dated.filter(person__in=persons).order_by("id")[:40])
        for rank, paper in enumerate(papers):
            if rank % 4 == 0:
                paper.delete()
            elif rank % 4 == 1 and paper.valid_to is not None:
                paper.valid_to -= timedelta(days=9)
                paper.save()
            elif rank % 4 == 2:
                paper.valid_from += timedelta(days=5)
                paper.save()
            else:
                far = paper.valid_from + timedelta(days=9_000)
                paper.pk, paper.rank = uuid4(), paper.rank + 90
                paper.valid_from = paper.valid_to = far
                paper.save(force_insert=True)
        one = {str(finding) for finding in _loop(persons, day)}
        other = {str(finding) for finding in reconcile(day).findings} - others
        transaction.set_rollback(True)
    return len(one ^ other) if one else -1
