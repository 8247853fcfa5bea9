"""What an agent does to a case: one press, or one small page when there is something to write.

Each form carries the state the agent saw: when the case has changed since, the answer is the case
as it now is, with the sentence that says who was faster. Nothing of what was sent is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from droitfil.cases.access import standing
from droitfil.cases.actions import complement, decision, letters
from droitfil.cases.actions.reading import open_case
from droitfil.cases.models import Case
from droitfil.lawbook import load_law
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.people import access
from droitfil.people.access import DECIDES
from droitfil.rules.facts import Kind, Removal
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.rules.periods import add_days
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import Typed, faults_of, typed_day
from droitfil.web.agent import words
from droitfil.web.agent.case import shown
from droitfil.web.agent.screen import Screen, screen_of
from droitfil.web.public.law_words import KINDS

#: Does it, with what was sent; ``now`` and ``today`` are keyword arguments of every action.
Do = Callable[..., object]
#: What a page shows beside the case: from what was sent, and what is wrong with it.
More = Callable[[HttpRequest, Screen, Refusal | None], dict[str, Any]]
#: The field that bears the state of the case as the page has shown it.
SEEN = "etat"


# -- one press -------------------------------------------------------------------------------------


@require_POST
@for_staff(*DECIDES)
def take(request: HttpRequest, case: UUID) -> HttpResponse:
    """I examine this case."""
    return _pressed(request, case, decision.take)


@require_POST
@for_staff(*DECIDES)
def release(request: HttpRequest, case: UUID) -> HttpResponse:
    """It waits for an agent again."""
    return _pressed(request, case, decision.release)


@require_POST
@for_staff(*DECIDES)
def read_letters(request: HttpRequest, case: UUID) -> HttpResponse:
    """What the person wrote is read."""
    return _pressed(request, case, letters.read)


@require_POST
@for_staff(*DECIDES)
def card_arrives(request: HttpRequest, case: UUID) -> HttpResponse:
    """The card is at the office."""
    return _pressed(request, case, decision.card_arrives)


@require_POST
@for_staff(*DECIDES)
def seize_commission(request: HttpRequest, case: UUID) -> HttpResponse:
    """The commission du titre de séjour is asked."""
    return _pressed(request, case, decision.seize_commission)


# -- something to write ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def ask(request: HttpRequest, case: UUID) -> HttpResponse:
    """What lacks, asked once, with a reason for each thing."""

    def do(found: Case, **when: Any) -> None:
        wanted = [
            complement.Wanted(code, _reason(request, code))
            for code in request.POST.getlist("demande")
        ]
        due_on = typed_day(request, "due_on", _least(when["today"]))
        complement.request_complement(
            signed_in(request), found, wanted=wanted, due_on=due_on, **when
        )

    return written(request, case, "agent/ask.html", do, Event.ASK, _asked)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def extend(request: HttpRequest, case: UUID) -> HttpResponse:
    """More time to answer."""

    def do(found: Case, **when: Any) -> None:
        due_on = typed_day(request, "due_on", when["today"])
        complement.extend(signed_in(request), found, due_on=due_on, **when)

    return written(request, case, "agent/extend.html", do, Event.EXTEND)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def produce(request: HttpRequest, case: UUID) -> HttpResponse:
    """The answer came at the counter or by letter: all of it, or as it is."""

    def do(found: Case, **when: Any) -> None:
        whole = one_of(request, "tout", {"oui": False, "non": True})
        complement.produce(signed_in(request), found, as_it_is=whole, **when)

    return written(request, case, "agent/produce.html", do, Event.PRODUCE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def decide(request: HttpRequest, case: UUID) -> HttpResponse:
    """Granted, refused or closed, in my name."""

    def do(found: Case, **when: Any) -> None:
        outcome = one_of(request, "outcome", _DECISIONS)
        outcome(request, found, when)

    return written(request, case, "agent/decide.html", do, Event.GRANT, _decided)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def note_notification(request: HttpRequest, case: UUID) -> HttpResponse:
    """The day the person was notified of the decision."""

    def do(found: Case, **when: Any) -> None:
        notified_on = typed_day(request, "notified_on", when["today"])
        decision.note_notification(signed_in(request), found, notified_on=notified_on, **when)

    return written(request, case, "agent/notified.html", do)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def hand_over(request: HttpRequest, case: UUID) -> HttpResponse:
    """The card, with its printed dates, is in the person's hands."""

    def do(found: Case, **when: Any) -> None:
        decision.hand_over(
            signed_in(request), found,
            kind=one_of(request, "kind", {kind: Kind(kind) for kind in _kinds(found)}),
            card_number=request.POST.get("card_number", ""),
            valid_from=day_wanted(request, "valid_from"),
            valid_to=day_wanted(request, "valid_to"),
            **when,
        )  # fmt: skip

    return written(request, case, "agent/hand_over.html", do, Event.HAND_OVER, _handed)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def write(request: HttpRequest, case: UUID) -> HttpResponse:
    """A message to the person."""

    def do(found: Case, **when: Any) -> None:
        letters.write(signed_in(request), found, text=request.POST.get("text", ""), **when)

    return written(request, case, "agent/write.html", do)


# -- how -------------------------------------------------------------------------------------------


def _pressed(request: HttpRequest, case: UUID, do: Do) -> HttpResponse:
    """The case again once it is done; the case with a sentence when it is not."""
    try:
        account, now, today = signed_in(request), clock.now(), clock.today()
        do(account, as_seen(request, case), now=now, today=today)
    except (Conflict, Refusal) as refused:
        return shown(request, case, refused)
    return redirect("agent-case", case)


def written(
    request: HttpRequest,
    case: UUID,
    template: str,
    do: Callable[..., None],
    event: Event | None = None,
    more: More | None = None,
    *,
    after: str = "",
) -> HttpResponse:
    """The page of a form, and what it sends; what was typed is shown again beside each fault.

    :param event: what the form does; the page does not open when the case admits it no more.
    :param after: what the page of the case says once it is done, as its query.
    """
    account, now, today = signed_in(request), clock.now(), clock.today()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            do(as_seen(request, case), now=now, today=today)
            place = redirect("agent-case", case)
            place["Location"] += after
            return place
        except Conflict as conflict:
            return shown(request, case, conflict)
        except Refusal as told:
            refusal = told
    found = open_case(account, case, now=now, today=today)
    if event is not None and event not in events(State(found.state), Role.AGENT, found.channel):
        says = gettext("Ce dossier n’en est plus là.")
        return shown(request, case, refusal or Refusal(says))
    staff = access.staff_of(account, today)
    assert staff is not None
    screen = screen_of(found, staff, today)
    context = {
        "section": "me",
        "screen": screen,
        "case": found,
        "typed": Typed.of(request),
        "faults": faults_of(refusal),
        **(more(request, screen, refusal) if more is not None else {}),
    }
    return render(request, template, context, status=422 if refusal else 200)


def as_seen(request: HttpRequest, case: UUID) -> Case:
    """The case as the page had shown it; the action locks and reads it as it is.

    :raises Forbidden: before anything sent is judged: it is not theirs to act on.
    :raises Conflict: it has left with its person since the page was shown.
    """
    found = Case.objects.select_related("person", "office").filter(pk=case).first()
    access.require(found is not None)
    assert found is not None
    access.require(standing(signed_in(request), found, clock.today()).staff is not None)
    if request.POST.get(SEEN) in list(State):
        found.state = request.POST[SEEN]
    return found


def one_of(request: HttpRequest, field: str, choices: dict[str, Any]) -> Any:
    """What the choice sent in ``field`` stands for.

    :raises Refusal: for none, or another.
    """
    value = request.POST.get(field, "")
    if value not in choices:
        raise Refusal(gettext("Choisissez une réponse."), field=field)
    return choices[value]


def day_wanted(request: HttpRequest, field: str) -> date:
    """:raises Refusal: for no day."""
    if not request.POST.get(field, "").strip():
        raise Refusal(gettext("Écrivez ce jour."), field=field)
    return typed_day(request, field, date.min)


# -- asking ----------------------------------------------------------------------------------------


def _least(today: date) -> date:
    """The earliest last day that may be given to answer."""
    return add_days(today, int(load_law().value("complement_delay_days", today)))


def _reason(request: HttpRequest, code: str) -> str:
    """:raises Refusal: for none, beside its own field."""
    reason = request.POST.get(f"motif-{code}", "").strip()
    if not reason:
        raise Refusal(gettext("Dites ce qui manque ou ne va pas."), field=f"motif-{code}")
    return reason


def _asked(request: HttpRequest, screen: Screen, refusal: Refusal | None) -> dict[str, Any]:
    """What may be asked: the pieces that lack first, then the others, then the questions."""
    chosen = request.POST.getlist("demande")
    missing = {piece.required.piece.code for piece in screen.lacks}
    sent = request.method == "POST"
    faults = faults_of(refusal)

    def one(code: str, label: str, article: str, why: str = "") -> dict[str, Any]:
        lacks = code in missing
        reason = gettext("Cette pièce manque.") if lacks else ""
        return {
            "code": code,
            "label": label,
            "article": article,
            "why": why,
            "lacks": lacks,
            "chosen": code in chosen if sent else lacks,
            "reason": request.POST.get(f"motif-{code}", reason),
            "fault": faults[f"motif-{code}"] or faults[code],
        }

    pieces = [
        one(p.required.piece.code, p.label, p.required.piece.article, p.why)
        for block in screen.blocks
        for p in block.pieces
    ]
    answers = [
        one(a.question.id, a.label, a.question.article)
        for block in screen.blocks
        for a in block.answers
    ]
    return {
        "pieces": sorted(pieces, key=lambda piece: not piece["lacks"]),
        "answers": answers,
        "least": _least(screen.today),
    }


# -- deciding --------------------------------------------------------------------------------------


def _grant(request: HttpRequest, case: Case, when: dict[str, Any]) -> None:
    number, unit = request.POST.get("number", "").strip(), request.POST.get("unit", "y")
    length = f"{number}{unit}" if number else ""
    reasons = request.POST.get("reasons", "")
    decision.grant(signed_in(request), case, length=length, reasons=reasons, **when)


def _refuse(request: HttpRequest, case: Case, when: dict[str, Any]) -> None:
    removal = one_of(request, "removal", {"": None, **{r.value: r for r in Removal}})
    decision.refuse(
        signed_in(request), case, reasons=request.POST.get("reasons", ""), removal=removal,
        notified_on=_notified(request), **when,
    )  # fmt: skip


def _close(request: HttpRequest, case: Case, when: dict[str, Any]) -> None:
    decision.close(
        signed_in(request), case, reasons=request.POST.get("reasons", ""),
        notified_on=_notified(request), **when,
    )  # fmt: skip


_DECISIONS = {"granted": _grant, "refused": _refuse, "closed": _close}


def _notified(request: HttpRequest) -> date | None:
    if not request.POST.get("notified_on", "").strip():
        return None
    return typed_day(request, "notified_on", date.min)


def _decided(_request: HttpRequest, screen: Screen, _refusal: Refusal | None) -> dict[str, Any]:
    return {"removals": words.REMOVALS.items(), "complete": screen.case.complete_on is not None}


# -- handing over ----------------------------------------------------------------------------------


def _kinds(case: Case) -> tuple[str, ...]:
    """The kinds of card that bear the title asked."""
    title = load_law().title(case.article)
    return tuple(kind for kind in (title.kinds if title else ()) if kind in list(Kind))


def _handed(_request: HttpRequest, screen: Screen, _refusal: Refusal | None) -> dict[str, Any]:
    return {"kinds": [(kind, KINDS[kind]) for kind in _kinds(screen.case)]}
