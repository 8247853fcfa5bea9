"""The proof of continuity of a date: who is entitled, who is covered, who is not and why.

Computed from the tables and the kernel, without the stored coverage that the night moves. Its
text is canonical JSON, signed as it is made (``attestations.documents``), and the figures that
anyone may read of it are signed beside it: whoever downloads either verifies it without the
platform. The journal's head dates it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from cryptography import x509
from django.db import transaction

from droitfil.attestations import documents, keyring
from droitfil.attestations.actions.certificates import Signer, signer
from droitfil.attestations.documents import Seal, canonical
from droitfil.attestations.models import Purpose
from droitfil.cases.continuity.alike import Concerned, people_in, plainly_covered, situations
from droitfil.cases.continuity.reading import Known, those
from droitfil.cases.continuity.reconciliation import Reconciled, reconcile
from droitfil.cases.models import Night, Proof
from droitfil.journal import queries as journal
from droitfil.journal.actions import record
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import answer_of, shared_text
from droitfil.rules.answer import Answer, Gap
from droitfil.rules.facts import HELD_TITLES, Kind
from droitfil.rules.problems import Refused

ACTOR = "system:night"
FORMAT = "droitfil-proof-2"
#: Titles that prove the right to stay on each of their days, whoever holds them.
PLAIN = frozenset(
    kind.value for kind in HELD_TITLES - {Kind.VLS_TS, Kind.EU_FAMILY} if kind is not Kind.APS
)
#: In the path of facts that only date what is no paper of stay: the remedies against a decision,
#: the card that a protected person is owed.
_ONLY_DATES = (".decision.", ".recognised_on")
DEFINITION = (
    "Sont comptées toutes les personnes qui tiennent ou ont tenu un document de séjour, ou qui ont "
    "déposé une demande. Est en droit, ce jour-là, qui tient un document valable, ou à qui la loi "
    "garde ses droits ou doit un papier. Est couverte la personne en droit qu'un document, un "
    "papier délivré ou la loi elle-même prouve ce jour-là. Les autres personnes en droit sont "
    "nommées par la référence de leur dossier, avec la règle et la voie de recours."
)


@dataclass
class Counted:
    """What a survey of everyone gives; the figures add up to ``people``."""

    people: int = 0
    covered: int = 0
    #: In right, without a paper that day: reference, office, since when, rule, remedy.
    not_covered: list[dict[str, Any]] = field(default_factory=list)
    #: (rule, why) -> how many.
    not_entitled: Counter[tuple[str, str]] = field(default_factory=Counter)
    undecided: list[dict[str, Any]] = field(default_factory=list)

    @property
    def entitled(self) -> int:
        return self.covered + len(self.not_covered)

    @property
    def totals(self) -> dict[str, int]:
        return {
            "people": self.people,
            "entitled": self.entitled,
            "covered": self.covered,
            "not_covered": len(self.not_covered),
            "not_entitled": self.not_entitled.total(),
            "undecided": len(self.undecided),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """How someone stands: the list of :class:`Counted` they belong to, and why."""

    standing: Literal["covered", "not_covered", "not_entitled", "undecided"]
    because: tuple[str, str] = ("", "")
    why: Mapping[str, Any] = field(default_factory=dict)


def survey(day: date, *, shortcut: bool = True) -> Counted:
    """Asks the kernel about everyone, once for those in the same situation.

    :param shortcut: takes as covered, without asking, who holds a plain title and filed nothing.
    """
    law = load_law()
    plain = sorted(PLAIN) if shortcut else []
    concerned = Concerned(everyone=True, plain=plain)
    sure = plainly_covered(day, plain)
    found, named = Counted(people=sure, covered=sure), list[str]()
    with transaction.atomic():
        for chunk in situations(day, concerned):
            of = {alike.person: alike for alike in chunk}
            found.people += sum(alike.people for alike in chunk)
            for known in those(list(of), day):
                verdict, alike = verdict_of(known, day, law.version), of[known.person.id]
                if verdict.standing == "covered":
                    found.covered += alike.people
                elif verdict.standing == "not_entitled":
                    found.not_entitled[verdict.because] += alike.people
                else:
                    named.append(alike.situation)
    for known in those(people_in(named, day, concerned), day):
        verdict = verdict_of(known, day, law.version)
        getattr(found, verdict.standing).append(_named(known, verdict.why))
    return found


def verdict_of(known: Known, day: date, version: str) -> Verdict:
    """How someone stands on ``day``, as the law of ``version`` says."""
    return _verdict(shared_text(known.question(day)), day, version)


def make_proof(day: date, *, now: datetime, reconciled: Reconciled | None = None) -> Proof:
    """Makes, signs and keeps the proof of ``day``; the one already kept when there is one.

    :raises droitfil.lib.refusals.Refusal: when no key can sign: nothing changes a proof, so none
        is kept unsigned; the night is not over until one can.
    """
    kept = Proof.objects.filter(date=day).first()
    if kept is not None:
        return kept
    signs = signer(Purpose.SEAL)
    counted = survey(day)
    reconciled = reconciled if reconciled is not None else reconcile(day)
    head = journal.head()
    document = _document(day, now, counted, reconciled)
    with transaction.atomic():
        proof = keep_proof(document, head=str(head) if head else "", made_at=now, signs=signs)
        record(
            ACTOR, action="proof.made", subject_kind="proof", at=now,
            facts={
                "date": day, "hash": bytes(proof.hash).hex(),
                "authority": signs.certificate.authority, "certificate": signs.certificate.name,
            },
        )  # fmt: skip
    return proof


def keep_proof(
    document: Mapping[str, Any], *, head: str, made_at: datetime, signs: Signer
) -> Proof:
    """Signs what was counted, dated by ``head`` of the journal, and keeps it for ever."""
    document = {**document, "journal": head or None}
    text = canonical(document)
    figures = canonical(_figures(document, digest(text)))
    return Proof.objects.create(
        date=date.fromisoformat(document["date"]), document=text, hash=digest(text), head=head,
        made_at=made_at, figures=figures, certificate=signs.certificate,
        signature=signs.sign(documents.signed_bytes(text)),
        figures_signature=signs.sign(documents.signed_bytes(figures)),
    )  # fmt: skip


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def is_intact(proof: Proof) -> bool:
    """Is everything still as it was hashed and, when it was signed, as it was signed?"""
    if digest(proof.document) != bytes(proof.hash):
        return False
    if proof.certificate is None:
        return True
    public_key = keyring.public_key(x509.load_der_x509_certificate(bytes(proof.certificate.der)))
    return all(
        documents.is_sealed(text, Seal(str(proof.certificate), bytes(signature or b"")), public_key)
        for text, signature in (
            (proof.document, proof.signature), (proof.figures, proof.figures_signature),
        )
    )  # fmt: skip


def whole_file(proof: Proof) -> str:
    """The whole document with its signature, as ``droitfil verify`` reads it."""
    return _file(proof, proof.document, proof.signature)


def public_file(proof: Proof) -> str:
    """The same for what anyone may read of it."""
    if proof.certificate is None:
        return canonical(public(proof))
    return _file(proof, proof.figures, proof.figures_signature)


def public(proof: Proof) -> dict[str, Any]:
    """What anyone may read of it: figures, no reference."""
    if proof.certificate is not None:
        found: dict[str, Any] = json.loads(proof.figures)
        return found
    return _figures(json.loads(proof.document), bytes(proof.hash))


def _file(proof: Proof, text: str, signature: bytes | memoryview[int] | None) -> str:
    """``text`` alone for a proof of before signatures."""
    if proof.certificate is None or signature is None:
        return text
    return documents.sealed(text, Seal(str(proof.certificate), bytes(signature)))


def _figures(document: Mapping[str, Any], hashed: bytes) -> dict[str, Any]:
    without = {k: v for k, v in document.items() if k not in ("not_covered", "undecided")}
    without["not_covered"] = [
        {"rule": rule, "count": count}
        for rule, count in sorted(Counter(row["rule"] for row in document["not_covered"]).items())
    ]
    without["undecided"] = len(document["undecided"])
    without["reconciliation"] = {
        k: v for k, v in document["reconciliation"].items() if k != "findings"
    }
    without["hash"] = hashed.hex()
    return without


@lru_cache(maxsize=50_000)
def _verdict(question: str, day: date, version: str) -> Verdict:
    """How everyone of that question stands on ``day``, as the law of ``version`` says."""
    try:
        said = answer_of(question, version)
    except Refused as refused:
        return Verdict("undecided", why={"why": refused.problems[0].path})
    span = next((s for s in said.spans if s.start <= day and (s.end is None or day <= s.end)), None)
    if span is not None and span.stay:
        return Verdict("covered")
    gap = next((g for g in said.gaps if g.start <= day <= g.end), None)
    if gap is not None and gap.entitled:
        return Verdict("not_covered", why=_gap(gap))
    if lacking := _lacking(said):
        return Verdict("undecided", why={"why": lacking})
    if gap is not None:
        return Verdict("not_entitled", (gap.rule, gap.why.template))
    # A minor, or someone whose first document is still to begin: no proof is asked of them.
    return Verdict("not_entitled", ("L411-1", ""))


def _lacking(said: Answer) -> str | None:
    """A fact without which nobody can say whether a paper is owed."""
    for warning in said.warnings:
        field = warning.field or ""
        if warning.code == "fact_missing" and not any(one in field for one in _ONLY_DATES):
            return field or warning.code
    return None


def _named(known: Known, why: Mapping[str, Any]) -> dict[str, Any]:
    """By reference: the latest case filed; the id of the person's latest document without one."""
    if known.files:
        file = known.files[-1]
        return {"reference": file.reference, "office": file.office, **why}
    return {"reference": f"document:{known.held[-1].id}", "office": None, **why}


def _gap(gap: Gap) -> dict[str, Any]:
    return {"since": gap.start.isoformat(), "rule": gap.rule, "remedy": gap.remedy}


def _document(day: date, now: datetime, counted: Counted, reconciled: Reconciled) -> dict[str, Any]:
    night = Night.objects.filter(date=day).first()
    return {
        "format": FORMAT,
        "date": day.isoformat(),
        "made_at": now.isoformat(),
        "law": load_law().version,
        "definition": DEFINITION,
        "totals": counted.totals,
        "not_covered": sorted(counted.not_covered, key=lambda row: row["reference"]),
        "not_entitled": [
            {"rule": rule, "why": why, "count": count}
            for (rule, why), count in sorted(counted.not_entitled.items())
        ],
        "undecided": sorted(counted.undecided, key=lambda row: row["reference"]),
        "night": None
        if night is None
        else {"since": night.since.isoformat(), "runs": night.runs, "phases": night.phases},
        "reconciliation": {
            "cases": reconciled.cases,
            "papers": reconciled.papers,
            "counts": dict(reconciled.counts),
            "findings": [
                {
                    "what": f.what, "reference": f.reference, "kind": f.kind,
                    "from": f.start.isoformat() if f.start else None,
                    "to": f.end.isoformat() if f.end else None,
                }
                for f in reconciled.findings
            ],
        },
    }  # fmt: skip
