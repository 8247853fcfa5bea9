"""Addresses of the pages of agents about people."""

from __future__ import annotations

from django.urls import path

from droitfil.web.agent import claims, people

urlpatterns = [
    path("agent/personnes", people.search, name="agent-people"),
    path("agent/personnes/<uuid:person>", people.person, name="agent-person"),
    path("agent/personnes/<uuid:person>/debloquer", people.unlock, name="agent-unlock"),
    path("agent/rattachements", claims.waiting, name="agent-claims"),
    path("agent/rattachements/<uuid:claim>", claims.claim, name="agent-claim"),
]
