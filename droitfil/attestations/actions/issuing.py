"""Issuing and revoking papers: by sets, in the caller's transaction, each with its journal line."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from droitfil.attestations.actions.certificates import Signer, signer
from droitfil.attestations.models import Purpose, Reason
from droitfil.attestations.trust import mark_of
from droitfil.journal.actions import check_actor
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.rules import seal
from droitfil.rules.seal import FILING, Paper

#: Papers written by one statement.
BATCH = 1_000
LONGEST_REFERENCE = 40
#: The random bits of a UUID of version 7, and those that say so (RFC 9562).
_RANDOM, _VERSION_7 = (0xFFF << 64) | ((1 << 62) - 1), (7 << 76) | (2 << 62)

_ALREADY = "SELECT key, id FROM attestations_attestation WHERE key = ANY(%s)"
# The paper and its journal line are one statement: neither exists without the other.
_ISSUE = """
    WITH made AS (
        INSERT INTO attestations_attestation
            (id, key, reference, kind, holder, case_ref, valid_from, valid_to, issued_at, content,
             digest, code, certificate_id, signature, mark)
        SELECT id, key, reference, kind, holder, case_ref, valid_from, valid_to, %s, content,
               digest, code, CASE WHEN code <> '' THEN %s::bigint END, signature, mark
        FROM json_to_recordset(%s::json) AS given (
            id uuid, key text, reference text, kind text, holder uuid, case_ref uuid,
            valid_from date, valid_to date, content text, digest bytea, code text,
            signature bytea, mark bytea)
        ON CONFLICT (key) DO NOTHING
        RETURNING id, key, kind, case_ref, valid_from, valid_to, digest
    ), told AS (
        INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
        SELECT %s, %s, 'attestation.issued', 'attestation', id, case_ref, jsonb_build_object(
            'kind', kind, 'from', valid_from, 'to', valid_to, 'digest', encode(digest, 'hex'))
        FROM made
    )
    SELECT key, id FROM made
"""
_REVOKE = """
    WITH ended AS (
        INSERT INTO attestations_revocation (attestation_id, revoked_at, reason, replaced_by_id)
        SELECT paper.id, %s, %s, given.replaced_by
        FROM unnest(%s::uuid[], %s::uuid[]) AS given (id, replaced_by)
        JOIN attestations_attestation AS paper ON paper.id = given.id
        ORDER BY paper.id
        ON CONFLICT (attestation_id) DO NOTHING
        RETURNING attestation_id, reason, replaced_by_id
    ), told AS (
        INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
        SELECT %s, %s, 'attestation.revoked', 'attestation', paper.id, paper.case_ref,
               jsonb_strip_nulls(jsonb_build_object(
                   'kind', paper.kind, 'reason', ended.reason, 'replaced_by', replaced_by_id))
        FROM ended JOIN attestations_attestation AS paper ON paper.id = ended.attestation_id
    )
    SELECT attestation_id FROM ended
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A paper to issue, for whom, and what keeps it from being issued twice.

    :param key: two orders with one key make one paper ("api:<case>:1"); 120 characters at most.
    :param holder: the person, by their id elsewhere.
    :param case: what the journal says that the paper belongs to.
    """

    key: str
    holder: UUID
    paper: Paper
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The paper of each key, whether made now or before; ``new`` has the keys made now."""

    ids: Mapping[str, UUID]
    new: frozenset[str]


def issue(actor: str, orders: Iterable[Order], *, now: datetime) -> Issued:
    """Issues and signs the papers that were not issued yet; all of them, or none.

    Who may ask for them is the caller's matter. A caller with many gives them by thousands, each
    set in its own transaction.

    :param now: the instant of issue; its day in Paris is printed and signed.
    :raises Conflict: when a number of paper is already another's.
    :raises Refusal: when a paper cannot be sealed as it is, or when no key can sign.
    """
    check_actor(actor)
    wanted = {order.key: order for order in orders}
    # In one order for all: two that issue the same papers wait, they do not block each other.
    keys = sorted(wanted)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ALREADY, [keys])
            found: dict[str, UUID] = dict(cursor.fetchall())
            made: dict[str, UUID] = {}
            missing = [wanted[key] for key in keys if key not in found]
            signs = signer(Purpose.CODE) if any(o.paper.kind != FILING for o in missing) else None
            certificate = None if signs is None else signs.certificate.pk
            for rows in _prepared(missing, signs, now):
                cursor.execute(_ISSUE, [now, certificate, rows, now, actor])
                made |= dict(cursor.fetchall())
            if len(made) < len(missing):  # someone else issued them meanwhile
                cursor.execute(_ALREADY, [[o.key for o in missing if o.key not in made]])
                found |= dict(cursor.fetchall())
    except IntegrityError as error:
        if "attestations_reference_once" not in str(error):
            raise
        raise Conflict(_("Un autre papier porte déjà ce numéro ; rien n’est délivré.")) from None
    return Issued(found | made, frozenset(made))


def _prepared(orders: Sequence[Order], signs: Signer | None, now: datetime) -> Iterator[str]:
    """The rows of each batch; the next ones are signed while PostgreSQL writes the last."""
    batches = [orders[first : first + BATCH] for first in range(0, len(orders), BATCH)]
    if len(batches) < 2:
        yield from (_rows(batch, signs, now) for batch in batches)
        return
    context = copy_context()  # the language in which a refusal is told
    with ThreadPoolExecutor(1) as beside:
        yield from beside.map(lambda batch: context.run(_rows, batch, signs, now), batches)


def _rows(orders: Sequence[Order], signs: Signer | None, now: datetime) -> str:
    """The rows as one JSON text: far cheaper to hand over than arrays of each column."""
    day = timezone.localdate(now)
    ids = new_ids(len(orders), now)
    rows = [_row(order, id_, signs, day) for order, id_ in zip(orders, ids, strict=True)]
    return json.dumps(rows, ensure_ascii=False)


def _row(order: Order, id_: UUID, signs: Signer | None, day: date) -> dict[str, Any]:
    paper = order.paper
    if not 0 < len(paper.reference) <= LONGEST_REFERENCE:
        raise Refusal(_("Un numéro de papier a de 1 à 40 caractères."), field="reference")
    content = seal.canonical(paper)
    row = {
        "id": id_.hex,
        "key": order.key,
        "reference": paper.reference,
        "kind": paper.kind,
        "holder": order.holder.hex,
        "case_ref": None if order.case is None else order.case.hex,
        "valid_from": paper.valid_from.isoformat(),
        "valid_to": None if paper.valid_to is None else paper.valid_to.isoformat(),
        "content": content.decode(),
        "digest": _bytea(hashlib.sha256(content).digest()),
        "code": "",
    }
    if paper.kind != FILING:
        assert signs is not None
        code = _code(paper, signs, day)
        signed = code.encode("ascii")
        row["code"] = code
        row["signature"] = _bytea(signs.sign(signed))
        row["mark"] = _bytea(mark_of(signed))
    return row


def _bytea(content: bytes) -> str:
    return "\\x" + content.hex()


def _code(paper: Paper, signs: Signer, day: date) -> str:
    certificate = signs.certificate
    try:
        return seal.message(
            paper,
            authority=certificate.authority,
            certificate=certificate.name,
            issued_on=day,
            signed_on=day,
        )
    except seal.Unsealable as error:
        raise Refusal(
            _("Le papier %(reference)s ne peut pas être scellé : « %(field)s » ne convient pas.")
            % {"reference": paper.reference, "field": error.field},
            field=error.field,
        ) from error


def new_ids(count: int, now: datetime) -> list[UUID]:
    """Random ids that follow time (UUID version 7), so that an index grows at its end."""
    began = int(now.timestamp() * 1000) << 80
    noise = secrets.token_bytes(10 * count)
    return [
        UUID(int=began | int.from_bytes(noise[start : start + 10], "big") & _RANDOM | _VERSION_7)
        for start in range(0, 10 * count, 10)
    ]


def revoke(
    actor: str,
    ids: Iterable[UUID],
    *,
    now: datetime,
    reason: Reason,
    replaced_by: Mapping[UUID, UUID] | None = None,
) -> frozenset[UUID]:
    """Ends papers at once; those that were still standing. Ending them again changes nothing.

    :param replaced_by: for ``Reason.REPLACED``, the paper that takes the place of each.
    """
    check_actor(actor)
    ended = sorted(set(ids))
    heirs = replaced_by or {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _REVOKE,
            [now, str(reason), ended, [heirs.get(id_) for id_ in ended], now, actor],
        )
        return frozenset(id_ for (id_,) in cursor.fetchall())
