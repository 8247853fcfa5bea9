"""``POST /api/v1/timeline``: one question in, its answer out; nothing is kept or logged."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, override
from ninja import Router

from droitfil.api.documentation import TIMELINE
from droitfil.api.problems import Problem
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question, as_json
from droitfil.lawbook.reading import MOST_BYTES, Unreadable, read_documents, read_json
from droitfil.lawbook.translations import renderer
from droitfil.lib.rate_limits import allow
from droitfil.rules.problems import Refused

router = Router(tags=["Situation"])

JSON = frozenset({"application/json"})
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})
WINDOW_SECONDS = 60


@router.post("/timeline", **TIMELINE)
def timeline(request: HttpRequest) -> HttpResponse:
    _count(request)
    question = _question(request)
    try:
        answer = answer_question(question, load_law())
    except Refused as refused:
        raise _refused(refused, _language(question)) from None
    return HttpResponse(
        as_json(answer), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _refused(refused: Refused, language: str) -> Problem:
    told = renderer(language)
    problems = [
        {"path": problem.path, "value": problem.value, "says": problem.told(told)}
        for problem in refused.problems
    ]
    with override(language):
        return Problem(422, _first_and_how_many(problems), problems=problems)


def _language(question: dict[str, object]) -> str:
    """The language of the answer asked for when we speak it, else that of the request."""
    asked = question.get("language")
    if isinstance(asked, str) and asked in dict(settings.LANGUAGES):
        return asked
    return get_language() or settings.LANGUAGE_CODE


def _count(request: HttpRequest) -> None:
    """Raises the 429 of a client who asks too often."""
    limit = settings.API_QUESTIONS_A_MINUTE
    if not limit:
        return
    verdict = allow(
        "timeline", request, limit=limit, window_seconds=WINDOW_SECONDS, now=timezone.now()
    )
    if not verdict.allowed:
        wait = verdict.retry_after
        raise Problem(
            429,
            gettext(
                "Plus de %(limit)s questions en une minute sont venues de votre réseau ; réessayez "
                "dans %(wait)s s, ou utilisez la commande « droitfil timeline », sans limite."
            )
            % {"limit": limit, "wait": wait},
            headers={"Retry-After": str(wait)},
        )


def _question(request: HttpRequest) -> dict[str, object]:
    kind = request.content_type or ""
    if kind not in JSON | YAML:
        raise Problem(
            415,
            gettext(
                "« %(kind)s » n'est pas un type lu ici ; envoyez du application/json ou du "
                "application/yaml."
            )
            % {"kind": kind[:60]},
        )
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if charset not in _UTF8 or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, gettext("Le texte doit être en UTF-8 et non comprimé."))
    text = _text(request)
    try:
        if kind in JSON:
            return read_json(text)
        questions = read_documents(text)
    except Unreadable as unreadable:
        says = unreadable.told(renderer(get_language() or "fr"))
        if unreadable.malformed:
            raise Problem(400, says) from None
        problem = {"path": unreadable.path, "value": unreadable.value, "says": says}
        raise Problem(422, says, problems=[problem]) from None
    if len(questions) > 1:
        raise Problem(
            400,
            gettext("%(count)s documents ont été reçus ; envoyez une question à la fois.")
            % {"count": len(questions)},
        )
    return questions[0]


def _text(request: HttpRequest) -> str:
    too_long = Problem(
        413,
        gettext("Une question tient en %(most)s Kio ; envoyez une situation à la fois.")
        % {"most": MOST_BYTES // 1024},
    )
    length = request.headers.get("Content-Length")
    if not length and "Transfer-Encoding" in request.headers:
        # WSGI cannot tell where such a body ends.
        raise Problem(
            411,
            gettext("La longueur de la question manque ; envoyez l'en-tête Content-Length."),
        )
    try:
        if int(length or 0) > MOST_BYTES:
            raise too_long
        body = request.read(MOST_BYTES + 1)
    except (ValueError, RawPostDataException, UnreadablePostError):
        raise Problem(
            400, gettext("La question n'est pas arrivée entière ; renvoyez-la.")
        ) from None
    if len(body) > MOST_BYTES:
        raise too_long
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, gettext("Le texte n'est pas en UTF-8 ; convertissez-le.")) from None


def _first_and_how_many(problems: list[dict[str, str]]) -> str:
    first, *others = problems
    if not others:
        return first["says"]
    more = ngettext(
        "%(first)s (et %(count)s autre à corriger)",
        "%(first)s (et %(count)s autres à corriger)",
        len(others),
    )
    return more % {"first": first["says"], "count": len(others)}
