"""Every address.

Stable: ``/``, ``/ou-en-suis-je``, ``/droit``, ``/verifier``, ``/verifier/confiance``,
``/api/v1/timeline``, ``/api/v1/verify``, ``/sante``.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from droitfil.web.public.health import health

urlpatterns = [
    path("sante", health, name="health"),
    path("api/v1/", include("droitfil.api.urls")),
    path("", include("droitfil.web.urls")),
]
if settings.ENVIRONMENT == "demo":
    urlpatterns.append(path("", include("droitfil.demo.urls")))

handler400 = "droitfil.web.errors.bad_request"
handler403 = "droitfil.web.errors.forbidden"
handler404 = "droitfil.web.errors.not_found"
handler500 = "droitfil.web.errors.server_error"
