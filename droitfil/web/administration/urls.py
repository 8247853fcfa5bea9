"""Addresses of an administrator's pages."""

from __future__ import annotations

from django.urls import path

from droitfil.web.administration import offices, staff

urlpatterns = [
    path("administration", staff.everyone, name="administration"),
    path("administration/agents/<uuid:account>", staff.one, name="administration-staff"),
    path("administration/bureaux", offices.offices, name="administration-offices"),
]
