"""Response headers that keep a page to itself: no script, no frame, no device.

Pages need nothing from elsewhere and run no script at all, so the policy starts from nothing. A
view that must differ sets its own header first: ours never overwrites one. What Django's own
``SecurityMiddleware`` sets (HSTS, no-referrer, nosniff, opener policy) is set there, not twice;
but a form with a token must tell our own site where it comes from, or it is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
DEVICES = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
    "microphone", "payment", "usb", "browsing-topics",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(f"{device}=()" for device in DEVICES),
}


class SecurityHeadersMiddleware:
    """Sets :data:`HEADERS` on every response, and lets a form with a token say whence it comes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.CSRF_COOKIE_NAME in response.cookies:  # a token was given
            response.headers.setdefault("Referrer-Policy", "same-origin")
        return response
