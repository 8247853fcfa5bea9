"""The addresses of the pages: French, short, without a slash at the end, never renamed.

The same address serves every language (:mod:`droitfil.web.language`).
"""

from __future__ import annotations

from django.urls import include, path

from droitfil.web.public import home, law_pages, notices, proofs
from droitfil.web.public.verify import views as verify
from droitfil.web.public.whereami import views as whereami

urlpatterns = [
    path("", home.home, name="home"),
    path("ou-en-suis-je", whereami.where, name="where"),
    path("ou-en-suis-je/fichier", whereami.file, name="where-file"),
    path("ou-en-suis-je/suite", whereami.follow, name="where-follow"),
    path("ou-en-suis-je/<str:address>", whereami.step, name="where-step"),
    path("droit", law_pages.index, name="law"),
    path("droit/titres", law_pages.titles, name="law-titles"),
    path("droit/titres/<str:article>", law_pages.title, name="law-title"),
    path("droit/regles", law_pages.rules, name="law-rules"),
    path("droit/regles/<str:rule_id>", law_pages.rule, name="law-rule"),
    path("droit/parametres", law_pages.parameters, name="law-parameters"),
    path("droit/parametres/<str:name>", law_pages.parameter, name="law-parameter"),
    path("droit/incertain", law_pages.doubts, name="law-uncertain"),
    path("verifier", verify.verify, name="verify"),
    path("verifier/confiance", verify.trust, name="verify-trust"),
    path("verifier/recu/<uuid:receipt_id>", verify.receipt, name="verify-receipt"),
    path("preuve", proofs.latest, name="proofs"),
    path("preuve/<str:day>.json", proofs.as_json, name="proof-json"),
    path("preuve/<str:day>", proofs.proof, name="proof"),
    path("a-propos", home.about, name="about"),
    path("vie-privee", home.privacy, name="privacy"),
    path("accessibilite", home.accessibility, name="accessibility"),
    path("developpeurs", home.developers, name="developers"),
    path("courriels/<str:code>", notices.stop_emails, name="stop-emails"),
    path("rappels/sms", notices.sms_status, name="sms-status"),
    path("", include("droitfil.web.accounts.urls")),
    path("", include("droitfil.web.applicant.urls")),
    path("", include("droitfil.web.agent.urls")),
    path("", include("droitfil.web.administration.urls")),
]
