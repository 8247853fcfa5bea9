"""What goes wrong, told the same way everywhere under ``/api/``: problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.lib.refusals import Forbidden, Refusal, Refused

API = "/api/"
CONTENT_TYPE = "application/problem+json"

#: status -> what it means to a caller
TITLES = {
    400: _("Texte illisible"),
    404: _("Adresse inconnue"),
    405: _("Méthode refusée"),
    409: _("Quelqu'un est passé avant"),
    411: _("Longueur inconnue"),
    413: _("Question trop longue"),
    415: _("Type de contenu refusé"),
    422: _("Question refusée"),
    429: _("Trop de questions"),
    500: _("Panne de notre côté"),
}
_DETAILS = {
    400: _("La requête n'a pas pu être lue."),
    404: _("Rien ne porte ce nom ; GET /api/v1/law donne ce qui existe."),
    500: _("La faute est chez nous ; réessayez dans quelques minutes."),
}


class Problem(Exception):
    """A refusal to answer; ``says`` is a sentence with what would be right, in the language of
    the question or of the request when it is one of ours."""

    def __init__(
        self,
        status: int,
        says: str,
        *,
        problems: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(says)
        self.status = status
        self.title = str(TITLES[status])
        self.says = says
        self.problems = problems
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        """The problem as its HTTP response."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.says,
        }
        if self.problems is not None:
            body["problems"] = self.problems
        text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
        return HttpResponse(
            text, status=self.status, content_type=CONTENT_TYPE, headers=self.headers
        )


def refused(refusal: Refused) -> Problem:
    """The problem that tells a refusal; what is forbidden reads as what does not exist."""
    if isinstance(refusal, Forbidden):
        return Problem(refusal.status, str(_DETAILS[refusal.status]))
    problems = None
    if isinstance(refusal, Refusal):
        problems = [
            {
                "path": trouble.field,
                "says": " ".join(filter(None, (trouble.says, trouble.remedy))),
                **({"article": trouble.article} if trouble.article else {}),
            }
            for trouble in refusal.troubles
        ]
    return Problem(refusal.status, refusal.says, problems=problems)


class ProblemMiddleware:
    """Tells refusals and dresses the bare errors of the framework under ``/api/`` as problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not request.path.startswith(API):
            return response
        if "detail" in _body(response):
            return response
        headers = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        if status == 405:
            headers["Allow"] = ", ".join(sorted(headers.get("Allow", "GET").split(", ")))
            says = gettext("Cette adresse n'accepte que %(methods)s.") % {
                "methods": headers["Allow"]
            }
        else:
            status = status if status in TITLES else (400 if status < 500 else 500)
            says = str(_DETAILS.get(status) or f"{TITLES[status]}.")
        return Problem(status, says, headers=headers).response()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The problem of a refusal that a resource let through; None for anything else."""
        if not isinstance(exception, Refused) or not request.path.startswith(API):
            return None
        return refused(exception).response()


def _body(response: HttpResponse) -> Any:
    if not response.get("Content-Type", "").startswith(CONTENT_TYPE):
        return {}
    return json.loads(response.content)
