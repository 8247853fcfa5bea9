"""What leaves: the copies that are due, out of the journal's outbox."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone

from droitfil.journal import outbox
from droitfil.journal.outbox import Claimed
from droitfil.notices import outcomes
from droitfil.notices.channels import Down, Later, Never, Outcome, Sent, email, sms
from droitfil.notices.models import BouncedContact, Delivery
from droitfil.notices.passes import contact_digest
from droitfil.notices.queries import address_of
from droitfil.notices.template import LANGUAGES, load_templates
from droitfil.notices.wording import phrase, spoken, template_of, word
from droitfil.people.actions.kinship import TELLS
from droitfil.people.jobs import tell_contacts
from droitfil.people.models import LinkNotice
from droitfil.people.passes import contest_code

log = structlog.get_logger(__name__)
#: Copies claimed together. Few: what a killed worker leaves waits for its lease to end.
BATCH = 20
#: A batch that lasts longer is left where it stands: others may have the rest of it soon.
LONGEST_BATCH = outbox.LEASE / 2
#: Text messages about links: written by ``people``, which has no gateway.
LINK_SMS = f"{TELLS}.{LinkNotice.Channel.SMS}"

Clock = Callable[[], datetime]


def deliver(
    *, now: datetime, most: int = 1000, passing: Callable[[], float] = time.monotonic
) -> Counter[str]:
    """Sends up to ``most`` copies of each kind due at ``now``; how many were "sent", put off
    ("later"), "failed", "bounced". The e-mails about links, which ``people`` writes, leave first.

    Each copy is settled as soon as it has left: a worker killed at any point leaves one at most
    that leaves twice, under the same ``Message-ID``. Workers at once share the copies.

    :param passing: seconds, by which the time that passes meanwhile is told.
    """
    began = passing()

    def clock() -> datetime:
        """``now``, and the time that passed since."""
        return now + timedelta(seconds=passing() - began)

    outcomes.end_lost(now=now)
    about_links = tell_contacts(now=now)
    backend = mail.get_connection()
    try:
        done = _drain(
            outcomes.EMAIL, lambda one: _send_email(backend, one), outcomes.settle, clock, most
        )
    finally:
        backend.close()
    if sms.is_open():
        done += _drain(outcomes.SMS, _send_sms, outcomes.settle, clock, most)
        done += _drain(LINK_SMS, _send_link_sms, outcomes.settle_plain, clock, most)
    return done + Counter(sent=about_links)


def _drain(
    kind: str,
    send: Callable[[Claimed], Outcome],
    settle: Callable[[Claimed, Outcome, datetime], str],
    clock: Clock,
    most: int,
) -> Counter[str]:
    done: Counter[str] = Counter()
    while (left := most - done.total()) > 0:
        batch = outbox.claim(kind, limit=min(BATCH, left), now=clock())
        if not batch:
            break
        over = clock() + LONGEST_BATCH
        for rank, message in enumerate(batch):
            if clock() > over:
                return done
            try:
                outcome = send(message)
            except Down as down:
                for waiting in batch[rank:]:
                    done[settle(waiting, Later(down.error), clock())] += 1
                return done
            except Exception as error:  # one that cannot be made must not hold the others back
                log.exception("notice.broken", kind=kind, outbox=message.id)
                outcome = Later(f"error-{type(error).__name__}")
            done[settle(message, outcome, clock())] += 1
    return done


def _send_email(backend: BaseEmailBackend, message: Claimed) -> Outcome:
    copy = _copy(message)
    if copy.state != Delivery.State.WAITING:  # what it is has been learnt since: nothing to send
        return Sent()
    if copy.reader is not None:
        address = address_of(copy.reader)
    else:
        account = copy.message.account
        address = account.email if account is not None and account.is_active else ""
    return _guard(message, copy, address) or email.send(backend, letter(copy, address))


def _send_sms(message: Claimed) -> Outcome:
    copy = _copy(message)
    if copy.state != Delivery.State.WAITING:
        return Sent()
    assert copy.reader is not None
    to = sms.number(copy.reader.phone) or ""
    (text,) = word([copy.message], language=copy.reader.language)
    return _guard(message, copy, to) or sms.send(to=to, text=text.sms, reference=copy.pk)


def _send_link_sms(message: Claimed) -> Outcome:
    found = LinkNotice.objects.select_related("link__person", "family__relative")
    notice = found.get(pk=message.payload["notice"])
    to = sms.number(notice.contact)
    if to is None:
        return Never("no-mobile")
    facts = {"address": settings.SITE_ADDRESS + reverse("contest", args=[contest_code(notice.pk)])}
    if notice.link is not None:
        on, person, template = timezone.localdate(notice.link.at), notice.link.person, "first_link"
        facts["linked_on"] = on.isoformat()
    else:
        assert notice.family is not None
        on, person, template = timezone.localdate(), notice.family.relative, "parent_linked"
    version = load_templates()[template].latest
    text = phrase(version, spoken(person.language), facts, on=on)
    return sms.send(to=to, text=text.sms, reference=notice.pk)


def letter(copy: Delivery, address: str) -> email.Letter:
    """The e-mail that ``copy`` is: in the reader's language, then in French."""
    message, reader = copy.message, copy.reader
    own = spoken(reader.language if reader else message.language)
    texts = [word([message], language=one)[0] for one in dict.fromkeys((own, LANGUAGES[0]))]
    child = message.person if reader is not None and message.person_id != reader.pk else None
    return email.Letter(
        delivery=copy.pk,
        address=address,
        texts=tuple(texts),
        name=reader.given_names if reader else "",
        about=child.given_names if child else "",
        stops=reader.pk if reader and not template_of(message).legal else None,
    )


def _copy(message: Claimed) -> Delivery:
    return Delivery.objects.select_related(
        "message__person", "message__account", "reader__account"
    ).get(pk=UUID(message.payload["delivery"]))


def _guard(message: Claimed, copy: Delivery, contact: str) -> Never | None:
    """What forbids this attempt; else the attempt is noted, before it is made."""
    if not contact:
        return Never("no-contact")
    digest = contact_digest(contact)
    if BouncedContact.objects.filter(channel=copy.channel, contact=digest).exists():
        return Never("known-bounce")
    Delivery.objects.filter(pk=copy.pk).update(contact=digest, attempts=message.attempts)
    return None
