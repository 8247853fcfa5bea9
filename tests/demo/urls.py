"""Every address of a demonstration."""

from __future__ import annotations

from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as everywhere

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*everywhere, path("", include("droitfil.demo.urls"))]
