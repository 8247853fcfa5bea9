"""What is due about people: the e-mails about links, out of the journal's outbox."""

from __future__ import annotations

from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from droitfil.journal import outbox
from droitfil.people.actions.kinship import TELLS
from droitfil.people.models import LinkNotice
from droitfil.people.passes import contest_code

#: What of the outbox is ours; text messages ("link.told.sms") leave by whoever has a gateway.
KIND = f"{TELLS}.{LinkNotice.Channel.EMAIL}"


def tell_contacts(*, now: datetime, most: int = 100) -> int:
    """Sends the e-mails that are due about links; returns how many left.

    What could not leave is tried again later and given up in the end, as ``outbox`` says; an
    address that the server refuses is given up at once.
    """
    sent = 0
    for message in outbox.claim(KIND, limit=most, now=now):
        try:
            _compose(message.payload["notice"]).send()
        except SMTPRecipientsRefused:
            outbox.fail(message, error="smtp-refused", now=now)
        except (SMTPException, OSError):
            outbox.retry(message, error="smtp-unreachable", now=now)
        else:
            sent += outbox.done([message], now=now)
    return sent


def _compose(notice_id: str) -> EmailMessage:
    notice = LinkNotice.objects.select_related("link__person", "family__relative").get(pk=notice_id)
    family = notice.family
    if notice.link is not None:
        what, person = "linked", notice.link.person
    else:
        assert family is not None
        what, person = "parent", family.relative
    language = person.language
    known = language in dict(settings.LANGUAGES)
    with translation.override(language if known else settings.LANGUAGE_CODE):
        context = {
            "link": notice.link,
            "child": person.given_names or person.called,
            "address": settings.SITE_ADDRESS + reverse("contest", args=[contest_code(notice.pk)]),
        }
        subject = render_to_string(f"accounts/email/{what}_subject.txt", context).strip()
        body = render_to_string(f"accounts/email/{what}_message.txt", context).strip() + "\n"
    return EmailMessage(subject, body, to=[notice.contact])
