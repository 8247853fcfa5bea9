"""``POST /api/v1/verify``: is this paper genuine, does it hold; what does a share code show."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from ninja import Router

from droitfil.api.problems import Problem
from droitfil.api.verify_schema import VERIFY
from droitfil.attestations import verification
from droitfil.attestations.actions import open_share_code, receipt_of_look, receipt_of_paper
from droitfil.attestations.answers import Answer, Rights
from droitfil.attestations.models import Receipt
from droitfil.attestations.pictures import MOST_BYTES, NotAPicture, TooLarge
from droitfil.cases.sharing import rights_shared
from droitfil.files.cleaner import NotAccepted
from droitfil.files.sandbox import readable_picture
from droitfil.lib import clock
from droitfil.lib.rate_limits import allow
from droitfil.lib.refusals import Refusal

router = Router(tags=["Vérification"])

JSON = "application/json"
FILES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"}
)
WINDOW_SECONDS = 60
MOST_TEXT = 4 * 1024
_FIELDS = {"code": {"code"}, "share_code": {"share_code", "born_on", "by"}}


@router.post("/verify", **VERIFY)
def verify(request: HttpRequest) -> HttpResponse:
    _count(request)
    kind = request.content_type or ""
    if kind in FILES:
        said = _paper(request, _body(request, MOST_BYTES))
    elif kind == JSON:
        said = _asked(request, _body(request, MOST_TEXT))
    else:
        raise Problem(
            415,
            f"« {kind[:60]} » n'est pas un type lu ici ; envoyez du application/json, un PDF ou "
            "une image JPEG, PNG, WebP ou HEIC.",
        )
    text = json.dumps(said, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type=JSON, headers={"Cache-Control": "no-store"})


def _count(request: HttpRequest) -> None:
    limit = settings.VERIFICATIONS_A_MINUTE
    if not limit:
        return
    verdict = allow(
        "verify", request, limit=limit, window_seconds=WINDOW_SECONDS, now=timezone.now()
    )
    if not verdict.allowed:
        raise Problem(
            429,
            f"Plus de {limit} vérifications en une minute sont venues de votre réseau ; réessayez "
            f"dans {verdict.retry_after} s, ou vérifiez sans réseau par « droitfil verify ».",
            headers={"Retry-After": str(verdict.retry_after)},
        )


def _body(request: HttpRequest, most: int) -> bytes:
    length = request.headers.get("Content-Length")
    if not length and "Transfer-Encoding" in request.headers:
        # WSGI cannot tell where such a body ends.
        raise Problem(411, "La longueur manque ; envoyez l'en-tête Content-Length.")
    too_long = Problem(413, f"Plus de {most // 1024} Kio ; seul le code doit rester net.")
    try:
        if int(length or 0) > most:
            raise too_long
        body = request.read(most + 1)
    except (ValueError, RawPostDataException, UnreadablePostError):
        raise Problem(400, "La demande n'est pas arrivée entière ; renvoyez-la.") from None
    if len(body) > most:
        raise too_long
    return body


def _asked(request: HttpRequest, body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "Le texte n'est pas du JSON en UTF-8.") from None
    if not isinstance(asked, dict):
        raise _wrong("", "", "Envoyez un objet avec « code », ou « share_code » et « born_on ».")
    ways = [way for way in _FIELDS if way in asked]
    if len(ways) != 1:
        raise _wrong("", "", "Envoyez soit « code », soit « share_code » et « born_on ».")
    for name, value in asked.items():
        if name not in _FIELDS[ways[0]]:
            raise _wrong(name[:60], "", "Ce champ n'existe pas, ou pas avec les autres.")
        if not isinstance(value, str):
            raise _wrong(name, str(value)[:60], "Ce champ est un texte.")
        if ways != ["code"] and not value.isprintable():  # a code has separators of its own
            raise _wrong(name, "", "Ce texte contient un caractère qui ne s'écrit pas.")
    if ways == ["code"]:
        return _paper(request, asked["code"].encode("utf-8", "replace"))
    return _shared(request, asked)


def _paper(request: HttpRequest, shown: bytes) -> dict[str, Any]:
    now = clock.now()
    try:
        answer = verification.verify(readable_picture(shown, most=MOST_BYTES), now=now)
    except (NotAPicture, TooLarge, NotAccepted) as error:
        if isinstance(error, TooLarge) or getattr(error, "code", "") == "pixels":
            raise Problem(413, "Cette image a trop de points ; réduisez-la.") from None
        raise Problem(400, "Cette image ne se lit pas ; envoyez une photo entière.") from None
    receipt = receipt_of_paper(answer, now=now) if answer.genuine else None
    return _told(answer) | {"receipt": _address(request, receipt)}


def _shared(request: HttpRequest, asked: dict[str, str]) -> dict[str, Any]:
    now = clock.now()
    try:
        born_on = date.fromisoformat(asked.get("born_on", ""))
    except ValueError:
        raise _wrong("born_on", "", "Écrivez la date de naissance comme 1990-03-02.") from None
    try:
        seen = open_share_code(
            asked["share_code"],
            born_on=born_on,
            by=asked.get("by", ""),
            now=now,
            rights_on=rights_shared,
        )
    except Refusal as refusal:
        raise _wrong("share_code", "", refusal.says) from None
    receipt = receipt_of_look(seen.rights, seen.look, now=now)
    return {
        "about": "share_code",
        "day": timezone.localdate(now).isoformat(),
        "rights": _rights(seen.rights),
        "receipt": _address(request, receipt),
    }


def _told(answer: Answer) -> dict[str, Any]:
    said = answer.said
    return {
        "about": "paper",
        "day": answer.day.isoformat(),
        "genuine": answer.genuine,
        "fault": answer.fault,
        "holds": answer.holds,
        "standing": answer.standing,
        "reason": answer.reason or None,
        "ended_on": answer.ended_on and answer.ended_on.isoformat(),
        "rights": _rights(
            Rights(
                may_stay=said.may_stay,
                may_work=said.may_work,
                limits=said.limits,
                until=said.valid_to,
            )
        )
        if said is not None and answer.holds
        else None,
        "said": None
        if said is None
        else {
            "kind": said.kind,
            "reference": said.reference,
            "holder": said.holder,
            "may_stay": said.may_stay,
            "may_work": str(said.may_work),
            "limits": list(said.limits),
            "from": said.valid_from.isoformat(),
            "to": said.valid_to and said.valid_to.isoformat(),
            "issued_on": said.issued_on and said.issued_on.isoformat(),
        },
    }


def _rights(rights: Rights) -> dict[str, Any]:
    return {
        "may_stay": rights.may_stay,
        "may_work": str(rights.may_work),
        "limits": list(rights.limits),
        "until": rights.until and rights.until.isoformat(),
    }


def _address(request: HttpRequest, receipt: Receipt | None) -> str | None:
    if receipt is None:
        return None
    return request.build_absolute_uri(reverse("verify-receipt", args=[receipt.id]))


def _wrong(path: str, value: str, says: str) -> Problem:
    return Problem(422, says, problems=[{"path": path, "value": value, "says": says}])
