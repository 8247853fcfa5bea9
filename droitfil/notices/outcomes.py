"""What became of each copy: written once, told to the journal, and made good by another channel."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from droitfil.journal import outbox
from droitfil.journal.actions import Message as Outgoing
from droitfil.journal.actions import record
from droitfil.journal.outbox import MOST_ATTEMPTS, Claimed
from droitfil.notices.channels import Never, Outcome, Sent
from droitfil.notices.channels.sms import daytime, is_open, number
from droitfil.notices.letters.queries import address_lines
from droitfil.notices.models import BouncedContact, Channel, Delivery, Preference
from droitfil.notices.queries import wants_of
from droitfil.notices.wording import template_of
from droitfil.people.models import Person
from droitfil.territory.hours import zone_of

#: What the outbox calls our copies.
EMAIL, SMS = f"notice.{Channel.EMAIL}", f"notice.{Channel.SMS}"
#: Who acts, in the journal.
BY = "system:notices"
#: What may still become of a copy; what is not here is final.
_BEFORE = {
    Delivery.State.SENT: (Delivery.State.WAITING,),
    Delivery.State.DELIVERED: (Delivery.State.WAITING, Delivery.State.SENT),
    Delivery.State.FAILED: (Delivery.State.WAITING, Delivery.State.SENT),
    Delivery.State.BOUNCED: (Delivery.State.WAITING, Delivery.State.SENT),
    Delivery.State.RETURNED: (Delivery.State.SENT,),
}
#: Of a letter that came back: nobody of that name lives there.
_NOT_THERE = "post-unknown"
# Given up by the outbox because its last worker died, within the days that matter.
_LOST = """
    SELECT delivery.id FROM journal_outbox JOIN notice_delivery AS delivery
      ON delivery.id = (payload ->> 'delivery')::uuid
    WHERE kind IN (%s, %s) AND failed_at >= %s AND journal_outbox.error = %s
      AND delivery.state = 'waiting'
"""


def settle(message: Claimed, outcome: Outcome, now: datetime) -> str:
    """Writes what came of an attempt, on the copy and in the outbox; its name: "sent", "later",
    "failed", "bounced".
    """
    copy = UUID(message.payload["delivery"])
    with transaction.atomic():
        if isinstance(outcome, Sent):
            outbox.done([message], now=now)
            move(copy, Delivery.State.SENT, now=now, provider=outcome.provider)
            return "sent"
        if isinstance(outcome, Never):
            outbox.fail(message, error=outcome.error, now=now)
            ended = Delivery.State.BOUNCED if outcome.bounced else Delivery.State.FAILED
        else:
            outbox.retry(message, error=outcome.error, now=now)
            if message.attempts < MOST_ATTEMPTS:
                return "later"
            ended = Delivery.State.FAILED
        move(copy, ended, now=now, error=outcome.error)
    return str(ended)


def settle_plain(message: Claimed, outcome: Outcome, now: datetime) -> str:
    """As :func:`settle`, for what the outbox alone remembers."""
    if isinstance(outcome, Sent):
        outbox.done([message], now=now)
        return "sent"
    if isinstance(outcome, Never):
        outbox.fail(message, error=outcome.error, now=now)
        return "failed"
    return "later" if outbox.retry(message, error=outcome.error, now=now) else "failed"


def move(
    copy_id: UUID,
    state: Delivery.State,
    *,
    now: datetime,
    provider: str = "",
    error: str = "",
    by: str = BY,
) -> bool:
    """The copy is now ``state``; False when it is not ours, or what it was is final.

    One that ends without arriving is replaced by a text message when the reader has a telephone,
    else by a letter when rights depend on it; an address that bounced receives nothing more.

    :param by: who learnt it, as the journal names them.
    """
    with transaction.atomic():
        copy = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("message", "reader")
            .filter(pk=copy_id, state__in=_BEFORE[state])
            .first()
        )
        if copy is None:
            return False
        copy.state, copy.error = state, error
        copy.provider = provider or copy.provider
        if state in (Delivery.State.SENT, Delivery.State.DELIVERED):
            copy.sent_at = copy.sent_at or now
        if state != Delivery.State.SENT:
            copy.ended_at = now
        copy.save(update_fields=["state", "error", "provider", "sent_at", "ended_at"])
        facts = {"delivery": copy.pk, "channel": copy.channel, "error": error or None}
        record(
            by, action=f"notice.{state}", subject_kind="notice", subject=copy.message_id,
            case=copy.message.case, at=now,
            facts={name: value for name, value in facts.items() if value is not None},
        )  # fmt: skip
        if copy.contact is not None and (state == Delivery.State.BOUNCED or error == _NOT_THERE):
            BouncedContact.objects.update_or_create(
                channel=copy.channel,
                contact=bytes(copy.contact),
                defaults={"bounced_at": now, "error": error},
            )
        if state in (Delivery.State.FAILED, Delivery.State.BOUNCED):
            _fall_back(copy, now)
    return True


def note_status(reference: UUID, *, arrived: bool, error: str, now: datetime) -> bool:
    """What the gateway says of a text message; False when it changes nothing.

    :param error: its own code; what is no code is left out.
    """
    if arrived:
        return move(reference, Delivery.State.DELIVERED, now=now)
    code = error if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", error, re.ASCII) else "failed"
    return move(reference, Delivery.State.FAILED, now=now, error=f"sms-{code}")


def end_lost(*, now: datetime) -> int:
    """Ends the copies whose last attempt was lost with its worker; how many."""
    since = now - timedelta(days=7)
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [EMAIL, SMS, since, outbox.LOST])
        ids = [row[0] for row in cursor.fetchall()]
    return sum(move(one, Delivery.State.FAILED, now=now, error=outbox.LOST) for one in ids)


def _fall_back(copy: Delivery, now: datetime) -> None:
    """A text message instead, for the reader whom no e-mail reaches; else a letter."""
    if copy.reader is None or copy.channel == Channel.LETTER:
        return
    lost = (Delivery.State.FAILED, Delivery.State.BOUNCED)
    others = Delivery.objects.filter(message=copy.message_id, reader=copy.reader)
    texted = others.filter(channel=Channel.SMS).exists()
    if copy.channel == Channel.EMAIL and not texted and _reads_texts(copy.reader, copy):
        _instead(copy, copy.reader, Channel.SMS, now)
        return
    if template_of(copy.message).legal and not others.exclude(state__in=lost).exists():
        _instead(copy, copy.reader, Channel.LETTER, now)


def _reads_texts(reader: Person, copy: Delivery) -> bool:
    wants = wants_of(reader, Channel.SMS)
    wanted = wants == Preference.Wants.ALL or (
        wants == Preference.Wants.LEGAL and template_of(copy.message).legal
    )
    return is_open() and wanted and number(reader.phone) is not None


def _instead(copy: Delivery, reader: Person, channel: Channel, now: datetime) -> None:
    """Another copy, by ``channel``, if there is none yet; a letter waits to be printed."""
    instead, made = Delivery.objects.get_or_create(
        message=copy.message, channel=channel, reader=reader, defaults={"created_at": now}
    )
    if not made:
        return
    zone = zone_of(reader.commune.department_id if reader.commune else None)
    send = [Outgoing(SMS, {"delivery": instead.pk}, str(instead.pk), daytime(now, zone))]
    record(
        BY, action="notice.fell_back", subject_kind="notice", subject=copy.message_id,
        case=copy.message.case, at=now, send=send if channel == Channel.SMS else [],
        facts={"delivery": instead.pk, "channel": channel.value},
    )  # fmt: skip
    if channel == Channel.LETTER and not address_lines(reader):
        move(instead.pk, Delivery.State.FAILED, now=now, error="no-address")
