"""Addresses of the pages of agents: the worklist, cases, the counter, people."""

from __future__ import annotations

from django.urls import path

from droitfil.web.agent import (
    acts,
    address,
    case,
    children,
    claims,
    counter,
    filling,
    night,
    pages,
    people,
    post,
    worklist,
)

_CASE = "agent/dossiers/<uuid:case>"

urlpatterns = [
    path("agent", worklist.office, name="agent"),
    path("agent/alertes", worklist.alerts, name="agent-alerts"),
    path("agent/nuit", night.last, name="agent-night"),
    path("agent/lettres", post.letters, name="agent-post"),
    path("agent/lettres/<int:batch>/pdf", post.pdf, name="agent-post-pdf"),
    path("agent/lettres/<int:batch>/manifeste", post.manifest, name="agent-post-manifest"),
    path("agent/lettres/<int:batch>/poste", post.posted, name="agent-posted"),
    path("agent/retours", post.returns, name="agent-returns"),
    path("agent/injoignables", post.not_reached, name="agent-unreached"),
    path("agent/guichet", worklist.counter, name="agent-counter"),
    path("agent/guichet/nouvelle-personne", counter.newcomer, name="agent-newcomer"),
    path(_CASE, case.case, name="agent-case"),
    path(f"{_CASE}/pieces/<uuid:piece>", case.piece, name="agent-piece"),
    path(f"{_CASE}/papiers/<uuid:paper>", case.paper, name="agent-paper"),
    path(f"{_CASE}/formulaire", filling.questions, name="agent-form"),
    path(f"{_CASE}/corriger", filling.amend, name="agent-amend"),
    path(f"{_CASE}/pieces", filling.listed, name="agent-pieces"),
    path(f"{_CASE}/pieces/<slug:code>/ajouter", filling.add, name="agent-piece-add"),
    path(f"{_CASE}/pieces/<uuid:piece>/retirer", filling.withdraw, name="agent-piece-withdraw"),
    path(f"{_CASE}/pieces/<slug:code>/pages", pages.pages, name="agent-pages"),
    path(f"{_CASE}/pages/<uuid:page>", pages.change, name="agent-page"),
    path(f"{_CASE}/vignettes/<str:token>", pages.small, name="agent-page-small"),
    path(f"{_CASE}/enregistrer", counter.register, name="agent-register"),
    path(f"{_CASE}/prendre", acts.take, name="agent-take"),
    path(f"{_CASE}/rendre", acts.release, name="agent-release"),
    path(f"{_CASE}/demander", acts.ask, name="agent-ask"),
    path(f"{_CASE}/prolonger", acts.extend, name="agent-extend"),
    path(f"{_CASE}/reponse", acts.produce, name="agent-produce"),
    path(f"{_CASE}/decider", acts.decide, name="agent-decide"),
    path(f"{_CASE}/notification", acts.note_notification, name="agent-notified"),
    path(f"{_CASE}/commission", acts.seize_commission, name="agent-commission"),
    path(f"{_CASE}/carte-arrivee", acts.card_arrives, name="agent-card"),
    path(f"{_CASE}/remettre", acts.hand_over, name="agent-hand-over"),
    path(f"{_CASE}/ecrire", acts.write, name="agent-write"),
    path(f"{_CASE}/messages-lus", acts.read_letters, name="agent-letters-read"),
    path("agent/personnes/<uuid:person>/demande", counter.open_request, name="agent-open"),
    path("agent/messages", worklist.letters, name="agent-letters"),
    path("agent/deplaces", worklist.moves, name="agent-moves"),
    path("agent/personnes/<uuid:person>/adresse", address.address, name="agent-address"),
    path("agent/personnes", people.search, name="agent-people"),
    path("agent/personnes/<uuid:person>", people.person, name="agent-person"),
    path("agent/personnes/<uuid:person>/debloquer", people.unlock, name="agent-unlock"),
    path("agent/personnes/<uuid:person>/enfant", children.record, name="agent-child-record"),
    path("agent/enfants", children.waiting, name="agent-children"),
    path("agent/enfants/<uuid:claim>", children.claim, name="agent-child"),
    path(
        "agent/enfants/<uuid:claim>/pieces/<uuid:proof>", children.proof, name="agent-child-proof"
    ),
    path("agent/rattachements", claims.waiting, name="agent-claims"),
    path("agent/rattachements/<uuid:claim>", claims.claim, name="agent-claim"),
]
