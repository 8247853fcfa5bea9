"""Addresses of a person's own pages."""

from __future__ import annotations

from django.urls import path

from droitfil.web.applicant import (
    address,
    children,
    declared,
    filling,
    following,
    me,
    messages,
    pages,
    pieces,
    sharing,
    submitting,
)

_CASE = "moi/demandes/<uuid:case>"
_CHILD = "moi/enfants/declares/<uuid:claim>"

urlpatterns = [
    path("moi", me.me, name="me"),
    path("moi/rattacher", me.link, name="link"),
    path("moi/fermer", me.close, name="close"),
    path("moi/adresse", address.address, name="address"),
    path("moi/enfants/<uuid:person>/adresse", address.address, name="address-child"),
    path("moi/enfants/<uuid:person>", me.child, name="child"),
    path("contester/<str:code>", me.contest, name="contest"),
    path("moi/messages", messages.inbox, name="messages"),
    path("moi/messages/reglages", messages.preferences, name="message-preferences"),
    path("moi/messages/<uuid:message>", messages.message, name="message"),
    path("moi/partager", sharing.share, name="share"),
    path("moi/partager/<uuid:code>/arreter", sharing.stop, name="share-stop"),
    path("moi/enfants/<uuid:person>/partager", sharing.share, name="share-child"),
    path(
        "moi/enfants/<uuid:person>/partager/<uuid:code>/arreter",
        sharing.stop,
        name="share-child-stop",
    ),
    path("moi/calendrier.ics", messages.my_dates, name="my-dates"),
    path("moi/enfants/declarer", declared.declare, name="declare-child"),
    path(_CHILD, declared.show, name="declared-child"),
    path(f"{_CHILD}/pieces", declared.add, name="declared-child-add"),
    path(f"{_CHILD}/pieces/<uuid:proof>", declared.proof, name="declared-child-proof"),
    path(
        f"{_CHILD}/pieces/<uuid:proof>/retirer",
        declared.withdraw_proof,
        name="declared-child-proof-withdraw",
    ),
    path(f"{_CHILD}/retirer", declared.withdraw, name="declared-child-withdraw"),
    path("moi/enfants/demandes", children.begin, name="begin-children"),
    path(f"{_CASE}/reprendre-donne", children.carry, name="case-carry"),
    path("moi/demandes", filling.start, name="case-start"),
    path("moi/demandes/nouvelle", filling.begin, name="begin"),
    path("moi/enfants/<uuid:person>/demandes/nouvelle", filling.begin, name="begin-child"),
    path(_CASE, following.case, name="case"),
    path(f"{_CASE}/reprendre", filling.resume, name="case-resume"),
    path(f"{_CASE}/questions/<slug:block>", filling.questions, name="case-questions"),
    path(f"{_CASE}/pieces", pieces.listed, name="case-pieces"),
    path(f"{_CASE}/pieces/<slug:code>/ajouter", pieces.add, name="case-piece-add"),
    path(f"{_CASE}/pieces/<slug:code>/pages", pages.pages, name="case-pages"),
    path(f"{_CASE}/pages/<uuid:page>", pages.change, name="case-page"),
    path(f"{_CASE}/pages/<uuid:page>/vignette", pages.small, name="case-page-small"),
    path(f"{_CASE}/pieces/<uuid:piece>", pieces.show, name="case-piece"),
    path(f"{_CASE}/pieces/<uuid:piece>/retirer", pieces.withdraw, name="case-piece-withdraw"),
    path(f"{_CASE}/relire", submitting.review, name="case-review"),
    path(f"{_CASE}/deposer", submitting.submit, name="case-submit"),
    path(f"{_CASE}/attestation", submitting.attestation, name="case-attestation"),
    path(f"{_CASE}/papiers/<uuid:paper>", following.paper, name="case-paper"),
    path(f"{_CASE}/repondre", following.answer, name="case-answer"),
    path(f"{_CASE}/ecrire", following.write, name="case-write"),
    path(f"{_CASE}/messages-lus", following.read_letters, name="case-letters-read"),
    path(f"{_CASE}/retirer", following.withdraw, name="case-withdraw"),
    path(f"{_CASE}/supprimer", following.discard, name="case-discard"),
]
