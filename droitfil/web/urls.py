"""The addresses of the pages: French, short, without a slash at the end, never renamed.

The same address serves every language (:mod:`droitfil.web.language`).
"""

from __future__ import annotations

from django.urls import path

from droitfil.web.public import home

urlpatterns = [
    path("", home.home, name="home"),
    path("ou-en-suis-je", home.where, name="where"),
    path("droit", home.law, name="law"),
    path("droit/incertain", home.law, name="law-uncertain"),
    path("a-propos", home.about, name="about"),
    path("vie-privee", home.privacy, name="privacy"),
    path("accessibilite", home.accessibility, name="accessibility"),
    path("developpeurs", home.developers, name="developers"),
]
