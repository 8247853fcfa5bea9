"""The inbox: what was told, by what other ways, and the dates as a calendar file."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from droitfil.cases.access import visible_cases
from droitfil.cases.models import Case
from droitfil.lib import clock
from droitfil.notices.actions import choose, mark_read
from droitfil.notices.calendar import calendar
from droitfil.notices.models import Channel, Message, Preference
from droitfil.notices.queries import bounced, copies_of, inbox_of, wants_of
from droitfil.notices.wording import Text, word
from droitfil.people.access import actor, own_persons
from droitfil.people.models import Person
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.applicant.dates import happenings_of
from droitfil.web.applicant.own import both, reads
from droitfil.web.copies import Way, ways_of

#: Messages of a page.
_PAGE = 20


@reads
@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages, the latest first."""
    account, today = signed_in(request), clock.today()
    rank = _whole(request.GET.get("page", ""))
    found = list(inbox_of(account, on=today)[rank * _PAGE : (rank + 1) * _PAGE + 1])
    shown = found[:_PAGE]
    context = {
        "section": "me",
        "messages": _with_words(shown),
        "older": rank + 1 if len(found) > _PAGE else 0,
        "newer": rank,
        "person": Person.objects.filter(account=account).first(),
    }
    return render(request, "applicant/messages.html", context)


@both
@login_required
@never_cache
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message. It is opened by a press, which is what makes it read."""
    account = signed_in(request)
    if request.method == "POST":
        mark_read(account, message, now=clock.now())
        return redirect("message", message)
    today = clock.today()
    found = get_object_or_404(inbox_of(account, on=today), pk=message)
    own = Case.objects.filter(person__in=own_persons(account, today))
    at_work = visible_cases(account, today) if found.account_id else Case.objects.none()
    context = {
        "section": "me",
        "message": found,
        "text": word([found], language=get_language())[0],
        "ways": ways_of(copies_of([found])[found.pk]),
        "mine": True,
        "case": own.filter(pk=found.case).first() if found.case else None,
        # Told to a member of staff: as long as the case is in their territory.
        "at_work": found.case is not None and at_work.filter(pk=found.case).exists(),
    }
    return render(request, "applicant/message.html", context)


@both
@login_required
@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """How much leaves by e-mail and by text message; the inbox keeps everything."""
    account = signed_in(request)
    person = get_object_or_404(Person, account=account)
    if request.method == "POST":
        by = actor(account, clock.today())
        for channel in Channel:
            wants = request.POST.get(channel, "")
            if wants in Preference.Wants.values:
                choose(
                    by, person=person, channel=channel, wants=Preference.Wants(wants),
                    now=clock.now(),
                )  # fmt: skip
        return redirect("messages")
    context = {
        "section": "me",
        "channels": [(channel, wants_of(person, channel)) for channel in Channel],
        "wants": Preference.Wants.choices,
        "bounced": [one.channel for one in bounced(person)],
    }
    return render(request, "applicant/preferences.html", context)


@reads
@login_required
@never_cache
def my_dates(request: HttpRequest) -> HttpResponse:
    """My dates and my children's, for the telephone's calendar."""
    account, today, now = signed_in(request), clock.today(), clock.now()
    happenings = [
        happening
        for person in own_persons(account, today).order_by("born_on", "id")
        for happening in happenings_of(person, today)
    ]
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    content = calendar(
        happenings, name=gettext("Mes dates de séjour"), host=host, made_at=now,
        version=int(now.timestamp()) // 60,
    )  # fmt: skip
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mes-dates.ics"'},
    )


def _with_words(messages: list[Message]) -> list[tuple[Message, Text, list[Way]]]:
    """Each message, its words, and by which ways it left."""
    texts, copies = word(messages, language=get_language()), copies_of(messages)
    return [
        (message, text, ways_of(copies[message.pk]))
        for message, text in zip(messages, texts, strict=True)
    ]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
