"""What is asked of the person: only what the answer needs, always last, never in an address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import Basis, ParentKind
from droitfil.web.public.law_search import plain
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import papers
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Field, Option
from droitfil.web.public.whereami.state import NO, UNKNOWN, YES, State
from droitfil.web.public.whereami.steps import Step

_YOU = _("Âge, arrivée, adresse, enfant, mention sur le travail…")
PERSON_TICKS = (
    Option("naissance", _("Je suis mineur(e), ou jeune majeur(e)"), "", _YOU, folded=True),
    Option("entree", _("Je suis arrivé(e) en France il y a peu"), "", _YOU, folded=True),
    Option("presence", _("Je vis en France depuis des années"), "", _YOU, folded=True),
    Option("demenagement", _("J’ai changé d’adresse"), "", _YOU, folded=True),
    Option("fois", _("J’ai déjà renouvelé cette même carte"), "", _YOU, folded=True),
    Option("travail", _("Ma carte porte une phrase sur le travail"), "", _YOU, folded=True),
    Option("lieu", _("Je vis en Alsace, en Moselle ou outre-mer"), "", _YOU, folded=True),
    Option("parents", _("La demande est pour un enfant"), "", _YOU, folded=True),
)  # fmt: skip

#: What each fact is asked on: a box, or what the rest of the situation implies.
_BASIS_ASKS = {
    "naissance": {Basis.TURNING_18},
    "entree": {Basis.CBE_MOBILITY},
    "perte": {Basis.LOST_FRENCH_NATIONALITY},
}


def _bases(state: State) -> set[str]:
    return {code for a in state.applications() for code in state.ticks(f"{a}.plus")}


def _child(state: State) -> bool:
    return any(state[a] == "enfant" for a in state.applications()) or any(
        state[d] in ("DCEM", "TIR") for d in state.documents()
    )


def wanted(fact: str, state: State) -> bool:
    """Is this fact asked, given the boxes ticked and the rest of the answers?"""
    if fact in state.ticks("plus") or _BASIS_ASKS.get(fact, set()) & _bases(state):
        return True
    if fact == "naissance":
        return _child(state)
    if fact == "parents":
        return any(state[a] == "enfant" for a in state.applications())
    if fact == "entree":
        return any(
            state[d] == "VLS_TS" and state.get(f"{d}.valide") in (NO, UNKNOWN)
            for d in state.documents()
        )
    return False


def _asks(fact: str) -> Callable[[Asked], bool]:
    return lambda asked: wanted(fact, asked.state)


_FACT_KEYS = {
    "naissance": ("p.ne",),
    "entree": ("p.entree",),
    "presence": ("p.depuis",),
    "perte": ("p.perte",),
    "demenagement": ("p.demenage",),
    "fois": ("p.fois",),
    "lieu": ("p.lieu", "p.pays"),
}


def after_person_ticks(asked: Asked, data: QueryDict) -> None:
    """Forgets the facts that no box asks any more."""
    state = asked.state
    for fact, keys in _FACT_KEYS.items():
        if not wanted(fact, state):
            for key in keys:
                state.pop(key, None)
    if not wanted("parents", state):
        for name in state.nested("p", "parent"):
            state.drop(name)
    elif not state.nested("p", "parent"):
        state["p.parent1"] = YES
    if "travail" not in state.ticks("plus"):
        for d in state.documents():
            if state[d] not in papers.PAPER_KINDS:
                state.pop(f"{d}.travail", None)


def _departments(asked: Asked) -> list[Option]:
    found = [Option(code, f"{code} · {name}") for code, name in asked.law.departments.items()]
    return [DONT_KNOW, *found]


def _countries(asked: Asked) -> list[Option]:
    named = [(gettext(name), code) for code, name in asked.law.countries.items()]
    named.sort(key=lambda country: plain(country[0]))  # Égypte beside Équateur, not after Zimbabwe
    return [DONT_KNOW, *(Option(code, name) for name, code in named)]


def _for_child(asked: Asked) -> object:
    return _("Quelle est la date de naissance de l’enfant ?") if _child(asked.state) else None


_BIRTH = _("la naissance")

PERSON = (
    Step(
        "naissance",
        _("Quelle est votre date de naissance ?"),
        (Field("ne", _("Date de naissance"), "date", others=(DONT_KNOW,), past=True),),
        shown=_asks("naissance"),
        retitle=_for_child,
    ),
    Step(
        "entree",
        _("Quand êtes-vous entré(e) en France ?"),
        (
            Field(
                "entree",
                _("Premier jour de ce séjour en France"),
                "date",
                others=(DONT_KNOW,),
                hint=_("Le tampon du passeport, ou le billet."),
                not_before=(("ne", _BIRTH),),
            ),
        ),
        shown=_asks("entree"),
    ),
    Step(
        "presence",
        _("Depuis quand vivez-vous en France ?"),
        (
            Field(
                "depuis",
                _("Début de la vie en France"),
                "date",
                others=(DONT_KNOW,),
                hint=_("À peu près suffit : mettez le 1 du mois."),
                not_before=(("ne", _BIRTH),),
            ),
        ),
        shown=_asks("presence"),
    ),
    Step(
        "nationalite-francaise",
        _("Quel jour avez-vous su que vous n’étiez plus français(e) ?"),
        (
            Field(
                "perte",
                _("Jour où la perte vous a été opposée"),
                "date",
                others=(DONT_KNOW,),
                hint=_("La date du jugement ou du décret notifié."),
            ),
        ),
        shown=_asks("perte"),
    ),
    Step(
        "demenagement",
        _("Quand avez-vous déménagé ?"),
        (Field("demenage", _("Jour du déménagement"), "date", others=(DONT_KNOW,)),),
        shown=_asks("demenagement"),
    ),
    Step(
        "renouvellements",
        _("Combien de fois avez-vous renouvelé cette même carte ?"),
        (
            Field(
                "fois",
                _("Nombre de renouvellements"),
                "number",
                hint=_("De suite, avec la même mention. La première carte ne compte pas."),
            ),
        ),
        shown=_asks("fois"),
    ),
    Step(
        "lieu",
        _("Où vivez-vous ?"),
        (
            Field("lieu", _("Département"), "list", options=_departments),
            Field(
                "pays",
                _("Nationalité"),
                "list",
                options=_countries,
                hint=_("Elle ne change pas la réponse aujourd’hui : laissez « Je ne sais pas »."),
            ),
        ),
        shown=_asks("lieu"),
    ),
)


def _parent_kinds(asked: Asked) -> list[Option]:
    return [*(Option(kind.value, KINDS[kind.value]) for kind in ParentKind), DONT_KNOW]


def _parent_articles(asked: Asked) -> list[Option]:
    found = papers.titles_of(asked.value("kind"), asked.law)
    return [DONT_KNOW, *(Option(t.article, in_words(t.label)) for t in found)]


PARENT = (
    Step(
        "papier-du-parent",
        _("Que détient le parent de l’enfant ?"),
        (Field("kind", _("Son papier, ou sa nationalité"), options=_parent_kinds),),
    ),
    Step(
        "carte-du-parent",
        _("Quelle est la carte de ce parent ?"),
        (
            Field(
                "article",
                _("Sa mention"),
                "list",
                options=_parent_articles,
                shown=lambda asked: bool(papers.titles_of(asked.value("kind"), asked.law)),
            ),
            Field("to", _("Dernier jour de validité"), "date", others=(DONT_KNOW,)),
        ),
        shown=lambda asked: asked.value("kind") not in ("", UNKNOWN, "FR", "EU"),
    ),
    Step(
        "autre-parent",
        _("L’enfant a-t-il un autre parent ?"),
        (
            Field(
                "autre",
                _("L’autre parent"),
                options=(
                    Option(YES, _("Oui, et je connais ses papiers")),
                    Option(NO, _("Non")),
                    DONT_KNOW,
                ),
            ),
        ),
        after=lambda asked, data: announce_parent(asked),
    ),
)


def announce_parent(asked: Asked) -> None:
    """The next parent appears when asked for, and goes when not."""
    state = asked.state
    names = state.nested("p", "parent")
    following = names[names.index(asked.prefix) + 1 :]
    if asked.value("autre") == YES and not following:
        state[f"p.parent{len(names) + 1}"] = YES
    elif asked.value("autre") in (NO, UNKNOWN):
        for name in following:
            state.drop(name)
