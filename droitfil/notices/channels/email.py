"""E-mail: a letter in the reader's language then in French, and how a server answers it."""

from __future__ import annotations

import smtplib
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from droitfil.notices.channels import Down, Later, Never, Outcome, Sent
from droitfil.notices.passes import stop_code
from droitfil.notices.wording import Text

#: An SMTP answer from here on is for good (RFC 5321).
PERMANENT = 500
#: The server ends the conversation: nobody is to blame.
_CLOSING = 421
#: Between marks that keep a name written from right to left from turning its line over.
_ISOLATE = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to be written.

    :param texts: the same message in each language that the reader gets, theirs first.
    :param name: the reader's given names, may be empty; nothing else names anyone.
    :param about: the given names of the child it is about, empty when it is about the reader.
    :param stops: the person whose e-mails the letter offers to stop; None when rights depend on it.
    """

    delivery: UUID
    address: str
    texts: tuple[Text, ...]
    name: str
    about: str = ""
    stops: UUID | None = None


def message_id(delivery: UUID) -> str:
    """The ``Message-ID`` of a copy, the same each time it is sent."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{delivery}@{sender.rpartition('@')[2] or 'localhost'}>"


def compose(letter: Letter) -> EmailMultiAlternatives:
    """The letter as it leaves: plain text, and the same in simple HTML."""
    headers = {"Message-ID": message_id(letter.delivery), "Auto-Submitted": "auto-generated"}
    if letter.stops is not None:
        stop = settings.SITE_ADDRESS + reverse("stop-emails", args=[stop_code(letter.stops)])
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    parts = [_part(text, letter) for text in letter.texts]
    context = {"parts": parts, "language": letter.texts[0].language}
    message = EmailMultiAlternatives(
        subject=f"[Droitfil] {letter.texts[0].subject}",
        body=_plain(render_to_string("notices/letter.txt", context)),
        to=[letter.address],
        headers=headers,
    )
    message.attach_alternative(render_to_string("notices/letter.html", context), "text/html")
    return message


def _part(text: Text, letter: Letter) -> dict[str, object]:
    with translation.override(text.language):
        hello = gettext("Bonjour %(name)s,") if letter.name else gettext("Bonjour,")
        about = gettext("Ce message concerne votre enfant, %(name)s.") if letter.about else ""
        return {
            "language": text.language,
            "hello": hello % {"name": isolated(letter.name)},
            "about": about % {"name": isolated(letter.about)},
            "paragraphs": text.text,
            "where": gettext("Pour lire la suite et agir, ouvrez votre espace : %(address)s")
            % {"address": settings.SITE_ADDRESS + reverse("me")},
            "foot": gettext(
                "Message automatique : les réponses ne sont pas lues. Personne ne vous demandera "
                "jamais un code de connexion, ni par courriel ni par téléphone."
            ),
        }


def isolated(name: str) -> str:
    """``name``, kept from reordering its line when letters of it are read from right to left."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name):
        return _ISOLATE.format(name)
    return name


def _plain(text: str) -> str:
    """Without the blank lines that a template leaves."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for rank, line in enumerate(lines) if line or lines[rank - 1]]
    return "\n".join(kept) + "\n"


def send(backend: BaseEmailBackend, letter: Letter) -> Outcome:
    """Hands one letter to the server. :raises Down: it does not answer, or refuses us."""
    try:
        backend.open()
        backend.send_messages([compose(letter)])
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _reason),) = error.recipients.values()
        return _refused(backend, code, of_address=True)
    except smtplib.SMTPDataError as error:
        return _refused(backend, error.smtp_code, of_address=False)
    except (smtplib.SMTPException, OSError) as error:
        backend.close()
        raise Down(f"smtp-{getattr(error, 'smtp_code', 'unreachable')}") from error
    return Sent()


def _refused(backend: BaseEmailBackend, code: int, *, of_address: bool) -> Outcome:
    """A 4xx passes; a 5xx to the address is a bounce, to the content is the end of this copy."""
    if code == _CLOSING:
        backend.close()
        raise Down(f"smtp-{code}")
    if code < PERMANENT:
        return Later(f"smtp-{code}")
    return Never(f"smtp-{code}", bounced=of_address)
