"""What is asked of an application: what, when, what happened since, what is particular."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import Basis, Outcome, Removal
from droitfil.web.public.whereami import papers, themes
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Field, Option
from droitfil.web.public.whereami.state import NO, PAPER, UNKNOWN, YES, State
from droitfil.web.public.whereami.steps import Step
from droitfil.web.public.whereami.steps_person import PERSON_TICKS, after_person_ticks

RENEWAL, CHANGE, FIRST, CHILD, TRAVEL = "renouveler", "changer", "premier", "enfant", "voyage"
#: What is asked, when it is a card or a document and not nothing.
ASKING = frozenset({RENEWAL, CHANGE, FIRST, CHILD, TRAVEL})
NOTHING = "rien"


def asking(asked: Asked) -> bool:
    return asked.value("") in ASKING


def filed(asked: Asked) -> bool:
    return asking(asked) and asked.value("depot") not in ("", NO)


def ticked(code: str) -> Callable[[Asked], bool]:
    """Shown when this box of the application's list is ticked."""
    return lambda asked: asking(asked) and code in asked.state.ticks(f"{asked.prefix}.plus")


# -- what is asked -------------------------------------------------------------------------------


def holdable(state: State, request: str) -> list[str]:
    """The documents from which such a request may start."""
    kinds = {
        RENEWAL: papers.RENEWABLE,
        CHANGE: papers.RENEWABLE - {"DCEM"},
        FIRST: papers.OPENS_FIRST | papers.RENEWABLE - {"DCEM"},
        TRAVEL: papers.RENEWABLE - {"DCEM"},
    }.get(request, frozenset())
    return [d for d in state.documents() if state[d] in kinds]


def _wishes(asked: Asked) -> list[Option]:
    state = asked.state
    found = []
    if holdable(state, RENEWAL):
        found.append(Option(RENEWAL, _("Le renouvellement de ma carte"), _("La même mention.")))
    if holdable(state, CHANGE):
        found.append(
            Option(CHANGE, _("Une autre carte"), _("Une autre mention, ou une carte de résident."))
        )
    visa = any(state[d] in papers.OPENS_FIRST for d in state.documents())
    found.append(
        Option(
            FIRST,
            _("La carte qui suit mon visa ou ma carte d’un autre pays")
            if visa
            else _("Une carte à laquelle j’ai droit pour la première fois")
            if found
            else _("Une première carte de séjour"),
        )
    )
    found.append(Option(CHILD, _("Un document de circulation pour un enfant (DCEM)")))
    found.append(Option(TRAVEL, _("Un titre de voyage"), _("Réfugié, protégé ou apatride.")))
    found.append(Option(NOTHING, _("Rien pour l’instant : je veux savoir quand demander")))
    return [*found, DONT_KNOW]


def _after_wish(asked: Asked, data: QueryDict) -> None:
    """A renewal asks the title held; what it starts from is known when only one paper fits."""
    state, prefix = asked.state, asked.prefix
    for name in ("titre", "theme", "part"):
        state.pop(f"{prefix}.{name}", None)
    if state[prefix] not in ASKING:
        kept = state[prefix]
        state.drop(prefix)
        state[prefix] = kept
        return
    found = holdable(state, state[prefix])
    if len(found) < 2:
        state[f"{prefix}.part"] = found[0] if found else NO
        _follow_held(asked)
    if state[prefix] == CHILD:
        state[f"{prefix}.titre"] = next(
            (t.article for t in asked.law.titles.values() if t.minor_document), UNKNOWN
        )


def _follow_held(asked: Asked) -> None:
    state, prefix = asked.state, asked.prefix
    if state[prefix] == RENEWAL:
        state[f"{prefix}.titre"] = held_article(asked)


def held_article(asked: Asked) -> str:
    """The title of the document that the application starts from."""
    held = asked.value("part")
    if asked.state.get(held) == "DCEM":
        return next((t.article for t in asked.law.titles.values() if t.minor_document), UNKNOWN)
    return asked.state.get(f"{held}.titre", UNKNOWN)


def _after_theme(asked: Asked, data: QueryDict) -> None:
    asked.state[f"{asked.prefix}.titre"] = UNKNOWN
    if asked.value("theme") != UNKNOWN:
        del asked.state[f"{asked.prefix}.titre"]


def _starts(asked: Asked) -> list[Option]:
    from droitfil.web.public.whereami.summary import document_name

    found = [Option(d, document_name(d, asked)) for d in holdable(asked.state, asked.value(""))]
    if asked.value("") in (FIRST, TRAVEL):
        found.append(Option(NO, _("D’aucun de ces papiers")))
    return found


def _after_start(asked: Asked, data: QueryDict) -> None:
    _follow_held(asked)


def _retitle_wish(asked: Asked) -> object:
    return None if asked.prefix == "a1" else _("Que demandez-vous aussi ?")


# -- how it was filed ------------------------------------------------------------------------------

ONLINE, COUNTER = "enligne", "guichet"


# -- boxes -----------------------------------------------------------------------------------------

_SINCE = _("Depuis le dépôt")
_WHY = _("Une raison particulière : blocage du site, jeune majeur, réfugié, Europe…")
BASES = {
    Basis.TURNING_18: _("Je suis tout juste majeur(e), ou je vais l’être"),
    Basis.RECOGNISED_REFUGEE: _("J’ai été reconnu(e) réfugié(e)"),
    Basis.SUBSIDIARY_PROTECTION: _("J’ai obtenu la protection subsidiaire"),
    Basis.LOST_FRENCH_NATIONALITY: _("J’ai perdu la nationalité française"),
    Basis.CBE_MOBILITY: _(
        "J’arrive d’un autre pays de l’Union avec une carte bleue, ou avec sa famille"
    ),
    Basis.FAMILY_OF_CBE: _("Ma famille : une personne qui a la carte bleue européenne en France"),
    Basis.FAMILY_REUNIFICATION: _("Je rejoins ma famille protégée (réunification familiale)"),
}
SINCE = {
    "incomplet": _("Mon dossier n’était pas complet le jour du dépôt"),
    "pieces": _("La préfecture m’a demandé d’autres pièces"),
    "papier": _("J’ai reçu un papier en attendant (API, récépissé…)"),
    "decision": _("La préfecture a répondu : oui, non, ou dossier clos"),
    "remise": _("On m’a remis la carte"),
    "recours": _("J’ai demandé les raisons du refus, ou écrit pour contester"),
    "commission": _("On m’a dit que la commission du titre de séjour est saisie"),
    "accuse": _("Je n’ai reçu aucun accusé de réception"),
    "prolongation": _("La préfecture m’a écrit que son délai est prolongé"),
}
BLOCKED = "bloque"
AUTHORISED = "autorisation"
CONTRACT = "contrat"
PRINCIPAL = "principal"


def _boxes(asked: Asked) -> list[Option]:
    found: list[Option] = []
    folded = filed(asked)  # what happened since comes first
    if filed(asked):
        found += [Option(code, label, "", _SINCE) for code, label in SINCE.items()]
    found.append(
        Option(
            BLOCKED, _("Le site m’a bloqué(e) : je n’ai pas pu déposer en ligne"), "", _WHY, folded
        )
    )
    found += [Option(basis.value, label, "", _WHY, folded) for basis, label in BASES.items()]
    found.append(
        Option(
            AUTHORISED,
            _("L’administration a accordé une autorisation de travail"),
            "",
            _WHY,
            folded,
        )
    )
    article, law = asked.value("titre"), asked.law
    if article in law.value("contract_cards", asked.today):
        found.append(
            Option(CONTRACT, _("Mon contrat de travail a une date de fin"), "", _WHY, folded)
        )
    if article in law.value("principal_families", asked.today)["titles"]:
        found.append(
            Option(PRINCIPAL, _("Ma carte suit celle d’un membre de ma famille"), "", _WHY, folded)
        )
    return found


def _after_boxes(asked: Asked, data: QueryDict) -> None:
    """Announces what the boxes bring, and forgets what an unticked box had brought."""
    state, prefix = asked.state, asked.prefix
    codes = state.ticks(f"{prefix}.plus")
    papers_here = [d for d in state.documents() if state.get(f"{d}.demande") == prefix]
    if "papier" in codes and not papers_here:
        name = state.next_name("d")
        state[name], state[f"{name}.demande"] = PAPER, prefix
        state["recu"] = YES
    elif "papier" not in codes:
        for name in papers_here:
            if state[name] == PAPER:
                state.drop(name)
    for code, item in (("pieces", "piece"), ("recours", "recours")):
        found = state.nested(prefix, item)
        if code in codes and not found:
            state[f"{prefix}.{item}1"] = YES
        elif code not in codes:
            for name in found:
                state.drop(name)
    for code, names in _BROUGHT.items():
        if code not in codes:
            for name in names:
                state.pop(f"{prefix}.{name}", None)
    after_person_ticks(asked, data)


_BROUGHT = {
    "incomplet": ("complet",),
    "decision": ("sens", "decide", "notifie", "mesure"),
    "remise": ("remise",),
    "commission": ("commission",),
    "prolongation": ("prolonge",),
    BLOCKED: ("bloque", "constate", "enregistre"),
    CONTRACT: ("contrat",),
    PRINCIPAL: ("principal",),
}
_PROTECTED = (Basis.RECOGNISED_REFUGEE, Basis.SUBSIDIARY_PROTECTION)
_FILING = _("le dépôt de la demande")

APPLICATION = (
    Step(
        "quoi",
        _("Que demandez-vous à la préfecture ?"),
        (Field("", _("Votre demande"), options=_wishes),),
        hint=_("La demande déjà faite, ou celle que vous pensez faire."),
        after=_after_wish,
        retitle=_retitle_wish,
    ),
    Step(
        "depart",
        _("De quel papier part cette demande ?"),
        (Field("part", _("Le papier"), options=_starts),),
        shown=lambda asked: asking(asked) and len(holdable(asked.state, asked.value(""))) > 1,
        after=_after_start,
    ),
    Step(
        "theme",
        _("Pour quoi faire demandez-vous cette carte ?"),
        (Field("theme", _("Le but"), options=themes.themes),),
        shown=lambda asked: asked.value("") in (CHANGE, FIRST),
        after=_after_theme,
    ),
    Step(
        "titre",
        _("Quelle carte exactement ?"),
        (Field("titre", _("La carte demandée"), options=themes.titles),),
        shown=lambda asked: (
            asked.value("") in (CHANGE, FIRST) and asked.value("theme") not in ("", UNKNOWN)
        ),
    ),
    Step(
        "titre-de-voyage",
        _("Quel titre de voyage ?"),
        (Field("titre", _("Le titre de voyage"), options=themes.travel_documents),),
        shown=lambda asked: asked.value("") == TRAVEL,
    ),
    Step(
        "depot",
        _("Quand avez-vous déposé cette demande ?"),
        (
            Field(
                "depot",
                _("Date du dépôt"),
                "date",
                others=(Option(NO, _("Pas encore déposée")), DONT_KNOW),
                hint=_("Celle de la confirmation de dépôt, du récépissé ou de l’envoi."),
            ),
            Field(
                "voie",
                _("Comment ?"),
                options=(
                    Option(ONLINE, _("En ligne, sur le site officiel")),
                    Option(COUNTER, _("Au guichet ou par courrier")),
                    Option(UNKNOWN, _("Je ne sais pas, ou pas encore")),
                ),
                optional=True,
            ),
        ),
        shown=asking,
    ),
    Step(
        "situation",
        _("Votre situation a-t-elle une particularité ?"),
        (
            Field(
                "plus",
                _("Cochez tout ce qui est vrai"),
                "boxes",
                options=_boxes,
                one_of=frozenset(basis.value for basis in BASES),
                shown=asking,
            ),
            Field(
                "/plus",
                _("Votre vie en France"),
                "boxes",
                options=PERSON_TICKS,
                shown=lambda asked: asked.prefix == asked.state.applications()[0],
            ),
        ),
        shown=lambda asked: asking(asked) or asked.prefix == asked.state.applications()[0],
        hint=_("Rien de tout cela ? Continuez sans cocher."),
        after=_after_boxes,
    ),
    Step(
        "complet",
        _("Quand votre dossier a-t-il été complet ?"),
        (
            Field(
                "complet",
                _("Date où la dernière pièce a été donnée"),
                "date",
                others=(Option(NO, _("Il n’est pas encore complet")), DONT_KNOW),
                not_before=(("depot", _FILING),),
            ),
        ),
        shown=ticked("incomplet"),
    ),
    Step(
        "reponse",
        _("Qu’a répondu la préfecture ?"),
        (
            Field(
                "sens",
                _("La réponse"),
                options=(
                    Option(Outcome.GRANTED, _("Oui : la carte est accordée")),
                    Option(Outcome.REFUSED, _("Non : un refus écrit")),
                    Option(Outcome.CLOSED, _("Le dossier est clos, ou classé sans suite")),
                    Option(Outcome.WITHDRAWN, _("La demande a été retirée avant toute réponse")),
                    DONT_KNOW,
                ),
            ),
            Field(
                "decide",
                _("Date de la réponse, ou du retrait"),
                "date",
                others=(DONT_KNOW,),
                not_before=(("depot", _FILING),),
            ),
            Field(
                "notifie",
                _("Jour où vous l’avez reçue"),
                "date",
                others=(DONT_KNOW,),
                not_before=(("decide", _("la date de la réponse")),),
            ),
            Field(
                "mesure",
                _("La réponse vous oblige-t-elle à quitter la France ?"),
                options=(
                    Option(NO, _("Non")),
                    Option(Removal.VOLUNTARY_DEPARTURE, _("Oui, avec un délai pour partir")),
                    Option(Removal.ASSIGNED, _("Oui, et je suis assigné(e) à résidence")),
                    Option(Removal.DETAINED, _("Oui, et je suis enfermé(e) en rétention")),
                    DONT_KNOW,
                ),
            ),
        ),
        shown=ticked("decision"),
    ),
    Step(
        "remise",
        _("Quand la carte vous a-t-elle été remise ?"),
        (
            Field(
                "remise",
                _("Date de la remise"),
                "date",
                others=(DONT_KNOW,),
                not_before=(("decide", _("la date de la réponse")),),
            ),
        ),
        shown=ticked("remise"),
    ),
    Step(
        "commission",
        _("Quand la commission du titre de séjour a-t-elle été saisie ?"),
        (
            Field(
                "commission",
                _("Date de la saisine"),
                "date",
                others=(DONT_KNOW,),
                not_before=(("depot", _FILING),),
            ),
        ),
        shown=ticked("commission"),
    ),
    Step(
        "prolongation",
        _("Quand la préfecture vous a-t-elle écrit que son délai est prolongé ?"),
        (Field("prolonge", _("Date de la lettre"), "date", others=(DONT_KNOW,)),),
        shown=ticked("prolongation"),
    ),
    Step(
        "blocage",
        _("Quand le site vous a-t-il bloqué(e) ?"),
        (
            Field("bloque", _("Premier jour du blocage"), "date", others=(DONT_KNOW,)),
            Field(
                "constate",
                _("Jour où l’administration a constaté le blocage"),
                "date",
                others=(Option(NO, _("Pas encore")), DONT_KNOW),
                not_before=(("bloque", _("le premier jour du blocage")),),
            ),
            Field(
                "enregistre",
                _("Jour où le guichet a enregistré la demande"),
                "date",
                others=(Option(NO, _("Pas encore")), DONT_KNOW),
                not_before=(
                    ("bloque", _("le premier jour du blocage")),
                    ("constate", _("le jour du constat")),
                ),
            ),
        ),
        shown=ticked(BLOCKED),
        hint=_("Gardez les copies d’écran datées et les courriels : ce sont vos preuves."),
    ),
    Step(
        "protection",
        _("Quel jour la protection vous a-t-elle été accordée ?"),
        (
            Field(
                "reconnu",
                _("Date de la décision de l’OFPRA ou de la Cour"),
                "date",
                others=(DONT_KNOW,),
            ),
        ),
        shown=lambda asked: asking(asked) and any(ticked(b.value)(asked) for b in _PROTECTED),
    ),
    Step(
        "contrat",
        _("Quel est le dernier jour de votre contrat ?"),
        (Field("contrat", _("Dernier jour du contrat"), "date", others=(DONT_KNOW,)),),
        shown=ticked(CONTRACT),
    ),
    Step(
        "membre-principal",
        _("Jusqu’à quand vaut la carte de ce membre de votre famille ?"),
        (Field("principal", _("Dernier jour de sa carte"), "date", others=(DONT_KNOW,)),),
        shown=ticked(PRINCIPAL),
    ),
)
