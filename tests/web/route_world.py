"""What stands behind the addresses of :mod:`tests.web.route_table`: a case in Évry, and who looks.

Everything belongs to Mariam, whose case goes from stage to stage by the actions that everyone
uses. Each visitor is signed in as they would be, a moment ago.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.core import signing
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client

from droitfil.attestations.actions import Asked, make_authority, make_share_code, open_share_code
from droitfil.cases.actions import (
    complement,
    decision,
    declaring,
    filing,
    letters,
    pieces,
    siblings,
)
from droitfil.cases.continuity.proof import make_proof
from droitfil.cases.families import BIRTH
from droitfil.cases.models import Case, ChildClaim, ChildProof, Page, Piece
from droitfil.cases.sharing import rights_shared
from droitfil.files import actions as files
from droitfil.files.examination import examine
from droitfil.notices.actions import choose, notify
from droitfil.notices.letters import actions as post
from droitfil.notices.letters.drawing import Drawn
from droitfil.notices.models import Channel, Message, Preference
from droitfil.notices.passes import stop_code
from droitfil.people.actions import linking, staff
from droitfil.people.actions.files import link_family, register_person
from droitfil.people.models import Account, FamilyLink, LinkClaim, LinkNotice, Person, Staff
from droitfil.people.passes import contest_code
from droitfil.rules.lifecycle import State
from droitfil.territory.models import CommuneName
from droitfil.territory.names import place_key
from tests.cases.writing import AT, DAY, EMPLOYEE, PARENT, at, draft, give_pieces, raw_case
from tests.files.samples import jpeg, pdf
from tests.personas import BY, CARD, NUMBER, Personas, account

#: What an agent has seen of a new address.
PROOF = "address_bill"
DCEM = "document-circulation-mineur"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: The stages of Mariam's case, in their order.
STAGES = ("draft", "filed", "taken", "asked", "granted", "ready")
#: Visitors who act for the State on the day of the tests.
STAFF = frozenset({"ag91", "ag69", "hd91", "hd69", "cc91", "cc69", "mini", "admi"})


class World:
    """The people, the objects, a browser for each visitor; ``go`` takes the case further."""

    def __init__(self) -> None:
        make_authority(BY, now=AT)
        people = self.people = Personas()
        assert all((people.at_evry, people.at_lyon, people.sonia))
        self._link_files()
        self.stage = "draft"
        self.case = draft(people)
        give_pieces(people, self.case)
        self.piece = self._given()
        self.counter = raw_case(
            State.DRAFT, people, person=people.mariam, held=people.mariam.documents.get()
        )
        #: Amina's, examined in Lyon.
        self.elsewhere = raw_case(State.SUBMITTED, people, office=people.at_lyon, article="L421-9")
        self.child = self._child_named("Lina")
        self._ask_for_children()
        self._declare_a_child()
        #: Seen at the counter by an agent.
        self.seen = pieces.note_seen(people.nadia, self.counter, code="passport", **at(DAY))
        self.page = self._page(self.case, people.mariam_account, "child_birth_certificate")
        self.scan = self._page(self.counter, people.nadia, "passport", at_counter=True)
        self._letters()
        self.child_share, _text = make_share_code(
            f"person:{people.mariam_account.pk}", holder=self.child.pk,
            born_on=self.child.born_on, now=AT, days=7,
        )  # fmt: skip
        self.share, self.share_text = make_share_code(
            f"person:{people.mariam_account.pk}", holder=people.mariam.pk,
            born_on=people.mariam.born_on, now=AT, days=7,
        )  # fmt: skip
        asked = Asked(self.share_text, people.mariam.born_on, "Boulangerie")
        self.receipt = open_share_code(asked, now=AT, rights_on=rights_shared).look.receipt
        self.passkey = 0
        self.claim = LinkClaim.objects.get()
        self.message = self._told()
        for place in (people.evry, people.lyon):
            # The whole map may be there already: it stays from one test to the next.
            CommuneName.objects.get_or_create(
                commune=place, name=place.name, defaults={"key": place_key(place.name)}
            )
        make_proof(DAY, now=AT)
        self.visitors = self._visitors()

    def _link_files(self) -> None:
        """Mariam's and Amina's files, linked by their facts; somebody else claims Mariam's."""
        people = self.people
        assert people.amina
        linking.link_file(
            people.amina_account, facts=linking.Facts(NUMBER, date(1990, 3, 2), CARD), now=AT
        )
        facts = linking.Facts("9923456789", people.mariam.born_on, "FRA7654321")
        people.mariam.email = "mariam@ancienne.example"
        people.mariam.save()
        people.mariam_account = account("mariam@exemple.example")
        linking.link_file(people.mariam_account, facts=facts, now=AT)
        people.mariam.refresh_from_db()
        linking.link_file(account("autre@exemple.example"), facts=facts, now=AT)

    def _ask_for_children(self) -> None:
        """Requests of one kind for the sister and the brother of Lina, who has none yet."""
        self.for_sister, self.for_brother = siblings.start_for_children(
            self.people.mariam_account, [self._child_named("Awa"), self._child_named("Issa")],
            procedure=DCEM, **at(DAY),
        )  # fmt: skip

    def _declare_a_child(self) -> None:
        """Mariam's youngest, whom no agent has confirmed yet, with their birth certificate."""
        self.declared = declaring.declare_child(
            self.people.mariam_account,
            facts={"family_name": "Diallo", "given_names": "Moussa", "born_on": date(2024, 2, 3),
                   "nationality": "SEN"},
            **at(DAY),
        )  # fmt: skip
        examined = replace(examine(pdf(), declared_name="acte.pdf"), scanned=True)
        by = self.people.mariam_account
        self.proof = ChildProof.objects.create(
            claim=self.declared, code=BIRTH, added_by=by, added_at=AT,
            upload=files.keep(f"person:{by.pk}", examined, now=AT),
        )  # fmt: skip

    def _child_named(self, given_names: str) -> Person:
        child = register_person(
            BY, now=AT, family_name="Diallo", given_names=given_names, born_on=date(2021, 5, 4),
            nationality="SEN", commune=self.people.evry,
        )  # fmt: skip
        link_family(BY, self.people.mariam, child, kind=FamilyLink.Kind.CHILD, now=AT)
        return child

    def _given(self) -> Piece:
        """A piece with a file that the antivirus let through."""
        by = f"person:{self.people.mariam_account.pk}"
        examined = replace(examine(pdf(), declared_name="acte.pdf"), scanned=True)
        return Piece.objects.create(
            case=self.case, code="child_birth_certificate", rank=2, added_at=AT,
            upload=files.keep(by, examined, now=AT), added_by=self.people.mariam_account,
        )  # fmt: skip

    def _page(self, case: Case, by: Account, code: str, **more: Any) -> Page:
        """A photograph that waits to be made a document, let through by the antivirus."""
        examined = replace(examine(jpeg((64, 48)), declared_name="page.jpg"), scanned=True)
        return Page.objects.create(
            case=case, code=code, rank=1, added_at=AT, added_by=by,
            upload=files.keep(f"person:{by.pk}", examined, now=AT), **more,
        )  # fmt: skip

    def _letters(self) -> None:
        """Three letters to Mariam: one posted, one printed, one that waits."""
        people = self.people
        assert people.at_evry
        mariam = Person.objects.get(pk=people.mariam.pk)
        mariam.address_line, mariam.postal_code = "3 rue des Lilas", "91000"
        mariam.commune = people.evry
        mariam.save()
        choose(BY, person=mariam, channel=Channel.LETTER, wants=Preference.Wants.ALL, now=AT)
        when = {"now": AT, "today": DAY}
        for key in ("posted", "printed", "waiting"):
            notify(
                BY, template="share_looked", person=mariam, key=f"letter:{key}", now=AT,
                facts={"looked_on": DAY},
            )  # fmt: skip
            if key == "waiting":
                break
            self.batch = post.gather(people.hugo, office=people.at_evry, **when)
            post.note_printed(people.hugo, self.batch, Drawn(b"", ((1, 1),)), reprint=False, **when)
            if key == "posted":
                post.note_posted(people.hugo, self.batch, posted_on=DAY, **when)
                self.letter = self.batch.envelopes.get().reference
        Preference.objects.filter(person=mariam, channel=Channel.LETTER).delete()
        people.mariam.refresh_from_db()

    def _told(self) -> Message:
        return notify(
            BY, template="case_taken", person=self.people.mariam, case=self.case.pk, key="told",
            now=AT, facts={"reference": self.case.reference, "office": self.case.office_id},
        )  # fmt: skip

    def _visitors(self) -> dict[str, Account | None]:
        people, role = self.people, Staff.Role
        gone = people._staff("parti@91.example", "Yves Parti", role.AGENT, people.at_evry)
        staff.end_staff(BY, gone.staff, last_day=DAY - timedelta(days=1), now=AT)
        elsewhere, _key = staff.add_staff(
            BY, email="luc@contact.example", name="Luc Blanc", role=role.SUPPORT, office=None,
            territory=["69"], active_from=date(2024, 1, 1), now=AT,
        )  # fmt: skip
        return {
            "anon": None,
            "acct": people.stranger,
            "mine": people.mariam_account,
            "othr": people.amina_account,
            "ag91": people.nadia,
            "ag69": people.paul,
            "hd91": people.hugo,
            "hd69": people._staff("chef@69.example", "Jean Caron", role.HEAD, people.at_lyon),
            "cc91": people.claire,
            "cc69": elsewhere.account,
            "mini": people.denis,
            "admi": people.admin,
            "past": gone,
        }

    def go(self, stage: str) -> None:
        """Takes the case to ``stage``, by each one on the way."""
        while self.stage != stage:
            self.stage = STAGES[STAGES.index(self.stage) + 1]
            getattr(self, f"_{self.stage}")()
            self.again()
        Browser.rows = None

    def again(self) -> None:
        """Reads anew what an action was given, and may have changed in memory."""
        self.case = Case.objects.get(pk=self.case.pk)
        self.counter = Case.objects.get(pk=self.counter.pk)
        self.piece = Piece.objects.get(pk=self.piece.pk)
        self.declared = ChildClaim.objects.get(pk=self.declared.pk)
        self.proof = ChildProof.objects.get(pk=self.proof.pk)

    def _filed(self) -> None:
        filing.submit_case(self.people.mariam_account, self.case, key=uuid4(), **at(DAY))
        letters.write(self.people.mariam_account, self.case, text="Bonjour.", **at(DAY))

    def _taken(self) -> None:
        decision.take(self.people.nadia, self.case, **at(DAY))

    def _asked(self) -> None:
        wanted = [complement.Wanted("child_birth_certificate", "L’acte est trop ancien.")]
        complement.request_complement(self.people.nadia, self.case, wanted=wanted, **at(DAY))

    def _granted(self) -> None:
        complement.produce(self.people.nadia, self.case, **at(DAY))
        self.case = Case.objects.get(pk=self.case.pk)
        decision.grant(self.people.nadia, self.case, length="4y", **at(DAY))

    def _ready(self) -> None:
        """By then she has a passkey too."""
        decision.card_arrives(self.people.nadia, self.case, **at(DAY))
        self.passkey = Authenticator.objects.create(
            user=self.people.mariam_account, type=Authenticator.Type.WEBAUTHN, data={}
        ).pk

    # -- what a request is made of ----------------------------------------------------------------

    def names(self, route: str) -> dict[str, Any]:
        """What the names in the address of ``route`` stand for, where that is not :meth:`thing`."""
        mariam = self.people.mariam
        proof = {"claim": self.declared.pk, "proof": self.proof.pk}
        special: dict[str, dict[str, Any]] = {
            "agent-register": {"case": self.counter.pk},
            "agent-open": {"person": self.people.amina.pk},
            "child": {"person": self.child.pk},
            "begin-child": {"person": self.child.pk},
            "address-child": {"person": self.child.pk},
            "share-child": {"person": self.child.pk},
            "share-child-stop": {"person": self.child.pk, "code": self.child_share.pk},
            "declared-child": {"claim": self.declared.pk},
            "declared-child-add": {"claim": self.declared.pk},
            "declared-child-withdraw": {"claim": self.declared.pk},
            "agent-child": {"claim": self.declared.pk},
            "declared-child-proof": proof,
            "declared-child-proof-withdraw": proof,
            "agent-child-proof": proof,
            "case-carry": {"case": self.for_brother.pk},
            "agent-form": {"case": self.counter.pk},
            "agent-pieces": {"case": self.counter.pk},
            "agent-piece-add": {"case": self.counter.pk, "code": "passport"},
            "agent-piece-withdraw": {"case": self.counter.pk, "piece": self.seen.pk},
            "agent-pages": {"case": self.counter.pk, "code": "passport"},
            "agent-page": {"case": self.counter.pk, "page": self.scan.pk},
            "agent-page-small": {
                "case": self.counter.pk,
                "token": signing.dumps(self.scan.pk.hex, salt="droitfil.thumbnails"),
            },
            "case-pages": {"case": self.case.pk, "code": "child_birth_certificate"},
            "contest": {"code": contest_code(LinkNotice.objects.filter(link__person=mariam)[0].pk)},
            "stop-emails": {"code": stop_code(mariam.pk)},
            "share-stop": {"code": self.share.pk},
            "case-piece-add": {"case": self.case.pk, "code": "ephoto_code"},
        }
        return special.get(route, {})

    def thing(self, name: str) -> Any:
        """What ``name`` stands for in most addresses."""
        if name == "paper":
            return self.case.papers.values_list("pk", flat=True)[0]
        return {
            "case": self.case.pk, "piece": self.piece.pk, "person": self.people.mariam.pk,
            "page": self.page.pk,
            "batch": self.batch.pk,
            "claim": self.claim.pk, "account": self.people.sonia.pk, "number": self.passkey,
            "message": self.message.pk, "receipt_id": self.receipt.pk, "day": DAY.isoformat(),
            "address": "reponse", "block": "child", "article": "L423-7", "name": "majority_age",
            "rule_id": "R431-2", "id": "R431-2",
        }[name]  # fmt: skip

    def sent(self, route: str) -> dict[str, Any]:
        """The form that ``route`` receives: the least with which the act is done."""
        people = self.people
        moved = {"etape": "confirmer", "address_line": "2 rue Neuve", "postal_code": "69001",
                 "commune": people.lyon.name, "j": "1", "m": "6", "a": "2025"}  # fmt: skip
        born = {
            "family_name": "Sow",
            "given_names": "Ndeye",
            "nationality": "SEN",
            "ne_j": "4",
            "ne_m": "5",
            "ne_a": "2020",
        }
        return {
            "verify": {"code": self.share_text, "j": "20", "m": "11", "a": "1988", "par": "X"},
            "api-1:verify": {"share_code": self.share_text, "born_on": "1988-11-20"},
            "api-1:verify_several": {
                "several": [{"share_code": self.share_text, "born_on": "1988-11-20"}]
            },
            "account_login": {"email": "personne@exemple.example"},
            "account_request_login_code": {"email": "personne@exemple.example"},
            "account_signup": {"email": "personne@exemple.example"},
            "link": {"number": NUMBER, "ne_j": "2", "ne_m": "3", "ne_a": "1990",
                     "card_number": CARD},
            "share": {"jours": "7"},
            "share-child": {"jours": "7"},
            "address": moved,
            "address-child": moved,
            "agent-address": {**moved, "preuve": PROOF},
            "begin-children": {"demarche": DCEM, "enfants": str(self.child.pk)},
            "declare-child": born,
            "agent-child": {"decision": "confirmer"},
            "agent-child-record": {**born, "vu": BIRTH},
            "case-carry": {"de": str(self.for_sister.pk)},
            "case-write": {"text": "Bonjour."},
            "message-preferences": {"email": "legal"},
            "case-start": {"demarche": PARENT, "document": str(people.mariam.documents.get().pk)},
            "case-questions": {"child_name": "Lina Diallo", "suite": "arreter"},
            "case-piece-add": {"code": "ABCD1234"},
            "agent-post-pdf": {"quoi": "reimpression"},
            "agent-posted": {"posted_on": DAY.isoformat()},
            "agent-returns": {"reference": self.letter, "reason": "unclaimed"},
            "case-pages": {"reunir": "oui"},
            "case-page": {"geste": "turn"},
            "agent-pages": {"reunir": "oui"},
            "agent-page": {"geste": "turn"},
            "case-submit": {"cle": str(uuid4())},
            "case-answer": {"tel-quel": "oui"},
            "agent-people": {"texte": "diallo"},
            "agent-newcomer": {
                "family_name": "Sow", "given_names": "Awa", "born_on": "1999-01-01",
                "nationality": "SEN", "postal_code": "91000", "commune": "Évry-Courcouronnes",
            },
            "agent-open": {"demande": f"{EMPLOYEE} {people.amina.documents.get().pk}"},
            "agent-register": {"complet": "non"},
            "agent-ask": {"demande": "child_birth_certificate",
                          "motif-child_birth_certificate": "Trop ancien."},
            "agent-extend": {"due_on": "2025-12-31"},
            "agent-produce": {"tout": "oui"},
            "agent-decide": {"outcome": "granted", "number": "4", "unit": "y"},
            "agent-notified": {"notified_on": DAY.isoformat()},
            "agent-hand-over": {"kind": "CSP", "card_number": "FRA9998888",
                                "valid_from": "2025-06-20", "valid_to": "2029-06-19"},
            "agent-write": {"text": "Bonjour."},
            "agent-claim": {"decision": "donner"},
            "administration": {"email": "neuve@91.example", "name": "Nina Neuve", "role": "agent",
                               "office": "91-evry"},
            "administration-staff": {"do": "key"},
            "administration-offices": {
                "do": "open", "id": "91-neuf", "name": "Bureau neuf", "kind": "prefecture",
                "seat": people.evry.pk,
            },
            "demo-enter": {"qui": "employeur"},
        }.get(route, {})  # fmt: skip


#: What is asked of lists in their address: to be shown Évry, whoever asks.
QUERIES = {
    "agent": "?bureau=91-evry",
    "agent-alerts": "?bureau=91-evry",
    "agent-counter": "?bureau=91-evry",
    "agent-letters": "?bureau=91-evry",
    "agent-moves": "?bureau=91-evry",
    "agent-unreached": "?bureau=91-evry",
    "administration-offices": "?departement=91",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor received, how many rows were written for it, and who is said to have read."""

    code: int
    location: str
    body: bytes
    written: int
    readings: list[str]

    @property
    def status(self) -> str:
        """As the table writes it."""
        return "in" if self.location.startswith("/connexion?") else str(self.code)


class Browser:
    """One visitor's browser; what a request does is undone: no answer depends on another."""

    #: Rows written so far, by whatever visitor; None when something else has written since.
    rows: int | None = None

    def __init__(self, who: Account | None) -> None:
        self.client = Client()
        self.who = who
        self.key = self._signed_in(who)

    def _signed_in(self, who: Account | None) -> str:
        if who is None:
            return ""
        self.client.force_login(who, backend=BACKEND)
        request = HttpRequest()
        request.session = self.client.session
        record_authentication(request, who, "code")
        request.session.save()
        return str(request.session.session_key)

    def ask(self, method: str, address: str, sent: dict[str, Any]) -> Answer:
        """The answer, and what it wrote; all of it is forgotten."""
        cache.clear()
        self.client.cookies.clear()
        if self.key:
            self.client.cookies["session"] = self.key
        mark = transaction.savepoint()
        before, _none = journal_and_rows() if Browser.rows is None else (Browser.rows, [])
        response = self._send(method, address, sent)
        body = b"".join(response) if response.streaming else response.content
        Browser.rows, readings = journal_and_rows()
        transaction.savepoint_rollback(mark)
        code, location = response.status_code, response.get("Location", "")
        return Answer(code, location, body, Browser.rows - before, readings)

    def _send(self, method: str, address: str, sent: dict[str, Any]) -> Any:
        if method != "POST":
            return self.client.generic(method, address)
        kind = {"content_type": "application/json"} if address.startswith("/api/") else {}
        return self.client.post(address, sent, **kind)


def journal_and_rows() -> tuple[int, list[str]]:
    """Rows that this transaction has added, changed or removed, those it took back included; and
    who, of the staff, has read something."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int,
                ARRAY(SELECT actor FROM journal_entry WHERE action LIKE '%.read')
            FROM pg_stat_xact_user_tables"""
        )
        rows, readings = cursor.fetchone()
        return rows, readings
