"""A child I declare: who they are, what shows it, and what an agent answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from droitfil.cases import families
from droitfil.cases.actions import declaring
from droitfil.cases.models import ChildClaim, ChildProof
from droitfil.files.intake import content_of
from droitfil.files.models import State as UploadState
from droitfil.files.queries import name_of
from droitfil.files.serving import response
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.models import Account, Person
from droitfil.rules.lifecycle import State
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.administration.typed import Typed, faults_of
from droitfil.web.applicant.own import both, moment, reads, sends
from droitfil.web.civil import child_sent, countries
from droitfil.web.language import SWITCH
from droitfil.web.public.law_words import in_words


def is_linked(claim: ChildClaim) -> bool:
    """Is the child among mine, so that the declaration has no more to say?"""
    return claim.state == ChildClaim.State.CONFIRMED and not families.is_open(claim)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared child in a list, and where the answer stands."""

    claim: ChildClaim

    @property
    def waits(self) -> bool:
        return families.is_open(self.claim)

    @property
    def contested(self) -> bool:
        """It was confirmed, and somebody contests it."""
        return self.waits and self.claim.state == ChildClaim.State.CONFIRMED


@dataclass(frozen=True, slots=True)
class Given:
    """A file given for a declared child, as its owner or an agent reads it."""

    proof: ChildProof
    label: str
    name: str

    @property
    def shown(self) -> bool:
        return self.proof.upload is not None and self.proof.upload.state == UploadState.CLEAN

    @property
    def quarantined(self) -> bool:
        return self.proof.upload is not None and self.proof.upload.state == UploadState.QUARANTINED

    @property
    def refused(self) -> bool:
        return self.proof.upload is not None and self.proof.upload.state == UploadState.REFUSED


def given_of(claim: ChildClaim) -> list[Given]:
    """What shows whose child it is, in the order it came."""
    labels = families.proofs_asked(clock.today())
    return [
        Given(
            proof,
            in_words(labels.get(proof.code, proof.code)),
            name_of(proof.upload) if proof.upload is not None else "",
        )
        for proof in claim.proofs.filter(withdrawn_at__isnull=True).select_related("upload")
    ]


@both
@login_required
@never_cache
def declare(request: HttpRequest) -> HttpResponse:
    """Who my child is; then what shows it."""
    account = signed_in(request)
    get_object_or_404(Person, account=account)
    refusal = None
    if request.method == "POST" and request.POST.get("suite") != SWITCH:
        try:
            claim = declaring.declare_child(account, **child_sent(request), **moment())
            return redirect("declared-child", claim.pk)
        except Refusal as told:
            refusal = told
    context = {"section": "me", **child_form(request, refusal)}
    return render(request, "applicant/declare.html", context, status=422 if refusal else 200)


def child_form(request: HttpRequest, refusal: Refusal | None) -> dict[str, Any]:
    """What ``persons/child_fields.html`` shows: what was typed, and what is wrong with it."""
    return {
        "typed": Typed.of(request),
        "faults": faults_of(refusal),
        "countries": countries(),
        "sexes": Person.Sex.choices,
    }


@reads
@login_required
@never_cache
def show(request: HttpRequest, claim: UUID) -> HttpResponse:
    """What I declared, what shows it, and the answer."""
    return _page(request, _own(signed_in(request), claim))


@sends
@login_required
def add(request: HttpRequest, claim: UUID) -> HttpResponse:
    """A file that shows whose child it is."""
    found = _own(signed_in(request), claim)
    try:
        sent = request.FILES.get("file")
        if sent is None:
            raise Refusal(gettext("Choisissez d’abord un fichier sur votre appareil."))
        declaring.add_proof(
            signed_in(request), found, code=request.POST.get("document", ""),
            content=content_of(sent), declared_name=sent.name or "", **moment(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, found, refusal)
    return redirect("declared-child", found.pk)


@reads
@login_required
@never_cache
def proof(request: HttpRequest, claim: UUID, proof: UUID) -> HttpResponse:
    """The cleaned copy of a file, to its owner."""
    given = _own(signed_in(request), claim).proofs.select_related("upload")
    found = get_object_or_404(given, pk=proof, upload__isnull=False)
    assert found.upload is not None
    return response(found.upload)


@sends
@login_required
def withdraw_proof(request: HttpRequest, claim: UUID, proof: UUID) -> HttpResponse:
    """A file is taken back."""
    found = get_object_or_404(_own(signed_in(request), claim).proofs, pk=proof)
    declaring.withdraw_proof(signed_in(request), found, now=clock.now())
    return redirect("declared-child", claim)


@sends
@login_required
def withdraw(request: HttpRequest, claim: UUID) -> HttpResponse:
    """The declaration is taken back."""
    declaring.withdraw_claim(signed_in(request), _own(signed_in(request), claim), **moment())
    return redirect("me")


def _own(account: Account, claim: UUID) -> ChildClaim:
    return get_object_or_404(families.own_claims(account), pk=claim)


def _page(request: HttpRequest, claim: ChildClaim, refusal: Refusal | None = None) -> HttpResponse:
    if is_linked(claim):
        return redirect("child", claim.child_id)
    waiting = claim.state == ChildClaim.State.WAITING
    proofs = given_of(claim) if waiting else []
    context = {
        "section": "me",
        "claim": claim,
        "declared": Declared(claim),
        "waiting": waiting,
        "proofs": proofs,
        "proven": any(one.proof.code == families.BIRTH and not one.refused for one in proofs),
        "asked": [(code, in_words(says)) for code, says in _asked().items()],
        "draft": claim.child.cases.filter(state=State.DRAFT).first() if waiting else None,
        "refusal": refusal,
        "most": settings.UPLOAD_BYTES // 2**20,
    }
    return render(request, "applicant/declared.html", context, status=422 if refusal else 200)


def _asked() -> dict[str, str]:
    return families.proofs_asked(clock.today())
