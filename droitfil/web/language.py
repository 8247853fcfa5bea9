"""Which language a page speaks: the address, then the cookie, then the browser.

The address of a page is the same in every language; ``?langue=en`` asks for one explicitly and is
remembered in a cookie, the only one that the public pages set without a form. A browser that
refuses cookies keeps its language all the same, because links then carry ``langue`` along
(:func:`carried`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

FIELD = "langue"
#: What the button of a form says that changes the language: nothing is judged nor done.
SWITCH = "langue"


def spoken_here(address: str) -> str:
    """``address`` in the language of this page, whether or not the browser keeps cookies."""
    return f"{address}{'&' if '?' in address else '?'}{FIELD}={translation.get_language()}"


def asked(request: HttpRequest) -> str | None:
    """The language that the address (or the form) asks for, None when none that we speak."""
    code = request.GET.get(FIELD)
    return code if code in dict(settings.LANGUAGES) else None


def carried(request: HttpRequest) -> str | None:
    """The language that links must carry, None when the cookie already says it."""
    code = asked(request)
    if code is None or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == code:
        return None
    return code


class LanguageMiddleware:
    """Activates the language of the request and remembers the one asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = asked(request) or translation.get_language_from_request(request)
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        to_remember = carried(request)
        if to_remember:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                to_remember,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
