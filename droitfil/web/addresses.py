"""Telling a new address, for the person and for an agent: the form, what it changes, and doing it.

Three presses of one form: written, read again with what it changes, confirmed. Nothing is kept
before the last one, and what was typed goes from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.actions import moving
from droitfil.cases.actions.act import said
from droitfil.cases.models import Case
from droitfil.cases.models.case import ENDED_STATES
from droitfil.cases.queries import question_of
from droitfil.lawbook import load_law
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal, Trouble
from droitfil.people.access import decidable_persons, is_own, own_persons
from droitfil.people.models import Person
from droitfil.people.queries import children_of
from droitfil.rules.answer import Answer
from droitfil.rules.problems import Refused as Unanswerable
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from droitfil.territory.models import Commune, Office
from droitfil.territory.names import place_key
from droitfil.territory.queries import (
    FoundCommune,
    NoOffice,
    UnknownPlace,
    competent_office,
    is_postal_code,
    search_communes,
)
from droitfil.web.accounts.doors import signed_in
from droitfil.web.administration.typed import Typed
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami.dates import Unclear, read_day

#: What the form sends, in plain texts.
TEXTS = ("address_line", "postal_code", "commune", "code", "j", "m", "a", "preuve")
#: The presses that do something; another (« corriger ») shows the form again.
CHECK, CONFIRM = "verifier", "confirmer"
_MOST = 30


@dataclass
class Wish:
    """The form as it was typed; once :meth:`read` is through, where one goes and since when."""

    person: Person
    texts: dict[str, str]
    children: list[UUID] = field(default_factory=list)
    seen: str = ""
    by_agent: bool = False
    choices: Sequence[FoundCommune] = ()
    commune: Commune | None = None
    moved_on: date | None = None
    refusal: Refusal | None = None

    @classmethod
    def of(cls, request: HttpRequest, person: Person) -> Wish:
        """What ``request`` sent about ``person``; an empty form when it sent nothing."""
        sent = request.POST
        texts = {name: " ".join(sent.get(name, "").split())[:200] for name in TEXTS}
        children = [one.pk for one in _children(request, person)]
        if "avant" in sent:
            children = [one for one in children if str(one) in sent.getlist("enfant")]
        by_agent = not is_own(signed_in(request), person, clock.today())
        return cls(person, texts, children, sent.get("avant", person.address_mark), by_agent)

    def read(self) -> Wish:
        """Finds the commune and the day.

        :raises Refusal: with everything that has to be put right; ``choices`` when several
            communes answer.
        """
        troubles = []
        if not self.texts["address_line"]:
            troubles.append(Trouble("address_line", gettext("Écrivez le numéro et la rue.")))
        for find in (self._find_commune, self._find_day):
            try:
                find()
            except Refusal as refusal:
                troubles += refusal.troubles
        if self.by_agent and self.texts["preuve"] not in moving.proofs_of_address(clock.today()):
            says = gettext("Dites ce qui prouve la nouvelle adresse.")
            troubles.append(Trouble("proof", says))
        if troubles:
            raise Refusal(" ".join(trouble.says for trouble in troubles), troubles=troubles)
        return self

    def do(self, request: HttpRequest) -> list[Case]:
        """Writes it, as :func:`moving.change_address`."""
        self.read()
        assert self.commune is not None
        assert self.moved_on is not None
        return moving.change_address(
            signed_in(request), self.person, address_line=self.texts["address_line"],
            postal_code=self.texts["postal_code"], commune=self.commune, moved_on=self.moved_on,
            with_children=self.children, proof=self.texts["preuve"], seen=self.seen,
            now=clock.now(), today=clock.today(),
        )  # fmt: skip

    @property
    def faults(self) -> Typed:
        """What is wrong, by field; "" for what is no field's."""
        if self.refusal is None:
            return Typed()
        return Typed({t.field: t.says for t in self.refusal.troubles} or {"": self.refusal.says})

    def _find_day(self) -> None:
        boxes = (self.texts[box] for box in ("j", "m", "a"))
        try:
            self.moved_on = read_day(*boxes, past=True)
        except Unclear as unclear:
            raise Refusal(str(unclear.says), field="moved_on") from None
        if self.moved_on is None:
            raise Refusal(gettext("Écrivez le jour du déménagement."), field="moved_on")
        if self.moved_on > clock.today():
            raise Refusal(
                gettext("Ce jour n’est pas encore venu : dites l’adresse une fois installé."),
                field="moved_on",
            )

    def _find_commune(self) -> None:
        postal, name = self.texts["postal_code"], self.texts["commune"]
        found = communes_named(postal, name)
        chosen = [one for one in found if one.code == self.texts["code"]]
        if not chosen and len(found) != 1:
            self.choices = found
            if not found:
                raise Refusal(
                    gettext("Aucune commune ne répond. Écrivez son code postal ou son nom."),
                    field="commune",
                )
            raise Refusal(gettext("Choisissez votre commune dans la liste."), field="commune")
        one = (chosen or found)[0]
        if not postal and len(one.postal_codes) == 1:
            postal = one.postal_codes[0]
        if not is_postal_code(postal):
            raise Refusal(gettext("Écrivez le code postal, en cinq chiffres."), field="postal_code")
        self.texts |= {"postal_code": postal, "commune": one.name, "code": one.code}
        self.commune = Commune.objects.select_related("department").get(code=one.code)


def asked(
    request: HttpRequest, person: Person, after: Callable[[], HttpResponse], **more: Any
) -> HttpResponse:
    """The form, what it changes, or what comes ``after`` it is done.

    :param more: what the page of the form shows besides.
    """
    wish, press = Wish.of(request, person), request.POST.get("etape", "")
    try:
        if press == CONFIRM:
            wish.do(request)
            return after()
        if press == CHECK:
            change = change_of(request, wish.read())
            context = context_of(request, wish) | {"change": change}
            return render(request, "persons/address_confirm.html", context)
    except Refusal as refusal:
        wish.refusal = refusal
    context = context_of(request, wish) | more
    return render(request, "persons/address.html", context, status=422 if wish.refusal else 200)


def communes_named(postal_code: str, name: str) -> list[FoundCommune]:
    """The communes that a postal code, a name or both may mean; one, when it is told exactly."""
    found = search_communes(f"{postal_code} {name}".strip(), _MOST)
    exact = [one for one in found if place_key(one.name) == place_key(name)]
    return exact if len(exact) == 1 else found


@dataclass(frozen=True, slots=True)
class Change:
    """What an address changes, before it does: told by the kernel, nothing is written.

    ``office`` is competent from now on; ``declare`` is the law's own sentence about telling one's
    address, when there is one for what is held; ``warnings`` are those that the place brings.
    """

    office: Office
    stays: bool
    cases: list[Case]
    declare: str
    rule: str
    warnings: list[str]
    same_rights: bool


def change_of(request: HttpRequest, wish: Wish) -> Change:
    """What would follow from ``wish``, read.

    :raises Refusal: no office is known to be competent there.
    """
    assert wish.commune is not None
    assert wish.moved_on is not None
    today, person = clock.today(), wish.person
    office = _competent(wish.commune.pk, today)
    if office is None:
        raise Refusal(
            gettext("Aucun bureau n’est connu pour cette commune : écrivez à votre préfecture."),
            field="commune",
        )
    # An agent is not told of what a person prepares at home.
    visible = access.visible_cases(signed_in(request), today).filter(person=person)
    cases = visible.exclude(state__in=ENDED_STATES).exclude(office=office)
    before, after = (_answer(person, today, changes) for changes in (None, wish))
    declare = next((t for t in after.todo if t.do == "declare_address"), None) if after else None
    because = [b for b in after.explain if declare and b.rule == declare.rule] if after else []
    known = {said(warn.says) for warn in before.warnings} if before else set()
    return Change(
        office=office,
        stays=_competent(person.commune_id, today) == office,
        cases=list(cases.select_related("office").order_by("started_at", "id")),
        declare=said(because[0].says) if because else "",
        rule=because[0].rule if because else "",
        warnings=[text for text in (said(w.says) for w in after.warnings) if text not in known]
        if after
        else [],
        same_rights=before is None or after is None or _same(before, after),
    )


def office_now(person: Person, today: date) -> Office | None:
    """The office competent for where ``person`` lives; None when it is not known."""
    return _competent(person.commune_id, today)


def context_of(request: HttpRequest, wish: Wish) -> dict[str, Any]:
    """What the form shows."""
    today = clock.today()
    proofs = moving.proofs_of_address(today) if wish.by_agent else {}
    children = _children(request, wish.person)
    return {
        "section": "me",
        "person": wish.person,
        "wish": wish,
        "typed": wish.texts,
        "faults": wish.faults,
        "by_agent": wish.by_agent,
        "proofs": [(code, in_words(label)) for code, label in proofs.items()],
        "proof": in_words(proofs.get(wish.texts["preuve"], "")),
        "children": [(one, one.pk in wish.children) for one in children],
        "here": office_now(wish.person, today),
        "mine": wish.person.account_id == signed_in(request).pk,
        "done": False,
    }


def _children(request: HttpRequest, person: Person) -> QuerySet[Person]:
    """The minor children of ``person`` whose address whoever asks may write too."""
    account, today = signed_in(request), clock.today()
    mine = own_persons(account, today) | decidable_persons(account, today)
    return children_of(person, today).filter(pk__in=mine.values("pk"))


def _competent(commune: str | None, today: date) -> Office | None:
    try:
        return competent_office(commune, today) if commune else None
    except (NoOffice, UnknownPlace):
        return None


def _answer(person: Person, today: date, wish: Wish | None) -> Answer | None:
    law, question = load_law(), question_of(person, today)
    if wish is not None:
        assert wish.commune is not None
        assert wish.moved_on is not None
        question["person"] = {
            **question["person"],
            "lives_in": wish.commune.department_id,
            "moved_on": wish.moved_on.isoformat(),
        }
    try:
        return answer(read_question(question, law), law)
    except Unanswerable:  # documents that contradict one another: nothing can be told of them
        return None


def _same(before: Answer, after: Answer) -> bool:
    """Are the line of rights, the papers owed and the clocks the same?"""

    def kept(found: Answer) -> tuple[Any, ...]:
        clocks = [(a.duties, a.silence, a.appeals) for a in found.applications]
        return found.spans, found.gaps, clocks

    return kept(before) == kept(after)
