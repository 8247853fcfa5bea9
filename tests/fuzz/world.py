"""The people of the fuzz: two departments, every stage of a case, and marks that nobody shares."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse

from droitfil.attestations.actions import make_share_code
from droitfil.attestations.models import ShareCode
from droitfil.cases.access import prepared_persons, visible_cases
from droitfil.cases.actions import complement, decision, filing, letters, pieces
from droitfil.cases.continuity.proof import make_proof
from droitfil.cases.form import form_of
from droitfil.cases.models import Case, Letter, Move, Paper, Piece
from droitfil.lib import clock
from droitfil.notices.actions import notify
from droitfil.notices.models import Message
from droitfil.people.access import visible_persons
from droitfil.people.actions import linking
from droitfil.people.actions.files import add_document, link_family, register_person
from droitfil.people.models import Account, FamilyLink, LinkClaim, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.territory.models import Commune
from tests.cases.writing import AMINA, AT, DAY, MARIAM, PARENT, at
from tests.personas import BY, account
from tests.web.route_world import STAGES, Browser, World
from tests.web.test_every_route import routes

#: Residents of each department: one for each stage of a case.
RESIDENTS = len(STAGES)
#: Where a code in an address is the id of a share code.
_SHARES = frozenset({("code", "share-stop"), ("code", "share-child-stop")})
#: How often a visitor asks about what they may see.
OWN = 0.75
#: Whose thing it is: a person, or a case (what is written in a draft is read by no agent).
Owner = tuple[str, UUID]
_WORD = re.compile(r"zq[a-z]\d{3}x")
_TOKEN = re.compile(r"[0-9a-z@_+.-]{7,}")


@contextmanager
def on_their_day() -> Iterator[None]:
    """Within, it is the instant and the day of these people."""
    with patch.object(clock, "now", lambda: AT), patch.object(clock, "today", lambda: DAY):
        yield


@contextmanager
def drawn_ids(seed: int | str) -> Iterator[None]:
    """Within, the same ids are drawn for the same seed, so that the same things are asked."""
    with patch.object(uuid, "os", SimpleNamespace(urandom=Random(seed).randbytes)):
        yield


@dataclass
class Marks:
    """What belongs to whom: words, numbers, addresses and ids, each of one owner."""

    owners: dict[str, Owner] = field(default_factory=dict)
    #: Those of them that no log and no line of the journal may hold: everything but ids.
    personal: set[str] = field(default_factory=set)

    def give(self, owner: Owner, words: Iterable[object], *, ids: Iterable[object] = ()) -> None:
        for word in words:
            for part in _words(str(word)):
                self.owners[part] = owner
                self.personal.add(part)
        for id_ in ids:
            self.owners[str(id_)] = owner

    def within(self, text: str) -> dict[str, Owner]:
        """The marks that stand in ``text``, with their owners."""
        return {word: self.owners[word] for word in _words(text) if word in self.owners}


def _words(text: str) -> set[str]:
    low = text.casefold()
    return {*_WORD.findall(low), *(token.strip("._-+") for token in _TOKEN.findall(low))}


class People:
    """The world of the route table with a crowd around it, every one of them marked."""

    def __init__(self) -> None:
        self.residents: list[Account] = []
        with transaction.atomic():
            self.world = World()
            for rank in range(2 * RESIDENTS):
                self._settle(rank)
        for rank, person in enumerate(
            Person.objects.order_by("born_on", "family_name", "given_names")
        ):
            _rename(person, rank)
        make_proof(DAY, now=AT)
        self.accounts: dict[str, Account | None] = {
            **self.world.visitors,
            **{f"res{rank}": holder for rank, holder in enumerate(self.residents)},
        }
        #: The session of each, opened a moment ago.
        self.sessions = {name: Browser(who).key for name, who in self.accounts.items()}
        self.marks = self._marks()
        self.right = self._right()
        self.things = self._things()

    # -- the crowd

    def _settle(self, rank: int) -> None:
        """Someone of Évry or of Lyon, whose request is at one of the stages."""
        people, there = self.world.people, rank % 2
        commune = people.lyon if there else people.evry
        agent = people.paul if there else people.nadia
        holder, person, card = resident(rank, commune, ("91000", "69001")[there])
        child = register_person(
            BY, now=AT, family_name=f"Enfant {rank}", given_names="Ali", born_on=date(2021, 5, 4),
            nationality="SEN", commune=commune,
        )  # fmt: skip
        link_family(BY, person, child, kind=FamilyLink.Kind.CHILD, now=AT)
        self._ask(rank, holder, person, card, agent)
        make_share_code(
            f"person:{holder.pk}", holder=person.pk, born_on=person.born_on, now=AT, days=7,
            label=f"Zqs{rank:03d}x",
        )  # fmt: skip
        self.residents.append(holder)

    def _ask(
        self, rank: int, holder: Account, person: Person, card: ResidenceDocument, agent: Account
    ) -> None:
        reached = STAGES.index(STAGES[rank // 2 % len(STAGES)])
        case = asking(rank, holder, person, card)
        for required in form_of(case, DAY).lacks.pieces:
            pieces.add_code(holder, case, code=required.codes[0], data=f"Zqp{rank:03d}x", **at(DAY))
        steps = (
            lambda case: filing.submit_case(holder, case, key=uuid4(), **at(DAY)),
            lambda case: decision.take(agent, case, **at(DAY)),
            lambda case: complement.request_complement(
                agent, case, **at(DAY),
                wanted=[complement.Wanted("child_birth_certificate", "Trop ancien.")],
            ),
            lambda case: (complement.produce(agent, case, **at(DAY)), decision.grant(
                agent, Case.objects.get(pk=case.pk), length="4y", **at(DAY))),
            lambda case: decision.card_arrives(agent, case, **at(DAY)),
        )  # fmt: skip
        for done, step in enumerate(steps[:reached]):
            step(Case.objects.get(pk=case.pk))
            if done == 0:
                letters.write(
                    holder,
                    Case.objects.get(pk=case.pk),
                    text=f"Bonjour, Zql{rank:03d}x.",
                    **at(DAY),
                )
                notify(
                    BY, template="case_taken", person=person, case=case.pk, now=AT,
                    key=f"told-{rank}",
                    facts={"reference": case.reference, "office": case.office_id},
                )  # fmt: skip

    # -- what belongs to whom

    def _marks(self) -> Marks:
        marks = Marks()
        for person in Person.objects.select_related("account"):
            held = ResidenceDocument.objects.filter(person=person)
            marks.give(
                ("person", person.pk),
                [person.family_name, person.given_names, person.birth_place, person.address_line,
                 person.foreigner_number or "", person.phone, person.email,
                 person.account.email if person.account else "",
                 *held.exclude(card_number="").values_list("card_number", flat=True)],
                ids=[person.pk, *held.values_list("pk", flat=True),
                     *Message.objects.filter(person=person).values_list("pk", flat=True),
                     *ShareCode.objects.filter(holder=person.pk).values_list("pk", flat=True),
                     *LinkClaim.objects.filter(person=person).values_list("pk", flat=True)],
            )  # fmt: skip
        for case in Case.objects.all():
            given = Piece.objects.filter(case=case)
            marks.give(
                ("case", case.pk),
                [case.reference, case.answers.get("child_name", ""),
                 *given.exclude(data="").values_list("data", flat=True),
                 *Letter.objects.filter(case=case).values_list("text", flat=True)],
                ids=[case.pk, *given.values_list("pk", flat=True),
                     *Paper.objects.filter(case=case).values_list("pk", flat=True)],
            )  # fmt: skip
        # Words of everyday texts are nobody's.
        for word in ("bonjour", "diallo", "certificate", "abcd1234"):
            marks.owners.pop(word, None)
            marks.personal.discard(word)
        return marks

    def open_to(self, visitor: str) -> set[Owner]:
        """Whose things ``visitor`` may see now, by ``access.py``."""
        who = self.accounts[visitor]
        if who is None:
            return set()
        who = Account.objects.get(pk=who.pk)
        cases = list(visible_cases(who, DAY).values_list("pk", "person"))
        persons = {*visible_persons(who, DAY).values_list("pk", flat=True)}
        persons |= {*prepared_persons(who, DAY).values_list("pk", flat=True)}
        persons |= {person for _case, person in cases}
        return {("person", pk) for pk in persons} | {("case", pk) for pk, _person in cases}

    def references_left(self) -> set[str]:
        """The references of cases that one office has left to another."""
        return {*map(str.casefold, Move.objects.values_list("case__reference", flat=True))}

    # -- what requests are made of

    def _right(self) -> dict[str, list[str]]:
        """By the name of a field, values with which acts are done."""
        found: dict[str, list[str]] = {}
        for sent in [self.world.sent(route) for route in routes()] + [MARIAM, AMINA]:
            for name, value in sent.items():
                found.setdefault(name, []).append(str(value))
        return found

    def _things(self) -> dict[str, list[str]]:
        """What may stand for each name of an address, of whomever it is."""

        def all_of(model: Any) -> list[str]:
            return [str(pk) for pk in model.objects.order_by("pk").values_list("pk", flat=True)]

        found: dict[str, list[str]] = {
            "case": all_of(Case), "person": all_of(Person), "piece": all_of(Piece),
            "paper": all_of(Paper), "message": all_of(Message), "claim": all_of(LinkClaim),
            "share": all_of(ShareCode),
        }  # fmt: skip
        for route, names in routes().items():
            special = self.world.names(route)
            for name in names:
                if (name, route) in _SHARES or name == "paper":
                    continue
                value = special.get(name) or self.world.thing(name)
                if str(value) not in found.setdefault(name, []):
                    found[name].append(str(value))
        return found

    def address(self, route: str, random: Random, open_to: set[Owner]) -> str:
        """Where ``route`` stands, about things drawn among everyone's, more often one's own."""
        names = {}
        for name in routes()[route]:
            among = self.things["share" if (name, route) in _SHARES else name]
            own = [thing for thing in among if self.marks.owners.get(thing) in open_to]
            if own and random.random() < OWN:
                among = own
            names[name] = among[random.randrange(len(among))]
        return reverse(route, kwargs=names)


def resident(
    rank: int, commune: Commune, postal_code: str
) -> tuple[Account, Person, ResidenceDocument]:
    """Someone whose card ends soon, with an account that found their file."""
    person = register_person(
        BY, now=AT, foreigner_number=f"98{rank:08d}", family_name=f"Habitant {rank}",
        given_names="Zoé", sex=Person.Sex.FEMALE, born_on=date(1980, 1, 1) + timedelta(days=rank),
        nationality="SEN", birth_country="SEN", commune=commune, postal_code=postal_code,
        address_line="1 rue", phone=f"+336390{rank:05d}",
    )  # fmt: skip
    card = add_document(
        BY, person, now=AT, source="import", kind=Kind.CSP.value, article="L423-7",
        card_number=f"FRZ{rank:07d}", valid_from=date(2023, 10, 1), valid_to=date(2025, 9, 30),
    )  # fmt: skip
    holder = account(f"zqe{rank:03d}x@exemple.example")
    facts = linking.Facts(f"98{rank:08d}", person.born_on, card.card_number)
    linking.link_file(holder, facts=facts, now=AT)
    person.refresh_from_db()
    return holder, person, card


def asking(rank: int, holder: Account, person: Person, card: ResidenceDocument) -> Case:
    """Their draft, with every answer and no piece."""
    case = filing.start_draft(holder, person, procedure=PARENT, held=card, **at(DAY))
    answers = {**MARIAM, "child_name": f"Zqc{rank:03d}x"}
    filing.save_answers(holder, case, answers=answers, **at(DAY))
    return Case.objects.get(pk=case.pk)


def _rename(person: Person, rank: int) -> None:
    """Gives the person names and contacts by which anyone would know that it is them."""
    person.family_name, person.given_names = f"Zqf{rank:03d}x", f"Zqg{rank:03d}x"
    person.birth_place, person.address_line = f"Zqb{rank:03d}x", f"{rank} rue Zqa{rank:03d}x"
    if not person.email:
        person.email = f"zqm{rank:03d}x@exemple.example"
    person.save()
