"""The civil status of a child as a form sends it: the same form for a parent and for an agent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from droitfil.lawbook import load_law
from droitfil.lib.refusals import Refusal, Trouble
from droitfil.lib.sort_keys import sort_key
from droitfil.people.models import Person
from droitfil.web.public.whereami.dates import Unclear, read_day

#: What is typed as it is read; the birth date stands in three boxes.
_TEXTS = ("family_name", "given_names", "birth_place", "birth_country", "nationality")
_MORE = ("foreigner_number", "other_parent", "other_number")


def countries() -> list[tuple[str, str]]:
    """The countries in the reader's language, in its order, each with its code."""
    named = [(gettext(name), code) for code, name in load_law().countries.items()]
    return sorted(named, key=lambda one: sort_key(one[0]))


def child_sent(request: HttpRequest) -> dict[str, Any]:
    """What ``cases.actions.declaring`` takes of a declared child: the facts, and the rest.

    :raises Refusal: with everything that has to be put right.
    """
    sent = request.POST
    typed = {name: " ".join(sent.get(name, "").split()) for name in (*_TEXTS, *_MORE)}
    sex = sent.get("sex", "")
    facts: dict[str, Any] = {name: typed[name] for name in _TEXTS}
    facts["sex"] = sex if sex in Person.Sex else Person.Sex.UNKNOWN
    troubles = []
    if not facts["family_name"]:
        troubles.append(Trouble("family_name", gettext("Écrivez le nom de naissance de l’enfant.")))
    if not facts["given_names"]:
        troubles.append(Trouble("given_names", gettext("Écrivez le prénom de l’enfant.")))
    try:
        facts["born_on"] = _born(request)
    except Refusal as refusal:
        troubles += refusal.troubles
    if not facts["nationality"]:
        troubles.append(Trouble("nationality", gettext("Choisissez sa nationalité.")))
    if troubles:
        raise Refusal(" ".join(trouble.says for trouble in troubles), troubles=troubles)
    return {"facts": facts, **{name: typed[name] for name in _MORE}}


def _born(request: HttpRequest) -> date:
    try:
        found = read_day(*(request.POST.get(f"ne_{box}", "") for box in "jma"), past=True)
    except Unclear as unclear:
        raise Refusal(str(unclear.says), field="born_on") from None
    if found is None:
        raise Refusal(gettext("Écrivez sa date de naissance."), field="born_on")
    return found
