"""Pieces given and taken back, by the person or by an agent, until the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.actions.act import Act, acting, as_agent
from droitfil.cases.actions.telling import Telling
from droitfil.cases.form import form_of, known_codes, version_of
from droitfil.cases.models import Case, Piece
from droitfil.files import actions as files
from droitfil.files.examination import examine
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.people.access import Reader, is_own
from droitfil.people.models import Staff
from droitfil.rules.lifecycle import Effect, Event, State
from droitfil.rules.procedure import COUNTER

#: Files that the person keeps in a draft: how many, and their bytes in all. Far beyond what any
#: procedure asks: what is told before is never met by who files.
MOST_FILES, MOST_BYTES = 100, 200 * 2**20


@dataclass(frozen=True, slots=True)
class Room:
    """What a draft holds already: files, and their bytes."""

    files: int
    size: int

    @classmethod
    def of(cls, case: Case) -> Room:
        """That of ``case``; what was taken back counts no more."""
        kept = case.pieces.filter(withdrawn_at__isnull=True, upload__isnull=False)
        found = kept.aggregate(files=Count("pk"), size=Coalesce(Sum("upload__size"), 0))
        return cls(**found)

    def must_take(self, size: int) -> None:
        """:raises Refusal: one file more, of ``size`` bytes, is too much."""
        if self.files < MOST_FILES and self.size + size <= MOST_BYTES:
            return
        raise Refusal(
            gettext(
                "Une demande garde %(files)s fichiers et %(size)s Mo en tout : retirez ce qui "
                "n’est pas demandé, ou réunissez des pages en un seul PDF plus léger."
            )
            % {"files": MOST_FILES, "size": MOST_BYTES // 2**20},
            field="file",
        )


def add_piece(
    actor: Reader,
    case: Case,
    *,
    code: str,
    content: bytes,
    declared_name: str,
    now: datetime,
    today: date,
    dated_on: date | None = None,
) -> Piece:
    """Keeps a file for ``code``: a piece of the procedure, or a document that stands for it.

    While the antivirus does not answer the file waits in quarantine, and counts as given.

    :param dated_on: the date it bears, when its age matters.
    :raises Refusal: an unknown code, a file that cannot be kept, or too many of them in a draft; a
        case that is decided.
    """
    access.standing(actor, case, today)
    # Seconds may pass: before the row is locked.
    examined = examine(content, declared_name=declared_name)
    with acting(actor, case, now=now, today=today) as act:
        must_have_room(act, len(content))
        upload = files.keep(act.standing.by, examined, now=now)
        return add_to(act, code, upload=upload, dated_on=dated_on)


def add_code(
    actor: Reader, case: Case, *, code: str, data: str, now: datetime, today: date
) -> Piece:
    """Keeps what is given as a code and not as a file, such as that of a photograph.

    :raises Refusal: an unknown code, nothing or too much written, a case that is decided.
    """
    text = " ".join(data.split())
    most = Piece._meta.get_field("data").max_length or 0
    if not text or len(text) > most:
        raise Refusal(
            gettext("Écrivez ce code, en %(most)s signes au plus.") % {"most": most}, field=code
        )
    with acting(actor, case, now=now, today=today) as act:
        return add_to(act, code, data=text)


def note_seen(actor: Reader, case: Case, *, code: str, now: datetime, today: date) -> Piece:
    """An agent has seen the original at the counter, today; no file is kept of it.

    :raises Refusal: an agent only; an unknown code; a case that is decided.
    """
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        return add_to(act, code, seen_on=today)


def add_to(act: Act, code: str, *, bound: int = 0, **what: Any) -> Piece:
    """Keeps ``what`` as a piece of the case that ``act`` is about.

    :param bound: how many pages it was made of.
    :raises Refusal: an unknown code, a case that is decided.
    """
    case = act.case
    must_be_asked(act, code)
    last = case.pieces.filter(code=code).order_by("-rank").first()
    piece = Piece(
        case=case, code=code, rank=1 if last is None else last.rank + 1,
        added_by=act.standing.account, added_at=act.now, **what,
    )  # fmt: skip
    piece.save(force_insert=True)
    complete = complete_when_nothing_lacks(act)
    facts: dict[str, Any] = {"piece": piece.pk, "code": code, "complete": complete}
    if bound:
        facts["bound"] = bound
    act.record("piece.added", facts, tell=changed_by_person(act), quiet=not complete)
    return piece


def must_have_room(act: Act, size: int) -> None:
    """:raises Refusal: the person's draft cannot keep one file more, of ``size`` bytes."""
    if act.staff is None and act.state is State.DRAFT:
        Room.of(act.case).must_take(size)


def must_be_asked(act: Act, code: str) -> None:
    """Steps to where pieces may be added, ``code`` among them.

    :raises Refusal: an unknown code, a case that is decided.
    """
    case = act.case
    act.step(Event.ADD_PIECE)
    version = version_of(case.procedure, case.version_on if case.filed_on else act.today)
    if code not in known_codes(version):
        raise Refusal(gettext("Cette pièce n’est pas demandée pour cette démarche."), field="code")


def withdraw_piece(actor: Reader, piece: Piece, *, now: datetime, today: date) -> Piece:
    """The piece counts no more. What was filed with it is not undone: the file stays complete.

    :raises Forbidden: an agent, of what the person gave: it stays theirs.
    :raises Refusal: the case is decided.
    """
    with acting(actor, piece.case, now=now, today=today) as act:
        act.step(Event.ADD_PIECE)
        found = act.case.pieces.select_related("added_by").get(pk=piece.pk)
        if act.staff is not None and not _by_agent(act, found):
            raise Forbidden(gettext("Cette pièce n’existe pas."))
        if found.withdrawn_at is None:
            found.withdrawn_at = now
            found.save(update_fields=["withdrawn_at"])
            act.record("piece.withdrawn", {"piece": found.pk, "code": found.code}, quiet=True)
        return found


def _by_agent(act: Act, piece: Piece) -> bool:
    """Did an agent give it, and not for themselves?"""
    giver = piece.added_by
    if giver is None or is_own(giver, act.case.person, act.today):
        return False
    return Staff.objects.filter(account=giver).exists()


def complete_when_nothing_lacks(act: Act) -> bool:
    """Writes today as the day of completeness when the form lacks no piece; says whether it did."""
    case = act.case
    if case.filed_on is None or case.complete_on is not None:
        return False
    if form_of(case, act.today).lacks.pieces:
        return False
    mark_complete(act)
    return True


def mark_complete(act: Act) -> None:
    """Nothing lacks any more, from today; what follows at the counter is given at once."""
    act.case.complete_on = act.today
    if act.case.channel == COUNTER:
        act.effects.add(Effect.PRINT_RECEPISSE)


def changed_by_person(act: Act) -> Telling:
    """The agent who holds a filed case is told that its person changed it."""
    if act.staff is not None or act.case.filed_on is None:
        return {}
    return {"staff_changed": {"changed_on": act.today}}
