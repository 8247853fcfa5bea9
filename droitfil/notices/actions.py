"""Every write about notices: telling, reading, choosing, and what became of each copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.types.json import Jsonb

from droitfil.journal.actions import plain, record
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.notices import queries, statements
from droitfil.notices.channels.sms import daytime, is_open
from droitfil.notices.models import Channel, Message, Preference
from droitfil.notices.passes import read_stop_code
from droitfil.notices.template import LANGUAGES, Sends, To, load_templates
from droitfil.notices.wording import checked
from droitfil.people.access import last_birth_of_age
from droitfil.people.models import Account, Person
from droitfil.territory.hours import OVERSEAS, zone_of

#: What people do from an address of an e-mail: the account is not known.
BY_ADDRESS = "system:stop-address"


@dataclass(frozen=True, slots=True)
class Line:
    """A notice to be written; see :func:`notify` for what each part means.

    ``person`` or ``account`` is who it is for, never both.
    """

    template: str
    facts: Mapping[str, Any]
    key: str
    person: UUID | None = None
    account: UUID | None = None
    case: UUID | None = None


def notify(
    actor: str,
    *,
    template: str,
    facts: Mapping[str, Any],
    now: datetime,
    key: str,
    person: Person | None = None,
    account: Account | None = None,
    case: UUID | None = None,
) -> Message:
    """Tells ``person`` (or ``account``, of the staff), in the caller's transaction.

    The message stands in the inbox at once; the copies that the template, the contacts and the
    preferences ask for leave after the transaction, by ``jobs.deliver``.

    :param actor: as the journal names it.
    :param template: the name of a file of ``templates/``.
    :param facts: what the template asks for: days, codes, ids; no name, no text.
    :param key: the same key a second time tells nothing, and returns the first message:
        "api:<id of the paper>", "reminder:<document>:<step>".
    :raises ValueError: facts that are not those of the template, or nobody to tell.
    :raises django.db.transaction.TransactionManagementError: outside a transaction.
    """
    line = Line(
        template, facts, key, person.pk if person else None, account.pk if account else None, case
    )
    notify_many(actor, lines=[line], now=now)
    return Message.objects.get(key=key)


def notify_many(actor: str, *, lines: Iterable[Line], now: datetime) -> int:
    """Tells many people in one statement; how many messages are new. As :func:`notify`."""
    given = list(lines)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A notice is written in the transaction of the fact it tells."
        )
    if not given:
        return 0
    columns = list(zip(*(_row(line) for line in given), strict=True))
    of_age = last_birth_of_age(timezone.localdate(now))
    with connection.cursor() as cursor:
        cursor.execute(
            statements.NOTIFY,
            {
                **{name: list(c) for name, c in zip(statements.COLUMNS, columns, strict=True)},
                "actor": actor,
                "now": now,
                "today": timezone.localdate(now),
                "of_age": of_age,
                "languages": list(LANGUAGES),
                "sms": is_open(),
                "sms_at": daytime(now, zone_of(None)),
                "overseas": list(OVERSEAS),
                "overseas_at": [daytime(now, zone_of(code)) for code in OVERSEAS],
            },
        )
        (written,) = cursor.fetchone()
    return int(written)


def _row(line: Line) -> tuple[Any, ...]:
    template = load_templates().get(line.template)
    if template is None:
        raise ValueError(f"There is no template {line.template}.")
    if (line.person is None) == (line.account is None) or (
        (template.to is To.PERSON) != (line.person is not None)
    ):
        raise ValueError(f"{line.template} is for one {template.to}.")
    checked(template.latest, line.facts)
    facts = plain({name: value for name, value in line.facts.items() if value is not None})
    return (
        uuid4(), line.key, line.person, line.account, line.template, template.latest.number,
        Jsonb(facts), line.case, template.legal,
        template.sends is not Sends.NOTHING, template.sends is Sends.ALL, template.paper,
    )  # fmt: skip


def mark_read(actor: Account, message_id: UUID, *, now: datetime) -> Message:
    """``actor`` has opened one of their own messages; a second time changes nothing.

    :raises Forbidden: the message is not in their inbox.
    """
    with transaction.atomic():
        inbox = queries.inbox_of(actor, on=timezone.localdate(now))
        message = inbox.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is None:
            raise Forbidden(gettext("Ce message n’est pas dans votre boîte."))
        if message.read_at is None:
            message.read_at = now
            message.save(update_fields=["read_at"])
            record(
                f"person:{actor.pk}" if message.account_id is None else f"staff:{actor.pk}",
                action="notice.opened", subject_kind="notice", subject=message.pk,
                case=message.case, facts={"template": message.template}, at=now,
            )  # fmt: skip
    return message


def choose(
    actor: str, *, person: Person, channel: Channel, wants: Preference.Wants, now: datetime
) -> None:
    """``person`` receives by ``channel`` what they want; the inbox keeps everything."""
    with transaction.atomic():
        Preference.objects.update_or_create(
            person=person, channel=channel, defaults={"wants": wants}
        )
        record(
            actor, action="notice.chosen", subject_kind="person", subject=person.pk,
            facts={"channel": str(channel), "wants": str(wants)}, at=now,
        )  # fmt: skip


def stop_courtesies(code: str, *, now: datetime) -> None:
    """The address at the foot of an e-mail: only those that rights depend on go on leaving.

    :raises Refusal: an address that we did not make.
    """
    found = read_stop_code(code)
    person = Person.objects.filter(pk=found).first() if found else None
    if person is None:
        raise Refusal(gettext("Cette adresse n’est pas la nôtre : copiez-la en entier."))
    email = Preference.objects.filter(person=person, channel=Channel.EMAIL).first()
    if email is None or email.wants == Preference.Wants.ALL:
        choose(
            BY_ADDRESS, person=person, channel=Channel.EMAIL, wants=Preference.Wants.LEGAL, now=now
        )
