"""Every action × everyone who may try it: who does it, who is refused, as one table says. By hand.

Addresses are walked by ``tests/web/test_every_route.py``; here nothing stands before the action.
The people, and the stages of Mariam's case, are those of :mod:`tests.web.route_world`.

    yes  done                       ref  refused with a sentence: not by them, not now
    no   Forbidden, nothing written con  somebody was faster (Nadia, ag91, holds the case)
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction

from droitfil.cases.actions import (
    act,
    complement,
    confirming,
    counter,
    decision,
    declaring,
    filing,
    letters,
    moving,
    pages,
    pieces,
    reading,
    siblings,
)
from droitfil.cases.families import BIRTH
from droitfil.cases.models import Case
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.notices import actions as notices
from droitfil.notices.letters import actions as posting
from droitfil.notices.letters.drawing import Drawn
from droitfil.notices.models import Envelope
from droitfil.people.access import is_own
from droitfil.people.actions import accounts, files, linking, offices, staff
from droitfil.people.actions import counter as people_counter
from droitfil.people.models import Account, Person, Staff
from droitfil.rules.facts import Kind
from droitfil.territory.models import Office
from tests.cases.writing import AT, DAY, PARENT, at
from tests.files.conftest import _own_folders
from tests.files.samples import pdf
from tests.personas import CARD, NUMBER
from tests.web.route_world import DCEM, PROOF, STAGES, World, journal_and_rows

__all__ = ["_own_folders"]

TABLE = """
                                         acct mine othr ag91 ag69 hd91 hd69 cc91 cc69 mini admi past
cases.act.acting                 filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.filing.start_draft         draft   no   yes  no   ref  no   ref  no   no   no   no   no   no
cases.filing.save_answers        draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.filing.discard             draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.filing.submit_case         draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.filing.register_at_counter draft   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.filing.withdraw            filed   no   yes  no   ref  no   ref  no   no   no   no   no   no
cases.counter.register_seen      draft   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.pieces.add_piece           draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pieces.add_code            draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pieces.note_seen           draft   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.pieces.withdraw_piece      draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pieces.add_piece           filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.pieces.withdraw_piece      filed   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pages.add_page             draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pages.change_page          draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pages.bind_pages           draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pages.add_page             filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.pages.change_page          filed   no   yes  no   no   no   no   no   no   no   no   no   no
cases.pages.bind_pages           filed   no   yes  no   ref  no   ref  no   no   no   no   no   no
cases.reading.open_case          filed   no   no   no   yes  no   yes  no   yes  no   no   no   no
cases.reading.open_piece         filed   no   no   no   yes  no   yes  no   yes  no   no   no   no
cases.reading.page_of_pile       filed   no   no   no   yes  no   yes  no   yes  no   no   no   no
cases.reading.open_paper         granted no   no   no   yes  no   yes  no   yes  no   no   no   no
cases.decision.take              filed   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.decision.release           taken   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.decision.grant             taken   no   ref  no   yes  no   con  no   no   no   no   no   no
cases.decision.refuse            taken   no   ref  no   yes  no   con  no   no   no   no   no   no
cases.decision.close             taken   no   ref  no   yes  no   con  no   no   no   no   no   no
cases.decision.seize_commission  taken   no   ref  no   yes  no   con  no   no   no   no   no   no
cases.decision.note_notification granted no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.decision.card_arrives      granted no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.decision.hand_over         ready   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.complement.request_complement taken no  ref  no   yes  no   con  no   no   no   no   no   no
cases.complement.extend          asked   no   ref  no   yes  no   yes  no   no   no   no   no   no
cases.complement.produce         asked   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.letters.write              draft   no   ref  no   no   no   no   no   no   no   no   no   no
cases.letters.write              filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.letters.read               filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.moving.amend               filed   no   yes  no   ref  no   ref  no   no   no   no   no   no
cases.moving.change_address      filed   no   yes  no   yes  no   yes  no   no   no   no   no   no
cases.declaring.declare_child    draft   no   yes  yes  no   no   no   no   no   no   no   no   no
cases.declaring.add_proof        draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.declaring.withdraw_proof   draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.declaring.withdraw_claim   draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.confirming.open_claim      draft   no   no   no   yes  no   yes  no   no   no   no   no   no
cases.confirming.open_proof      draft   no   no   no   yes  no   yes  no   no   no   no   no   no
cases.confirming.settle_child    draft   no   no   no   yes  no   yes  no   no   no   no   no   no
cases.declaring.record_child     draft   no   no   no   yes  no   yes  no   no   no   no   no   no
cases.siblings.start_for_children draft   no   yes  no   ref  no   ref  no   no   no   no   no   no
cases.siblings.carry_over        draft   no   yes  no   no   no   no   no   no   no   no   no   no
cases.siblings.siblings_of       draft   yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
people.files.open_file           draft   no   yes  no   yes  no   yes  no   yes  no   no   no   no
people.linking.settle_claim      draft   no   no   no   yes  no   yes  no   no   no   no   no   no
people.linking.unlock_linking    draft   no   no   no   yes  no   yes  no   no   no   no   no   no
people.counter.meet_person       draft   no   no   no   yes  ref  yes  ref  no   no   no   no   no
notices.letters.gather           draft   no   no   no   no   no   yes  no   no   no   no   yes  no
notices.letters.note_printed     draft   no   no   no   no   no   yes  no   no   no   no   yes  no
notices.letters.note_posted      draft   no   no   no   no   no   yes  no   no   no   no   yes  no
notices.letters.note_returned    draft   ref  ref  ref  yes  ref  yes  ref  ref  ref  ref  ref  ref
notices.mark_read                filed   no   yes  no   no   no   no   no   no   no   no   no   no

people.offices.open_office       draft   no   no   no   no   no   no   no   no   no   no   yes  no
people.offices.move_competence   draft   no   no   no   no   no   no   no   no   no   no   yes  no
people.staff.add_staff           draft   no   no   no   no   no   no   no   no   no   no   yes  no
people.staff.end_staff           draft   no   no   no   no   no   no   no   no   no   no   yes  no
people.staff.renew_key           draft   no   no   no   no   no   no   no   no   no   no   yes  no

people.linking.link_file         draft   yes  ref  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
people.accounts.close_account    draft   yes  yes  yes  ref  ref  ref  ref  ref  ref  ref  ref  yes
"""

#: Written in the journal under a name that the caller gives: they take a text, never an account.
#: Who may ask for them is the caller's matter, and the callers are in the tables.
BY_NAME = """
cases.act.as_system cases.complement.lapse_complement cases.telling.tell
cases.papers.issue_now cases.papers.void_papers cases.papers.end_papers
people.files.register_person people.files.add_document people.files.withdraw_document
people.files.link_family people.files.move_person
people.kinship.confirm_child people.kinship.end_child_link people.kinship.contest_child_link
cases.proofs.give_proof cases.confirming.note cases.confirming.discard_draft
attestations.certificates.make_authority attestations.certificates.rotate
attestations.issuing.issue attestations.issuing.revoke
attestations.sharing.make_share_code attestations.sharing.revoke_share_code
notices.notify notices.notify_many notices.choose
files.receive files.keep files.judge files.erase files.rotate_keys
"""
#: Nobody is named: parts of the actions above, readings of what they hold, what a secret alone
#: opens (of a contest, of e-mails, a share code with a birth date), a command of the operator.
BY_NOBODY = """
cases.act.acting_as cases.act.as_agent cases.act.said cases.act.in_words
cases.complement.waiting cases.complement.not_given cases.complement.label_of
cases.filing.office_of cases.filing.typed cases.filing.trouble_of
cases.pieces.complete_when_nothing_lacks cases.pieces.mark_complete
cases.pieces.changed_by_person cases.pieces.add_to cases.pieces.must_be_asked
cases.pieces.must_have_room cases.pages.pile_of cases.proofs.give_proofs
cases.moving.proofs_of_address cases.moving.amends_for cases.telling.appeal_of
cases.telling.heads_of
people.files.must_be_readable people.staff.key_address
people.linking.contest_link people.linking.end_link
attestations.certificates.signing_folder attestations.certificates.signer
attestations.certificates.private_key attestations.issuing.new_ids
attestations.receipts.verify_papers attestations.receipts.keep attestations.sharing.open_share_codes
attestations.sharing.open_share_code attestations.sharing.normal
territory.load_reference territory.open_office territory.move_competence
notices.stop_courtesies
"""
APPS = (
    "cases", "people", "attestations", "territory", "notices", "notices.letters", "files",
)  # fmt: skip

FACTS = {
    "family_name": "Sow", "given_names": "Awa", "born_on": date(1999, 1, 1), "nationality": "SEN",
}  # fmt: skip
CHILD = {
    "family_name": "Sow", "given_names": "Ndeye", "born_on": date(2020, 5, 4), "nationality": "SEN",
}  # fmt: skip
REASONS = "Les conditions ne sont pas remplies."

#: How each is called, for Mariam's case as it stands.
CALLS: dict[str, Callable[[World, Account], object]] = {
    "cases.act.acting": lambda w, who: _entered(act.acting(who, w.case, **at(DAY))),
    "cases.filing.start_draft": lambda w, who: filing.start_draft(
        who, w.people.mariam, procedure=PARENT, held=w.people.mariam.documents.get(), **at(DAY)
    ),
    "cases.filing.save_answers": lambda w, who: filing.save_answers(
        who, w.case, answers={"child_name": "Léa"}, **at(DAY)
    ),
    "cases.filing.discard": lambda w, who: filing.discard(who, w.case, **at(DAY)),
    "cases.filing.submit_case": lambda w, who: filing.submit_case(
        who, w.case, key=uuid4(), **at(DAY)
    ),
    "cases.filing.register_at_counter": lambda w, who: filing.register_at_counter(
        who, w.counter, complete=False, **at(DAY)
    ),
    "cases.filing.withdraw": lambda w, who: filing.withdraw(who, w.case, **at(DAY)),
    "cases.counter.register_seen": lambda w, who: counter.register_seen(
        who, w.counter, seen=["passport"], complete=False, **at(DAY)
    ),
    "cases.pieces.add_piece": lambda w, who: pieces.add_piece(
        who, w.case, code="child_birth_certificate", content=pdf(), declared_name="a.pdf",
        **at(DAY),
    ),
    "cases.pieces.add_code": lambda w, who: pieces.add_code(
        who, w.case, code="ephoto_code", data="ABCD", **at(DAY)
    ),
    "cases.pieces.note_seen": lambda w, who: pieces.note_seen(
        who, w.counter, code="passport", **at(DAY)
    ),
    "cases.pieces.withdraw_piece": lambda w, who: pieces.withdraw_piece(who, w.piece, **at(DAY)),
    "cases.pages.add_page": lambda w, who: pages.add_page(
        who, w.case, code="child_birth_certificate", content=pdf(3), declared_name="a.pdf",
        **at(DAY),
    ),
    "cases.pages.change_page": lambda w, who: pages.change_page(
        who, w.page, move=pages.Move.TURN, **at(DAY)
    ),
    "cases.pages.bind_pages": lambda w, who: pages.bind_pages(
        who, w.case, code="child_birth_certificate", **at(DAY)
    ),
    "cases.reading.open_case": lambda w, who: reading.open_case(who, w.case.pk, **at(DAY)),
    "cases.reading.open_piece": lambda w, who: reading.open_piece(
        who, w.case.pk, w.piece.pk, **at(DAY)
    ),
    "cases.reading.page_of_pile": lambda w, who: reading.page_of_pile(
        who, w.counter.pk, w.scan.pk, today=DAY
    ),
    "cases.reading.open_paper": lambda w, who: reading.open_paper(
        who, w.case.pk, w.thing("paper"), **at(DAY)
    ),
    "cases.decision.take": lambda w, who: decision.take(who, w.case, **at(DAY)),
    "cases.decision.release": lambda w, who: decision.release(who, w.case, **at(DAY)),
    "cases.decision.grant": lambda w, who: decision.grant(who, w.case, **at(DAY)),
    "cases.decision.refuse": lambda w, who: decision.refuse(
        who, w.case, reasons=REASONS, **at(DAY)
    ),
    "cases.decision.close": lambda w, who: decision.close(who, w.case, reasons=REASONS, **at(DAY)),
    "cases.decision.seize_commission": lambda w, who: decision.seize_commission(
        who, w.case, **at(DAY)
    ),
    "cases.decision.note_notification": lambda w, who: decision.note_notification(
        who, w.case, notified_on=DAY, **at(DAY)
    ),
    "cases.decision.card_arrives": lambda w, who: decision.card_arrives(who, w.case, **at(DAY)),
    "cases.decision.hand_over": lambda w, who: decision.hand_over(
        who, w.case, kind=Kind.CSP, card_number="FRA9998888", valid_from=DAY,
        valid_to=date(2029, 6, 19), **at(DAY),
    ),
    "cases.complement.request_complement": lambda w, who: complement.request_complement(
        who, w.case, wanted=[complement.Wanted("child_birth_certificate", "Ancien.")], **at(DAY)
    ),
    "cases.complement.extend": lambda w, who: complement.extend(
        who, w.case, due_on=date(2025, 12, 31), **at(DAY)
    ),
    "cases.complement.produce": lambda w, who: complement.produce(
        who, w.case, as_it_is=True, **at(DAY)
    ),
    "cases.letters.read": lambda w, who: letters.read(who, w.case, **at(DAY)),
    "cases.letters.write": lambda w, who: letters.write(who, w.case, text="Bonjour.", **at(DAY)),
    "cases.moving.amend": lambda w, who: moving.amend(
        who, w.case, answers={"child_name": "Léa Diallo"}, **at(DAY)
    ),
    "cases.moving.change_address": lambda w, who: moving.change_address(
        who, Person.objects.get(pk=w.people.mariam.pk), address_line="2 rue Neuve",
        postal_code="69001", commune=w.people.lyon, moved_on=DAY, proof=PROOF,
        with_children=[w.child.pk], **at(DAY),
    ),
    "cases.siblings.start_for_children": lambda w, who: siblings.start_for_children(
        who, [w.child], procedure=DCEM, **at(DAY)
    ),
    "cases.siblings.carry_over": lambda w, who: siblings.carry_over(
        who, w.for_brother, w.for_sister, **at(DAY)
    ),
    "cases.siblings.siblings_of": lambda w, who: _all_own(
        who, siblings.siblings_of(who, w.for_sister, DAY)
    ),
    "cases.declaring.declare_child": lambda w, who: declaring.declare_child(
        who, facts=CHILD, **at(DAY)
    ),
    "cases.declaring.add_proof": lambda w, who: declaring.add_proof(
        who, w.declared, code=BIRTH, content=pdf(), declared_name="a.pdf", **at(DAY)
    ),
    "cases.declaring.withdraw_proof": lambda w, who: declaring.withdraw_proof(
        who, w.proof, now=AT
    ),
    "cases.declaring.withdraw_claim": lambda w, who: declaring.withdraw_claim(
        who, w.declared, **at(DAY)
    ),
    "cases.confirming.open_claim": lambda w, who: confirming.open_claim(
        who, w.declared.pk, **at(DAY)
    ),
    "cases.confirming.open_proof": lambda w, who: confirming.open_proof(
        who, w.declared.pk, w.proof.pk, **at(DAY)
    ),
    "cases.confirming.settle_child": lambda w, who: confirming.settle_child(
        who, w.declared.pk, confirm=True, **at(DAY)
    ),
    "cases.declaring.record_child": lambda w, who: declaring.record_child(
        who, w.people.mariam, facts=CHILD, seen=[BIRTH], **at(DAY)
    ),
    "people.files.open_file": lambda w, who: files.open_file(who, w.people.mariam.pk, **at(DAY)),
    "people.linking.settle_claim": lambda w, who: linking.settle_claim(
        who, w.claim.pk, grant=True, **at(DAY)
    ),
    "people.linking.unlock_linking": lambda w, who: linking.unlock_linking(
        who, w.people.mariam.pk, **at(DAY)
    ),
    "people.counter.meet_person": lambda w, who: people_counter.meet_person(
        who, facts={**FACTS, "commune": w.people.evry}, document=None, **at(DAY)
    ),
    "notices.letters.gather": lambda w, who: posting.gather(
        who, office=w.people.at_evry, **at(DAY)
    ),
    "notices.letters.note_printed": lambda w, who: posting.note_printed(
        who, w.batch, Drawn(b"", ((1, 1),)), reprint=True, **at(DAY)
    ),
    "notices.letters.note_posted": lambda w, who: posting.note_posted(
        who, w.batch, posted_on=DAY, **at(DAY)
    ),
    "notices.letters.note_returned": lambda w, who: posting.note_returned(
        who, w.letter, reason=Envelope.Reason.REFUSED, **at(DAY)
    ),
    "notices.mark_read": lambda w, who: notices.mark_read(who, w.message.pk, now=AT),
    "people.offices.open_office": lambda w, who: offices.open_office(
        who, id="91-neuf", name="Bureau neuf", kind=Office.Kind.PREFECTURE,
        seat=w.people.evry.pk, active_from=DAY, now=AT,
    ),
    "people.offices.move_competence": lambda w, who: offices.move_competence(
        who, arrondissement="911", office="91-evry", from_on=date(2025, 12, 1), now=AT
    ),
    "people.staff.add_staff": lambda w, who: staff.add_staff(
        who, email="neuve@91.example", name="Nina Neuve", role=Staff.Role.AGENT,
        office=w.people.at_evry, active_from=DAY, now=AT,
    ),
    "people.staff.end_staff": lambda w, who: staff.end_staff(
        who, Staff.objects.get(account=w.people.sonia), last_day=DAY, now=AT
    ),
    "people.staff.renew_key": lambda w, who: staff.renew_key(
        who, Staff.objects.get(account=w.people.sonia), now=AT
    ),
    "people.linking.link_file": lambda w, who: linking.link_file(
        who, facts=linking.Facts(NUMBER, date(1990, 3, 2), CARD), now=AT
    ),
    "people.accounts.close_account": lambda w, who: accounts.close_account(who, **at(DAY)),
}  # fmt: skip


class Row(NamedTuple):
    """One line: what comes of ``action`` for each who tries it at that stage."""

    action: str
    stage: str
    cells: dict[str, str]


def rows() -> list[Row]:
    header, *lines = [line.split() for line in TABLE.splitlines() if line.strip()]
    return [
        Row(action, stage, dict(zip(header, cells, strict=True))) for action, stage, *cells in lines
    ]


def actions() -> dict[str, Callable[..., Any]]:
    """Every public function of every ``actions``, by its name without the package's."""
    found = {}
    for app in APPS:
        for module in _modules(f"droitfil.{app}.actions"):
            for name, one in inspect.getmembers(module, inspect.isfunction):
                if one.__module__ == module.__name__ and not name.startswith("_"):
                    full = f"{module.__name__}.{name}".removeprefix("droitfil.")
                    found[full.replace(".actions", "", 1)] = one
    return found


def _modules(name: str) -> Iterator[ModuleType]:
    package = importlib.import_module(name)
    yield package
    for part in pkgutil.iter_modules(getattr(package, "__path__", [])):
        yield importlib.import_module(f"{name}.{part.name}")


def test_each_action_stands_in_the_table_or_is_nobodys_to_try() -> None:
    asked = [row[:2] for row in rows()]
    assert len(asked) == len(set(asked)), "two lines say the same"
    told = {row.action for row in rows()}
    assert told == set(CALLS)
    listed = [*told, *BY_NAME.split(), *BY_NOBODY.split()]
    assert len(listed) == len(set(listed)), "told twice"
    assert set(actions()) == set(listed), "tell who may, in this file"


def test_what_is_done_under_a_name_takes_no_account() -> None:
    """A text can only be written by code of ours: no view hands over who is signed in."""
    there = actions()
    for name in BY_NAME.split():
        first = next(iter(inspect.signature(there[name]).parameters.values()))
        assert (first.name, first.annotation) in {("actor", "str"), ("by", "str")}, name
    for name in BY_NOBODY.split():
        named = {"actor", "account"} & set(inspect.signature(there[name]).parameters)
        assert not named, name


def test_every_action_by_everyone(db: None) -> None:
    world = World()
    wrong = []
    assert set(rows()[0].cells) == set(world.visitors) - {"anon"}
    for stage in STAGES:
        world.go(stage)
        for row in [row for row in rows() if row.stage == stage]:
            for visitor, cell in row.cells.items():
                got, written = _tried(world, row.action, visitor)
                if got != cell:
                    wrong.append(f"{row.action} ({stage}), {visitor}: {got}, not {cell}")
                elif got == "no" and written:
                    wrong.append(f"{row.action} ({stage}), {visitor}: {written} rows were written")
    assert not wrong, "\n" + "\n".join(wrong)


def _tried(world: World, action: str, visitor: str) -> tuple[str, int]:
    """What came of it and the rows it wrote; whatever it did is undone."""
    who = world.visitors[visitor]
    assert who is not None
    who = Account.objects.get(pk=who.pk)
    before, _readings = journal_and_rows()
    mark = transaction.savepoint()
    try:
        CALLS[action](world, who)
        outcome = "yes"
    except Forbidden:
        outcome = "no"
    except Conflict:
        outcome = "con"
    except Refusal:
        outcome = "ref"
    after, _readings = journal_and_rows()
    transaction.savepoint_rollback(mark)
    world.again()
    return outcome, after - before


def _all_own(who: Account, cases: list[Case]) -> None:
    assert all(is_own(who, case.person, DAY) for case in cases)


def _entered(context: Any) -> None:
    with context:
        pass
