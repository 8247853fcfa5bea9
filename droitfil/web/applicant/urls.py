"""Addresses of a person's own pages."""

from __future__ import annotations

from django.urls import path

from droitfil.web.applicant import me

urlpatterns = [
    path("moi", me.me, name="me"),
    path("moi/rattacher", me.link, name="link"),
    path("moi/fermer", me.close, name="close"),
    path("moi/enfants/<uuid:person>", me.child, name="child"),
    path("contester/<str:code>", me.contest, name="contest"),
]
