"""The pages of « Où en suis-je ? »: each view reads the answers, asks the table, shows a page.

Nothing is kept between two requests and a POST changes nothing, so these forms need no token
against forgery (and no cookie for one).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lib import clock
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused
from droitfil.web.language import FIELD, carried
from droitfil.web.public.whereami import flow, keep
from droitfil.web.public.whereami.answer_page import AnswerPage, contradictions
from droitfil.web.public.whereami.fields import Asked, Shown, show
from droitfil.web.public.whereami.flow import Place
from droitfil.web.public.whereami.question import question
from droitfil.web.public.whereami.state import NEW, NO, YES, State
from droitfil.web.public.whereami.steps import MORE
from droitfil.web.public.whereami.steps_person import PERSON_TICKS

ANSWER = "reponse"
#: Names of the buttons of every form, and of the page they come from.
FROM, GO, ADD, REMOVE, RECEIVED, DAY = "de", "aller", "ajouter", "retirer", "papiers", "jour"


def _today() -> date:
    return clock.today()


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """The door: the first question, with what this is."""
    state = State.of(request)
    law, today = load_law(), _today()
    places = flow.places(state, law, today)
    return _page(request, state, places, places[0])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, address: str) -> HttpResponse:
    """One question, as it was answered before if it was."""
    state = State.of(request)
    law, today = load_law(), _today()
    if address == ANSWER:
        return _answer(request, state, law, today)
    return _show(request, state, law, today, address)


def _show(request: HttpRequest, state: State, law: Law, today: date, address: str) -> HttpResponse:
    """The page of this address; when the answers no longer lead to it, the next one to fill."""
    if address == ANSWER:
        return _answer(request, state, law, today)
    places = flow.places(state, law, today)
    place = flow.at(places, address)
    if place is None:
        if not _known_address(address):
            raise Http404
        place = flow.missing(places)
        if place is None:
            return _answer(request, state, law, today)
    return _page(request, state, places, place)


def _known_address(address: str) -> bool:
    return address.split("-")[0] in ("document", "demande", "personne")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Where every form and button leads: reads what was sent, then shows or names the next page."""
    data = request.POST if request.method == "POST" else request.GET
    state = State.of(request)
    law, today = load_law(), _today()
    if data.get(GO):
        return _go(request, state, law, today, data[GO])
    for name, act in (
        (ADD, _add), (REMOVE, _remove), (RECEIVED, _received), ("preciser", _precise)
    ):  # fmt: skip
        if data.get(name):
            return _go(request, state, law, today, act(state, data[name], law, today))
    if data.get("voir"):
        return _another_day(request, state, law, today, data)
    places = flow.places(state, law, today)
    place = flow.at(places, data.get(FROM, ""))
    if place is None:
        return _next(request, state, law, today)
    errors = _read(place, data)
    if errors:
        return _page(request, state, places, place, raw=data, errors=errors)
    return _next(request, state, law, today)


def _read(place: Place, data: QueryDict) -> dict[str, Any]:
    """Puts the page's answers into the state; the sentences for what was unclear, by key."""
    asked, errors, values = place.asked, {}, {}
    # The keys of choices are those of the state: what was just sent must not count as answered.
    for f in place.step.visible(asked):
        value, says = f.read(data, asked)
        key = f.key(asked.prefix)
        if value is None:
            errors[key] = says
        else:
            values[key] = value
    if errors:
        return errors
    for key, value in values.items():
        if value:
            asked.state[key] = value
        else:
            asked.state.pop(key, None)
    if place.step.after is not None:
        place.step.after(asked, data)
    return {}


def _next(request: HttpRequest, state: State, law: Law, today: date) -> HttpResponse:
    flow.prune(state, law, today)
    place = flow.missing(flow.places(state, law, today))
    return _go(request, state, law, today, ANSWER if place is None else place.address)


def _go(request: HttpRequest, state: State, law: Law, today: date, address: str) -> HttpResponse:
    """By its own address while answers may stand in one, else shown at once."""
    if state.personal or request.method == "POST":
        return _show(request, state, law, today, address)
    return HttpResponseRedirect(_address(request, state, address))


def _address(request: HttpRequest, state: State, address: str) -> str:
    query = state.address()
    code = carried(request)
    if code:
        query = f"{query}&{FIELD}={code}" if query else f"{FIELD}={code}"
    path = reverse("where-step", args=[address])
    return f"{path}?{query}" if query else path


# -- buttons of the answer ---------------------------------------------------------------------


def _add(state: State, what: str, law: Law, today: date) -> str:
    letter = "a" if what == "demande" else "d"
    name = state.next_name(letter)
    state[name] = NEW
    place = flow.missing(flow.places(state, law, today))
    return ANSWER if place is None else place.address


def _remove(state: State, what: str, law: Law, today: date) -> str:
    if what in (*state.documents(), *state.applications()):
        state.drop(what)
        for key in [k for k, v in state.items() if v == what]:
            del state[key]
    return _after_button(state, law, today)


def _received(state: State, what: str, law: Law, today: date) -> str:
    """« I did not get it », « I did », « as if it had come »."""
    if what == YES:
        application = next((a for a in state.applications() if state[a] != NEW), "a1")
        key = f"{application}.plus"
        state[key] = "-".join([*state.ticks(key), "papier"])
        name = state.next_name("d")
        state[name], state[f"{name}.demande"] = "papier", application
    if what in (YES, NO):
        state["recu"] = what
    else:
        state.pop("recu", None)
    return _after_button(state, law, today)


def _precise(state: State, what: str, law: Law, today: date) -> str:
    """A fact that the answer lacks: its box is ticked, its page opens."""
    if what in {option.value for option in PERSON_TICKS} and what not in state.ticks("plus"):
        state["plus"] = "-".join([*state.ticks("plus"), what])
        if what == "parents" and not state.nested("p", "parent"):
            state["p.parent1"] = YES
    return _after_button(state, law, today)


def _after_button(state: State, law: Law, today: date) -> str:
    flow.prune(state, law, today)
    place = flow.missing(flow.places(state, law, today))
    return ANSWER if place is None else place.address


def _another_day(
    request: HttpRequest, state: State, law: Law, today: date, data: QueryDict
) -> HttpResponse:
    value, says = keep.DAY_FIELD.read(data, Asked(state, "jour", law, today))
    if value is None:
        return _answer(request, state, law, today, raw=data, error=says)
    if value and value != today.isoformat():
        state["jour"] = value
    else:
        state.pop("jour", None)
    return _go(request, state, law, today, ANSWER)


# -- pages -------------------------------------------------------------------------------------


def _base(request: HttpRequest, state: State, here: str) -> dict[str, Any]:
    by_post = state.personal or request.method == "POST"
    return {
        "section": "where",
        "state": state.ordered(),
        "by_post": by_post,
        "here": here,
        "language": get_language(),
        "language_query": f"?{FIELD}={carried(request)}" if carried(request) else "",
        "carried": carried(request),
        "query": state.address(),
    }


def _page(
    request: HttpRequest,
    state: State,
    places: list[Place],
    place: Place,
    *,
    raw: QueryDict | None = None,
    errors: dict[str, Any] | None = None,
) -> HttpResponse:
    """A question; with ``errors``, as it was typed, the sentences on top and at each field."""
    step, asked, errors = place.step, place.asked, errors or {}
    visible = step.visible(asked)
    fields: list[Shown] = [
        show(
            f,
            asked,
            raw=raw if errors else None,
            error=errors.get(f.key(asked.prefix), ""),
            only=len(visible) == 1,
        )
        for f in visible
    ]
    own = {f.key(asked.prefix) for f in visible}
    before = flow.before(places, place)
    heading = step.heading(asked)
    context = _base(request, state, place.address) | {
        "place": place,
        "heading": heading,
        "hint": step.hint,
        "drawing": f"public/whereami/drawings/{step.drawing}.svg" if step.drawing else "",
        "fields": fields,
        "single": fields[0] if len(fields) == 1 else None,
        "faults": [f for f in fields if f.error],
        "more": step.more,
        "more_name": MORE,
        "more_checked": bool(raw and raw.get(MORE)),
        "before": before,
        "carried_state": state.without(own).ordered(),
        "post_form": state.personal or request.method == "POST" or place.personal,
        "first": before is None,
        "editing": flow.missing(places) is None,
    }
    return render(request, "public/whereami/step.html", context, status=422 if errors else 200)


def _answer(
    request: HttpRequest,
    state: State,
    law: Law,
    today: date,
    *,
    raw: QueryDict | None = None,
    error: Any = "",
) -> HttpResponse:
    """The answer; when something it needs is not answered, that page."""
    flow.prune(state, law, today)
    places = flow.places(state, law, today)
    place = flow.missing(places)
    if place is not None:
        if request.method == "POST":
            return _page(request, state, places, place)
        return HttpResponseRedirect(_address(request, state, place.address))
    asked = question(state, today=today, language=get_language() or "fr")
    context = _base(request, state, ANSWER)
    try:
        answer = answer_question(asked, law)
    except Refused as refused:
        context |= {"problems": contradictions(refused, places)}
        return render(request, "public/whereami/contradiction.html", context, status=422)
    page = AnswerPage(answer, asked, state, places, law, today)
    day_field = show(keep.DAY_FIELD, Asked(state, "jour", law, today), raw=raw, error=error)
    context |= {
        "page": page,
        "day_field": day_field,
        "faults": [day_field] if error else [],
        "address": request.build_absolute_uri(
            f"{reverse('where-step', args=[ANSWER])}?{state.address()}"
        ),
    }
    return render(request, "public/whereami/answer.html", context, status=422 if error else 200)


# -- the file ----------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """Gives the answers as a file, or takes one back and shows its answer."""
    law, today = load_law(), _today()
    upload = request.FILES.get("fichier")
    problems: list[keep.Fault] = []
    if isinstance(upload, UploadedFile):
        state, problems = keep.read_file(upload, law, today)
        if state is not None:
            return _answer(request, state, law, today)
        context = _base(request, State(), "fichier") | {"problems": problems}
        return render(request, "public/whereami/file.html", context, status=422)
    state = State.of(request)
    if state.documents():
        flow.prune(state, law, today)
        data = question(state, today=today, language=get_language() or "fr")
        return HttpResponse(
            keep.write_file(data),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{keep.file_name(data)}"'},
        )
    if request.method == "POST":
        problems = [keep.Fault(gettext("Choisissez un fichier : aucun n’a été envoyé."))]
    context = _base(request, State(), "fichier") | {"problems": problems}
    return render(request, "public/whereami/file.html", context, status=422 if problems else 200)
