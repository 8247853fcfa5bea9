"""Writes invented people as lines of COPY, with the papers to be signed: text alone, no database.

A batch depends on its rank, on the seed and on the day of loading, on nothing else: written again,
or by another process, it is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, count
from random import Random
from typing import Any
from uuid import UUID

from droitfil.attestations.actions import Order
from droitfil.cases import sealing
from droitfil.cases.continuity.reading import File, Given
from droitfil.cases.models import Case, Paper
from droitfil.cases.queries import span_on
from droitfil.cases.reference import DRAWS, reference_of
from droitfil.demo.answers import ANSWERS, COUNTER, ONLINE
from droitfil.demo.cast import NATIONS
from droitfil.demo.lives import Life, Lives
from droitfil.demo.stories import ASKED, at, title_of
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib.sort_keys import sort_key
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.answer import Span
from droitfil.rules.facts import Outcome
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_years
from droitfil.rules.seal import KINDS
from droitfil.territory.models import Office

#: Lives drawn, at most.
LIVES = 4_000
#: More people than any load has: numbers beyond are for references already taken.
MOST = 20_000_000
#: First of the foreigner's numbers of these people: those of the small office begin otherwise.
NUMBERS = 9_700_000_000
#: A number prime to :data:`DRAWS`: references look drawn, and no two are alike.
_STRIDE = 59_604_643
_NULL = r"\N"
#: Digits of a random identifier (UUID version 4) as COPY reads it.
_ID = 32

TABLES: Mapping[str, Sequence[str]] = {
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
class Place:
    """An office, where those it receives live, and who examines their cases."""

    office: Office
    commune: str
    postal_code: str
    agents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines of each table for some people, and their papers to be signed."""

    people: int
    lines: Mapping[str, list[str]]
    papers: Sequence[Order]


class Author:
    """Writes people one batch after the other: the same seed, the same people."""

    def __init__(
        self, today: date, seed: int, places: Sequence[Place], weights: Iterable[int],
        taken: frozenset[str], *, people: int, size: int,
    ) -> None:  # fmt: skip
        """:param size: people of a batch; the last one may have fewer."""
        self.seed, self.people, self.size = seed, people, size
        self.batches = -(-people // size)
        self.places, self.weights = places, list(accumulate(weights))
        self.taken = taken
        self.lives = [_Template(life, today) for life in Lives(today, seed).draw(LIVES)]
        self.names = _names()
        self.nations = list(accumulate(nation.weight for nation in NATIONS))

    def size_of(self, rank: int) -> int:
        """How many people a batch has."""
        return min(self.size, self.people - rank * self.size)

    def batch(self, rank: int) -> Batch:
        """The people who come after ``rank`` batches."""
        people = self.size_of(rank)
        dice = Random(f"{self.seed}/{rank}")  # nosec B311
        lives = dice.choices(self.lives, k=people)
        places = dice.choices(self.places, cum_weights=self.weights, k=people)
        nations = dice.choices(self.names, cum_weights=self.nations, k=people)
        languages = dice.choices(("fr", "en", "ar"), cum_weights=(80, 92, 100), k=people)
        written = _Written(dice, self.taken, {table: [] for table in TABLES}, [])
        first = rank * self.size
        for number, chosen in enumerate(
            zip(lives, places, nations, languages, strict=True), start=first + 1
        ):
            written.person(number, *chosen)
        return Batch(people, written.lines, written.papers)


_Named = tuple[str, str]
_Names = tuple[list[_Named], list[_Named], list[_Named], Sequence[str], str]


@dataclass(frozen=True, slots=True)
class _Written:
    """What a batch holds so far."""

    dice: Random
    taken: frozenset[str]
    lines: Mapping[str, list[str]]
    papers: list[Order]

    def person(
        self, number: int, life: _Template, place: Place, names: _Names, language: str
    ) -> None:
        lines = self.lines
        ids = self._ids(life.ids)
        person = ids[-1]
        facts = self._facts(number, life, place, names, language)
        lines["person"].append(
            f"{person}\t{facts.foreigner_number}\t{facts.family_name}\t\t{facts.given_names}\t"
            f"{facts.family_key}\t\t{facts.given_key}\t{facts.sex}\t{facts.born_on}\t"
            f"{facts.birth_place}\t{facts.birth_country}\t{facts.nationality}\t{language}\t"
            f"{facts.email}\t\t{facts.address_line}\t{place.postal_code}\t{place.commune}\n"
        )
        for rank, rest in life.documents:
            lines["residence_document"].append(
                f"{ids[rank]}\t{person}\tFRB{number:08d}{rank}\t{rest}\n"
            )
        for rank, rest in life.reminders:
            lines["case_reminder"].append(f"{ids[rank]}\t{person}\t{rest}\n")
        if life.filed_on is not None:
            self._case(number, life, place, ids, facts)

    def _case(
        self, number: int, life: _Template, place: Place, ids: Sequence[str], facts: _Facts
    ) -> None:
        lines, person, case = self.lines, ids[-1], ids[life.case]
        agent = place.agents[int(self.dice.random() * len(place.agents))]
        reference = self._reference(place, life, number)
        lines["case_file"].append(life.case_line(reference, place.office.pk, agent, ids))
        if life.complement:
            asked = ids[life.asked]
            lines["case_complement"].append(f"{asked}\t{case}\t{agent}\t{life.complement}\n")
            lines["case_complement_item"].append(f"{asked}\t{_ITEM}\n")
        for rank, rest in life.papers:
            lines["case_paper"].append(f"{ids[rank]}\t{case}\t{person}\t{rest}\n")
        if life.coverage:
            holder = agent if life.held else _NULL
            lines["coverage"].append(
                f"{case}\t{person}\t{place.office.pk}\t{holder}\t{life.coverage}\n"
            )
        if life.signed:
            self.papers.extend(life.orders(reference, place.office, ids, facts))

    def _ids(self, count: int) -> list[str]:
        digits = self.dice.randbytes(16 * count).hex()
        return [
            f"{digits[n : n + 12]}4{digits[n + 13 : n + 16]}8{digits[n + 17 : n + _ID]}"
            for n in range(0, _ID * count, _ID)
        ]

    def _reference(self, place: Place, life: _Template, number: int) -> str:
        assert life.filed_on is not None
        department = place.office.department_id
        for lap in count():
            drawn = (number + lap * MOST) * _STRIDE % DRAWS
            reference = reference_of(department, life.filed_on, drawn)
            if reference not in self.taken:
                return reference
        raise AssertionError

    def _facts(
        self, number: int, life: _Template, place: Place, names: _Names, language: str
    ) -> _Facts:
        draw = self.dice.random
        families, women, men, cities, code = names
        woman = draw() < 0.5
        given = women if woman else men
        family_name, family_key = families[int(draw() * len(families))]
        given_names, given_key = given[int(draw() * len(given))]
        return _Facts(
            str(NUMBERS + number), family_name, family_key, given_names, given_key,
            "F" if woman else "M", date.fromordinal(life.grown - int(draw() * 35 * 365)),
            cities[int(draw() * len(cities))], code, code, language,
            f"personne-{number}@demo.example", f"{1 + int(draw() * 80)} rue de la Gare",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    """Who someone is."""

    foreigner_number: str
    family_name: str
    family_key: str
    given_names: str
    given_key: str
    sex: str
    born_on: date
    birth_place: str
    birth_country: str
    nationality: str
    language: str
    email: str
    address_line: str

    def person(self, id_: UUID) -> Person:
        """What a paper says of them."""
        return Person(
            id=id_, foreigner_number=self.foreigner_number, family_name=self.family_name,
            given_names=self.given_names, sex=self.sex, born_on=self.born_on,
            birth_place=self.birth_place, birth_country=self.birth_country,
            nationality=self.nationality, language=self.language,
        )  # fmt: skip


class _Template:
    """A life as lines of COPY, short of ids, office and agent; ids are told by their rank.

    The last id is the person's.
    """

    def __init__(self, life: Life, today: date) -> None:
        known = [d.id for d in life.held] + [p.id for p in life.papers]
        if life.file is not None:
            known.append(life.file.id)
        rank = {id_: number for number, id_ in enumerate(known)}
        #: The rank of the request for a piece, when there is one.
        self.asked = len(known)
        self.ids = len(known) + (life.asked is not None) + 1
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
        self.filed_on = None if file is None else file.filed_on
        if file is None:
            return
        self.case = rank[file.id]
        self.held_rank, self.card_rank = _rank(rank, file.held), _rank(rank, life.card)
        self.held = file.state not in (State.SUBMITTED.value, State.WITHDRAWN.value)
        self.decided = bool(file.outcome)
        self.file = _file(file, life)
        self.complement = ""
        if life.asked is not None:
            self.complement = _line(at(life.asked[0]), *life.asked)
        self.papers = [(rank[p.id], _paper(p, file)) for p in life.papers]
        self.signed = _signed(life, rank, today)
        starts = next((d for d in life.held if d.id == file.held), None)
        self.article = file.article
        self.starts = None if starts is None else ResidenceDocument(
            kind=starts.kind, article=starts.article, valid_to=starts.valid_to
        )  # fmt: skip
        self.coverage = "" if life.coverage is None else _line(
            *(life.coverage[name] for name in TABLES["coverage"][4:])
        )  # fmt: skip

    def case_line(self, reference: str, office: str, agent: str, ids: Sequence[str]) -> str:
        held = _NULL if self.held_rank is None else ids[self.held_rank]
        card = _NULL if self.card_rank is None else ids[self.card_rank]
        by = agent if self.held else _NULL
        decided = agent if self.decided else _NULL
        return (
            f"{ids[self.case]}\t{reference}\t{ids[-1]}\t{held}\t{office}\t{by}\t{by}\t{decided}\t"
            f"{card}\t{self.file}"
        )

    def orders(
        self, reference: str, office: Office, ids: Sequence[str], facts: _Facts
    ) -> list[Order]:
        """What the papers of someone who lives this say, as the night would have signed them."""
        person = facts.person(UUID(ids[-1]))
        case = Case(
            id=UUID(ids[self.case]), reference=reference, article=self.article,
            filed_on=self.filed_on, held=self.starts, office=office,
        )  # fmt: skip
        return [
            sealing.order_of(
                Paper(id=UUID(ids[rank]), case=case, person=person, kind=paper.kind,
                      rank=paper.rank, valid_from=paper.valid_from, valid_to=paper.valid_to),
                span,
            )
            for rank, paper, span in self.signed
        ]  # fmt: skip


def _signed(
    life: Life, rank: Mapping[UUID, int], today: date
) -> list[tuple[int, Given, Span | None]]:
    """The papers that bear a seal, with what may be done on the first day of each.

    What stopped counting before was signed elsewhere, and ended there.
    """
    papers = [
        paper
        for paper in life.papers
        if paper.kind in KINDS
        and paper.void_on is None
        and (paper.valid_to is None or paper.valid_to >= today)
    ]
    if not papers:
        return []
    said = life.answer(min(paper.valid_from for paper in papers), life.papers)
    return [(rank[paper.id], paper, span_on(said, paper.valid_from)) for paper in papers]


def _file(file: File, life: Life) -> str:
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


def _paper(paper: Given, file: File) -> str:
    published = max(min(paper.valid_from, file.complete_on or paper.valid_from), file.filed_on)
    void_at, reason = None, ""
    if paper.void_on is not None:
        void_at = at(file.decided_on or file.withdrawn_on or paper.void_on)
        reason = "withdrawal" if file.withdrawn_on else "decision"
    return _line(
        paper.kind, paper.rank, paper.valid_from, paper.valid_to, at(published), void_at,
        paper.void_on, reason,
    )  # fmt: skip


def _rank(rank: Mapping[UUID, int], id_: UUID | None) -> int | None:
    return None if id_ is None else rank[id_]


_READY = (State.CARD_READY.value, State.HANDED_OVER.value)
_REFUSED = (Outcome.REFUSED.value, Outcome.CLOSED.value)


def _names() -> list[_Names]:
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
