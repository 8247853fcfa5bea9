"""The addresses of the interface, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from droitfil.api.interface import api

urlpatterns = [path("", api.urls)]
