"""Writing from a case: an agent to the person, the person to whoever examines it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from droitfil.cases.actions.act import Act, acting
from droitfil.cases.actions.telling import Telling
from droitfil.cases.models import Case, Letter
from droitfil.lib.refusals import Refusal
from droitfil.people.access import Reader


def write(actor: Reader, case: Case, *, text: str, now: datetime, today: date) -> Letter:
    """Keeps the message with the case; the text stays there, and only there.

    :raises Refusal: nothing written, or too much; a case that was never filed.
    """
    most = Letter._meta.get_field("text").max_length or 0
    words = text.replace("\r\n", "\n").strip()
    if not words or len(words) > most:
        raise Refusal(
            gettext("Écrivez votre message, en %(most)s signes au plus.") % {"most": most},
            field="text",
        )
    with acting(actor, case, now=now, today=today) as act:
        if act.case.filed_on is None:
            raise Refusal(gettext("Ce dossier est un brouillon, pas encore déposé."))
        account = act.standing.account
        assert account is not None
        letter = Letter(case=act.case, text=words, at=now, by=account, staff=act.staff)
        letter.save(force_insert=True)
        _note_read(act)  # who answers has read
        # The other side is told that something was written, and nothing of what was.
        tell: Telling = {"staff_letter": {"written_on": today}}
        if act.staff is not None:
            tell = {"agent_wrote": {}}
        act.record("letter.written", {"letter": letter.pk}, tell=tell, quiet=True)
        return letter


def read(actor: Reader, case: Case, *, now: datetime, today: date) -> int:
    """Says that what the other side wrote is read: how many messages were not yet."""
    with acting(actor, case, now=now, today=today) as act:
        count = _note_read(act)
        if count:
            act.record("letter.read", {"letters": count}, quiet=True)
        return count


def _note_read(act: Act) -> int:
    """Says so of each; never before it was written, though the clock was set back since."""
    return _received(act).update(read_at=Greatest(act.now, F("at")))


def _received(act: Act) -> QuerySet[Letter]:
    """What the other side wrote and this one has not read."""
    by_person = act.staff is not None
    return act.case.letters.filter(staff__isnull=by_person, read_at__isnull=True)
