"""``POST /api/v1/verify``: is this paper genuine, does it hold; what does a share code show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from ninja import Router

from droitfil.api.problems import Problem
from droitfil.api.verify_schema import MOST_SEVERAL, VERIFY, VERIFY_SEVERAL
from droitfil.attestations import words
from droitfil.attestations.actions import (
    Asked,
    Shared,
    Verified,
    open_share_codes,
    verify_papers,
)
from droitfil.attestations.answers import Answer, Rights
from droitfil.attestations.models import Receipt
from droitfil.attestations.pictures import MOST_BYTES, NotAPicture, TooLarge
from droitfil.cases.sharing import rights_shared
from droitfil.files.cleaner import NotAccepted
from droitfil.files.sandbox import readable_picture
from droitfil.lib import clock
from droitfil.lib.rate_limits import allow

router = Router(tags=["Vérification"])

JSON = "application/json"
FILES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"}
)
WINDOW_SECONDS = 60
MOST_TEXT = 4 * 1024
#: Before the text of a code: never read as a picture or a PDF, which are sent as what they are.
_NOT_A_FILE = b" "
_FIELDS = {"code": {"code"}, "share_code": {"share_code", "born_on", "by"}}


@router.post("/verify", **VERIFY)
def verify(request: HttpRequest) -> HttpResponse:
    _count(request)
    kind = request.content_type or ""
    if kind in FILES:
        return _said(_file(request, _body(request, MOST_BYTES)))
    if kind != JSON:
        raise Problem(
            415,
            f"« {kind[:60]} » n'est pas un type lu ici ; envoyez du application/json, un PDF ou "
            "une image JPEG, PNG, WebP ou HEIC.",
        )
    one = _one(_json(_body(request, MOST_TEXT)))
    (said,) = _answers(request, [one])
    if "refused" in said:
        raise _wrong("share_code", "", said["refused"])
    return _said(said)


@router.post("/verify/several", **VERIFY_SEVERAL)
def verify_several(request: HttpRequest) -> HttpResponse:
    kind = request.content_type or ""
    if kind != JSON:
        raise Problem(415, f"« {kind[:60]} » n'est pas un type lu ici ; envoyez du {JSON}.")
    asked = _json(_body(request, MOST_SEVERAL * MOST_TEXT // 4))
    several = asked.get("several") if isinstance(asked, dict) else None
    if not isinstance(several, list) or set(asked) != {"several"}:
        raise _wrong("several", "", "Envoyez un objet avec « several », la liste des demandes.")
    most = min(MOST_SEVERAL, settings.VERIFICATIONS_A_MINUTE or MOST_SEVERAL)
    if not 1 <= len(several) <= most:
        says = f"De 1 à {most} demandes par envoi ; il y en a {len(several)}."
        raise _wrong("several", str(len(several)), says)
    wanted = [_one(one, f"several[{rank}].") for rank, one in enumerate(several)]
    _count(request, times=len(wanted))
    return _said({"answers": _answers(request, wanted)})


def _said(said: dict[str, Any]) -> HttpResponse:
    text = json.dumps(said, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type=JSON, headers={"Cache-Control": "no-store"})


def _count(request: HttpRequest, *, times: int = 1) -> None:
    limit = settings.VERIFICATIONS_A_MINUTE
    if not limit:
        return
    verdict = allow(
        "verify", request, limit=limit, window_seconds=WINDOW_SECONDS, now=timezone.now(),
        times=times,
    )  # fmt: skip
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


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "Le texte n'est pas du JSON en UTF-8.") from None


def _one(asked: Any, at: str = "") -> bytes | Asked:
    """What is asked: the text of a code, or a share code.

    :param at: where it stands in what was sent.
    """
    where = at.rstrip(".")
    if not isinstance(asked, dict):
        raise _wrong(where, "", "Envoyez un objet avec « code », ou « share_code » et « born_on ».")
    ways = [way for way in _FIELDS if way in asked]
    if len(ways) != 1:
        raise _wrong(where, "", "Envoyez soit « code », soit « share_code » et « born_on ».")
    for name, value in asked.items():
        if name not in _FIELDS[ways[0]]:
            raise _wrong(f"{at}{name[:60]}", "", "Ce champ n'existe pas, ou pas avec les autres.")
        if not isinstance(value, str):
            raise _wrong(f"{at}{name}", str(value)[:60], "Ce champ est un texte.")
        if ways != ["code"] and not value.isprintable():  # a code has separators of its own
            says = "Ce texte contient un caractère qui ne s'écrit pas."
            raise _wrong(f"{at}{name}", "", says)
    if ways == ["code"]:
        return _NOT_A_FILE + str(asked["code"]).encode("utf-8", "replace")
    try:
        born_on = date.fromisoformat(asked.get("born_on", ""))
    except ValueError:
        says = "Écrivez la date de naissance comme 1990-03-02."
        raise _wrong(f"{at}born_on", "", says) from None
    return Asked(asked["share_code"], born_on, asked.get("by", ""))


def _answers(request: HttpRequest, asked: Sequence[bytes | Asked]) -> list[dict[str, Any]]:
    """What is told of each, in order, once all of it is kept, together: papers, then share codes.

    Papers alone are kept by one statement, and need no transaction: a replica may have to answer.
    """
    now = clock.now()
    day = timezone.localdate(now)
    shown = [one for one in asked if isinstance(one, bytes)]
    codes = [one for one in asked if isinstance(one, Asked)]
    with transaction.atomic() if codes else nullcontext():
        papers = iter(verify_papers(shown, now=now) if shown else ())
        seen = iter(open_share_codes(codes, now=now, rights_on=rights_shared) if codes else ())
    return [
        _of_paper(request, next(papers))
        if isinstance(one, bytes)
        else _shared(request, next(seen), day)
        for one in asked
    ]


def _file(request: HttpRequest, shown: bytes) -> dict[str, Any]:
    try:
        (found,) = verify_papers([readable_picture(shown, most=MOST_BYTES)], now=clock.now())
    except (NotAPicture, TooLarge, NotAccepted) as error:
        if isinstance(error, TooLarge) or getattr(error, "code", "") == "pixels":
            raise Problem(413, "Cette image a trop de points ; réduisez-la.") from None
        raise Problem(400, "Cette image ne se lit pas ; envoyez une photo entière.") from None
    return _of_paper(request, found)


def _of_paper(request: HttpRequest, found: Verified) -> dict[str, Any]:
    return _told(found.answer) | {"receipt": _address(request, found.receipt)}


def _shared(request: HttpRequest, seen: Shared | None, day: date) -> dict[str, Any]:
    if seen is None:
        return {
            "about": "share_code",
            "day": day.isoformat(),
            "refused": str(words.WRONG_SHARE_CODE),
        }
    return {
        "about": "share_code",
        "day": day.isoformat(),
        "rights": _rights(seen.rights),
        "receipt": _address(request, seen.look.receipt),
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
        "known_at": answer.known_at.isoformat(),
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
