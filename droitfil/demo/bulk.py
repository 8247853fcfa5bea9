"""A country's worth of invented people, written by COPY: for measures, not for a visit.

The people live the lives of :mod:`droitfil.demo.lives` in every office of the mainland, Alsace and
Moselle apart, whose days off are their own; the tables are the real ones, their constraints and
indexes in place. What is written is what the nights before the day of loading would have left: the
next night, the worklists, the reconciliation and the proof run on it. The journal holds the signed
papers and one line a batch, not each act of each life.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from droitfil.cases import sealing
from droitfil.cases.continuity.reading import File, Given
from droitfil.cases.models import Case
from droitfil.cases.reference import DRAWS, reference_of
from droitfil.demo.answers import ANSWERS, COUNTER, ONLINE
from droitfil.demo.cast import BY, NATIONS
from droitfil.demo.lives import Life, Lives
from droitfil.demo.stories import ASKED, at, title_of
from droitfil.journal.actions import record
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.lawbook.sharing import plain_departments
from droitfil.lib.sort_keys import sort_key
from droitfil.people.models import Account, Staff
from droitfil.rules.facts import Outcome
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_years
from droitfil.rules.seal import KINDS
from droitfil.territory.models import Office

#: Measured: what a person takes in the tables and their indexes, and what a load needs besides
#: (the log of PostgreSQL, the empty base).
BYTES_A_PERSON, BYTES_BESIDES = 2_800, 1_200_000_000
#: Lives drawn, at most; people written by one transaction.
LIVES, BATCH = 4_000, 20_000
#: First of the foreigner's numbers of these people: those of the small office begin otherwise.
_NUMBERS = 9_700_000_000
#: A number prime to :data:`DRAWS`: references look drawn, and no two are alike.
_STRIDE = 59_604_643

Progress = Callable[[int, int], None]
_NULL = r"\N"

_TABLES: Mapping[str, Sequence[str]] = {
    "person": (
        "id", "foreigner_number", "family_name", "usual_name", "given_names", "family_key",
        "usual_key", "given_key", "sex", "born_on", "birth_place", "birth_country", "nationality",
        "language", "email", "phone", "address_line", "postal_code", "commune_id",
    ),
    "residence_document": (
        "id", "person_id", "card_number", "kind", "article", "valid_from", "valid_to", "length",
        "work", "withdrawn_on", "source",
    ),
    "case_file": (
        "id", "reference", "person_id", "held_id", "office_id", "state_by_id", "agent_id",
        "decided_by_id", "card_id", "procedure", "version_on", "article", "request", "basis",
        "channel", "state", "state_at", "answers", "started_at", "saved_at", "filed_at",
        "filed_on", "complete_on", "acknowledged", "withdrawn_on", "outcome", "decided_on",
        "notified_on", "reasons", "removal", "decided_length", "card_ready_on", "handed_over_on",
    ),
    "case_complement": ("id", "case_id", "asked_by_id", "asked_at", "asked_on", "due_on"),
    "case_complement_item": ("complement_id", "what", "code", "reason", "article"),
    "case_paper": (
        "id", "case_id", "person_id", "kind", "rank", "valid_from", "valid_to", "published_at",
        "void_at", "void_on", "void_reason",
    ),
    "coverage": (
        "case_id", "person_id", "office_id", "agent_id", "title", "covered_until", "next_kind",
        "next_rank", "next_from", "next_to", "chain_months", "chain_stop", "due_on",
    ),
    "case_reminder": ("document_id", "person_id", "step", "told_on", "due_on"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """An office, where those it receives live, and who examines their cases."""

    office: str
    department: str
    commune: str
    postal_code: str
    agents: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The lines of each table for some people, and the papers to be signed."""

    people: int
    lines: Mapping[str, list[str]]
    papers: list[UUID]


def fill(
    *, today: date, now: Callable[[], datetime], people: int, seed: int, progress: Progress
) -> None:
    """Writes ``people`` more people beside those of the small office; no night is run.

    Batches are transactions of their own, so that memory does not grow with ``people``.
    """
    places, weights = _places(today, now())
    author = _Author(today, seed, places, weights)
    done = 0
    with ThreadPoolExecutor(1) as beside:  # the next batch is made while PostgreSQL writes this one
        coming = beside.submit(author.batch, min(BATCH, people))
        while done < people:
            batch = coming.result()
            done += batch.people
            if done < people:
                coming = beside.submit(author.batch, min(BATCH, people - done))
            _write(batch, now())
            progress(done, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def bytes_needed(people: int) -> int:
    """What writing ``people`` takes on the disk, from what was measured."""
    return people * BYTES_A_PERSON + BYTES_BESIDES


def bytes_free() -> int | None:
    """What the disk of the database has left; None when it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    local = not connection.settings_dict["HOST"] or connection.settings_dict["HOST"][0] == "/"
    try:
        return shutil.disk_usage(folder).free if local else None
    except OSError:
        return None


def _write(batch: _Batch, now: datetime) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table, columns in _TABLES.items():
                statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
                with cursor.copy(statement) as copy:
                    copy.write("".join(batch.lines[table]))
        sealing.sign(BY, batch.papers, now=now)
        record(
            BY, action="demo.filled", subject_kind="demo", at=now,
            facts={"people": batch.people, "papers": len(batch.papers)},
        )  # fmt: skip


def _places(today: date, now: datetime) -> tuple[list[_Place], list[int]]:
    """The offices of the departments that live by the common calendar, by how many live there."""
    alike = plain_departments(load_law())
    offices = (
        Office.objects.filter(active_to__isnull=True)
        .select_related("seat")
        .prefetch_related("seat__postal_codes")
        .order_by("id")
    )
    by_department: dict[str, list[Office]] = {}
    for office in offices:
        code = office.department_id
        if code in alike:
            by_department.setdefault(code, []).append(office)
    kept = [office for mine in by_department.values() for office in mine]
    staffed = set(_agents())
    absent = [office for office in kept if office.pk not in staffed]
    _hire(absent, add_years(today, -6), now)
    agents = _agents()
    places = [
        _Place(
            office.pk, office.department_id, office.seat_id, office.seat.postal_codes.all()[0].code,
            agents[office.pk],
        )
        for office in kept
    ]  # fmt: skip
    return places, [office.seat.population + 20_000 for office in kept]


def _agents() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    agents = Staff.objects.filter(role=Staff.Role.AGENT).order_by("account")
    for office, account in agents.values_list("office", "account"):
        found.setdefault(str(office), []).append(str(account))
    return found


def _hire(offices: Iterable[Office], first_day: date, now: datetime) -> None:
    """An agent in each office that has none; no password nor passkey opens their account."""
    accounts, hired = [], []
    for office in offices:
        account = Account(email=f"agent.{office.pk}@demo.example", created_at=at(first_day))
        account.set_unusable_password()
        accounts.append(account)
        hired.append(
            Staff(
                account=account, name=f"Agent {office.pk}", role=Staff.Role.AGENT, office=office,
                territory=[office.department_id], active_from=first_day,
            )
        )  # fmt: skip
    with transaction.atomic():
        Account.objects.bulk_create(accounts)
        Staff.objects.bulk_create(hired)
        record(BY, action="demo.hired", subject_kind="demo", at=now, facts={"agents": len(hired)})


class _Author:
    """Writes people one batch after the other: the same seed, the same people."""

    def __init__(
        self, today: date, seed: int, places: Sequence[_Place], weights: Iterable[int]
    ) -> None:
        self.today = today
        self.random = Random(seed)  # nosec B311
        self.places, self.weights = places, list(accumulate(weights))
        self.lives: list[_Template] = []
        self.seed = seed
        self.names = _names()
        self.nations = list(accumulate(nation.weight for nation in NATIONS))
        self.written = self.cases = 0
        taken = Case.objects.values_list("reference", flat=True)
        self.taken = frozenset(taken)

    def batch(self, people: int) -> _Batch:
        if not self.lives:
            drawn = Lives(self.today, self.seed).draw(LIVES)
            self.lives = [_Template(life, self.today) for life in drawn]
        lines: dict[str, list[str]] = {table: [] for table in _TABLES}
        papers: list[UUID] = []
        for _ in range(people):
            self._person(lines, papers)
        return _Batch(people, lines, papers)

    def _person(self, lines: dict[str, list[str]], papers: list[UUID]) -> None:
        dice = self.random
        template = dice.choice(self.lives)
        place = dice.choices(self.places, cum_weights=self.weights)[0]
        person = self._id()
        lines["person"].append(f"{person}\t{self._facts(template, place)}\n")
        ids = [self._id() for _ in range(template.ids)]
        number = f"FRB{self.written:08d}"
        for rank, rest in template.documents:
            lines["residence_document"].append(f"{ids[rank]}\t{person}\t{number}{rank}\t{rest}\n")
        for rank, rest in template.reminders:
            lines["case_reminder"].append(f"{ids[rank]}\t{person}\t{rest}\n")
        file = template.life.file
        if file is None:
            return
        agent = dice.choice(place.agents)
        case = ids[template.case]
        reference = self._reference(place, file.filed_on)
        lines["case_file"].append(template.case_line(reference, person, place.office, agent, ids))
        if template.complement:
            asked = self._id()
            lines["case_complement"].append(f"{asked}\t{case}\t{agent}\t{template.complement}\n")
            lines["case_complement_item"].append(f"{asked}\t{_ITEM}\n")
        for rank, signed, rest in template.papers:
            lines["case_paper"].append(f"{ids[rank]}\t{case}\t{person}\t{rest}\n")
            if signed:
                papers.append(UUID(ids[rank]))
        if template.coverage:
            holder = agent if template.held else _NULL
            lines["coverage"].append(
                f"{case}\t{person}\t{place.office}\t{holder}\t{template.coverage}\n"
            )

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _reference(self, place: _Place, filed_on: date) -> str:
        while True:
            self.cases += 1
            drawn = reference_of(place.department, filed_on, self.cases * _STRIDE % DRAWS)
            if drawn not in self.taken:
                return drawn

    def _facts(self, template: _Template, place: _Place) -> str:
        dice = self.random
        self.written += 1
        rank = dice.choices(range(len(self.names)), cum_weights=self.nations)[0]
        families, women, men, cities, code = self.names[rank]
        woman = dice.random() < 0.5
        family, family_key = dice.choice(families)
        given, given_key = dice.choice(women if woman else men)
        born = template.grown - dice.randrange(35 * 365)
        language = dice.choices(("fr", "en", "ar"), cum_weights=(80, 92, 100))[0]
        return "\t".join((
            str(_NUMBERS + self.written), family, "", given, family_key, "", given_key,
            "F" if woman else "M", date.fromordinal(born).isoformat(), dice.choice(cities), code,
            code, language, f"personne-{self.written}@demo.example", "",
            f"{dice.randint(1, 80)} rue de la Gare", place.postal_code, place.commune,
        ))  # fmt: skip


class _Template:
    """A life as lines of COPY, short of ids, office and agent; ids are told by their rank."""

    def __init__(self, life: Life, today: date) -> None:
        self.life = life
        known = [d.id for d in life.held] + [p.id for p in life.papers]
        if life.file is not None:
            known.append(life.file.id)
        rank = {id_: number for number, id_ in enumerate(known)}
        self.ids = len(known)
        #: An ordinal: who was born by that day was of age long before the first document.
        first = min(d.valid_from for d in life.held)
        self.grown = add_years(first, -23).toordinal()
        self.documents = [
            (rank[d.id], _line(d.kind, d.article, d.valid_from, d.valid_to, d.length, d.work,
                               d.withdrawn_on, "demo"))
            for d in life.held
        ]  # fmt: skip
        self.reminders = [
            (rank[id_], _line(told.step, told.told_on, told.due_on))
            for id_, told in life.reminders.items()
        ]
        file = life.file
        if file is None:
            return
        self.case = rank[file.id]
        self.held_rank, self.card_rank = _rank(rank, file.held), _rank(rank, life.card)
        self.held = file.state not in (State.SUBMITTED.value, State.WITHDRAWN.value)
        self.file = self._file(file, life)
        self.complement = ""
        if life.asked is not None:
            self.complement = _line(at(life.asked[0]), *life.asked)
        self.papers = [
            (rank[p.id], self._is_signed(p, today), self._paper(p, file)) for p in life.papers
        ]
        self.coverage = "" if life.coverage is None else _line(
            *(life.coverage[name] for name in _TABLES["coverage"][4:])
        )  # fmt: skip

    def case_line(
        self, reference: str, person: str, office: str, agent: str, ids: Sequence[str]
    ) -> str:
        held = _NULL if self.held_rank is None else ids[self.held_rank]
        card = _NULL if self.card_rank is None else ids[self.card_rank]
        by = agent if self.held else _NULL
        decided = agent if self.life.file is not None and self.life.file.outcome else _NULL
        return "\t".join(
            (ids[self.case], reference, person, held, office, by, by, decided, card, self.file)
        )

    def _file(self, file: File, life: Life) -> str:
        procedure = ONLINE if file.article == title_of(ONLINE) else COUNTER
        version = load_procedures()[procedure].at(file.filed_on)
        filed = at(file.filed_on)
        last = file.handed_over_on or file.withdrawn_on or file.decided_on or file.filed_on
        answers = json.dumps(ANSWERS[procedure], ensure_ascii=False)
        ready = file.decided_on if file.state in _READY else None
        reasons = "Motifs inventés pour la démonstration." if file.outcome in _REFUSED else ""
        return _line(
            procedure, version.start, file.article, file.request, file.basis, file.channel,
            file.state, at(last), answers, filed, filed, filed, file.filed_on, file.complete_on,
            file.acknowledged, file.withdrawn_on, file.outcome, file.decided_on, file.notified_on,
            reasons, file.removal, life.decided_length, ready, file.handed_over_on,
        ) + "\n"  # fmt: skip

    def _paper(self, paper: Given, file: File) -> str:
        published = max(min(paper.valid_from, file.complete_on or paper.valid_from), file.filed_on)
        void_at, reason = None, ""
        if paper.void_on is not None:
            void_at = at(file.decided_on or file.withdrawn_on or paper.void_on)
            reason = "withdrawal" if file.withdrawn_on else "decision"
        return _line(
            paper.kind, paper.rank, paper.valid_from, paper.valid_to, at(published), void_at,
            paper.void_on, reason,
        )  # fmt: skip

    def _is_signed(self, paper: Given, today: date) -> bool:
        """What stopped counting before was signed elsewhere, and ended there."""
        lasts = paper.valid_to is None or paper.valid_to >= today
        return paper.kind in KINDS and lasts and paper.void_on is None


def _rank(rank: Mapping[UUID, int], id_: UUID | None) -> int | None:
    return None if id_ is None else rank[id_]


_READY = (State.CARD_READY.value, State.HANDED_OVER.value)
_REFUSED = (Outcome.REFUSED.value, Outcome.CLOSED.value)
_Named = tuple[str, str]


def _names() -> list[tuple[list[_Named], list[_Named], list[_Named], Sequence[str], str]]:
    """Of each nation: family names, women's and men's given names with their keys, cities, code."""

    def keyed(names: Iterable[str]) -> list[_Named]:
        return [(name, sort_key(name)) for name in names]

    return [(keyed(n.families), keyed(n.women), keyed(n.men), n.cities, n.code) for n in NATIONS]


def _line(*values: Any) -> str:
    """Values as COPY reads them, one after the other."""
    return "\t".join(map(_value, values))


def _value(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):  # instants too
        return value.isoformat()
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n")


_ITEM = _line("piece", ASKED, "Le justificatif donné est trop ancien.", "")
