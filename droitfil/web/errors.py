"""Pages for what goes wrong: a calm sentence, what to do, nothing about the person.

Django calls the ``handler`` views (see ``config/urls.py``); :class:`RefusalMiddleware` tells
the refusals of ``lib.refusals`` and :class:`ErrorPagesMiddleware` dresses the bare responses that
views and other middleware give (405, 413, 429). Under ``/api/`` the same
faults are told as problem+json.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.lib.refusals import Forbidden, Refusal, Refused, Trouble
from droitfil.rules.problems import Refused as Unanswerable

API = "/api/"

#: status -> (title, what happened, what to do)
SENTENCES = {
    400: (
        _("Nous n’avons pas compris cette demande"),
        _("L’adresse ou le formulaire reçu n’est pas complet."),
        _("Revenez en arrière et recommencez. Rien n’est perdu : nous ne gardons rien."),
    ),
    403: (
        _("Cette page ne vous est pas ouverte"),
        _("Ce n’est pas une sanction : la page demande un droit que cette visite n’a pas."),
        _("Revenez à l’accueil. Tout ce qui est public s’y trouve."),
    ),
    404: (
        _("Cette page n’existe pas"),
        _("L’adresse contient peut-être une faute, ou le lien est ancien."),
        _("Vérifiez l’adresse, ou repartez de l’accueil."),
    ),
    405: (
        _("Cette page ne s’ouvre pas de cette façon"),
        _("Elle a reçu un envoi alors qu’elle se lit seulement, ou l’inverse."),
        _("Repartez de l’accueil et suivez les liens."),
    ),
    409: (
        _("Quelqu’un est passé avant vous"),
        _("Ce que vous vouliez changer vient de changer. Rien de votre envoi n’a été fait."),
        _("Rouvrez la page pour voir où cela en est, puis recommencez s’il le faut encore."),
    ),
    413: (
        _("Nous ne pouvons pas lire un envoi si grand"),
        format_lazy(
            _("Cette page lit {most} Ko au plus. Le fichier de réponses de Droitfil est bien plus "
              "petit."),
            most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024,
        ),
        _("Choisissez le fichier de réponses de Droitfil, pas une photo ni un PDF."),
    ),
    422: (
        _("Il y a quelque chose à corriger"),
        _("Ce que vous avez envoyé ne peut pas être accepté tel quel. Rien n’a été fait."),
        _("Revenez en arrière, corrigez et renvoyez. Vos réponses y sont encore."),
    ),
    429: (
        _("Trop de demandes en peu de temps"),
        _("Beaucoup de demandes sont venues de votre réseau. Ce n’est pas forcément vous."),
        _("Attendez une minute, puis rechargez la page."),
    ),
    500: (
        _("Une panne de notre côté"),
        _("La faute est chez nous, pas chez vous. Vos droits ne changent pas."),
        _("Réessayez dans quelques minutes. Si un délai finit aujourd’hui, n’attendez pas le "
          "site : gardez une copie d’écran datée et allez en préfecture ou à un point "
          "d’accueil numérique."),
    ),
}  # fmt: skip

#: Shown when even a template cannot be rendered.
LAST_RESORT = (
    '<!doctype html><html lang="fr"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Panne · Droitfil</title>'
    "<h1>Une panne de notre côté</h1><p>Réessayez dans quelques minutes. Vos droits ne changent "
    'pas.</p><p><a href="/">Accueil</a></p></html>'
)


def error_page(
    request: HttpRequest,
    status: int,
    *,
    title: str = "",
    says: str = "",
    remedy: str = "",
    troubles: Sequence[Trouble] = (),
) -> HttpResponse:
    """The page for ``status``, one of :data:`SENTENCES`; a problem (RFC 9457) for the API.

    :param title, says, remedy: what happened, in place of the general sentences.
    :param troubles: what there is to put right, one by one.
    """
    general, happened, todo = SENTENCES[status]
    if request.path.startswith(API):
        problem = {"type": "about:blank", "title": str(general), "status": status}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    context = {
        "status": status,
        "title": title or general,
        "remedy": remedy or todo,
        "happened": says or happened,
        "troubles": troubles,
    }
    return render(request, "public/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handler 400, and 413 for a body over the limit (Django knows no handler for it)."""
    too_big = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return error_page(request, 413 if too_big else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handler 403."""
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that lost its token: too old, or its page was opened before another sign-in."""
    return error_page(
        request,
        403,
        title=gettext("Ce formulaire n’est plus valable"),
        says=gettext(
            "Il a été ouvert il y a trop longtemps, ou avant une autre connexion. Rien de votre "
            "envoi n’a été fait."
        ),
        remedy=gettext("Revenez en arrière, rechargez la page, puis renvoyez le formulaire."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handler 404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler 500: never fails itself."""
    try:
        return error_page(request, 500)
    except Exception:  # whatever broke the page may break this one too
        return HttpResponse(LAST_RESORT, status=500)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page of an action that was not done, with its own sentence.

    What is forbidden gets the page of what does not exist, and nothing of the sentence.
    """
    if isinstance(refusal, Forbidden):
        return error_page(request, refusal.status)
    troubles = refusal.troubles if isinstance(refusal, Refusal) else ()
    troubles = tuple(trouble for trouble in troubles if trouble.says != refusal.says)
    return error_page(request, refusal.status, says=refusal.says, troubles=troubles)


#: How PostgreSQL and its driver say that a text holds a null character, in a column or in JSON.
_NUL = ("NUL (0x00)", "\\u0000")


class RefusalMiddleware:
    """Gives its page to a refusal that a view let through; the API tells its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; None for anything else, which goes its way."""
        if request.path.startswith(API):
            return None
        if isinstance(exception, Refused):
            return refused(request, exception)
        if isinstance(exception, Unanswerable):
            return error_page(
                request,
                422,
                says=gettext("Ce que dit ce dossier se contredit : rien ne peut en être calculé."),
                remedy=gettext(
                    "La préfecture doit d’abord corriger les dates des documents. Vos droits ne "
                    "changent pas."
                ),
            )
        if isinstance(exception, DataError) and any(sign in str(exception) for sign in _NUL):
            return error_page(
                request,
                422,
                says=gettext("Ce texte contient un caractère qui ne s’écrit pas. Retirez-le."),
            )
        return None


class ErrorPagesMiddleware:
    """Gives a page to bare 405, 413 and 429 responses outside the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (405, 413, 429) or request.path.startswith(API):
            return response
        if response.streaming or b"<html" in response.content:
            return response
        page = error_page(request, response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page
