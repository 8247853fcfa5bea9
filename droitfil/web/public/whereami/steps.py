"""The table of questions: what each page asks, when it is shown, what follows an answer.

A :class:`Step` belongs to a kind of thing (a document, an application, a paper of the waiting
time, the person); :mod:`flow` unrolls the table for the answers given so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import PAPERS, Work
from droitfil.web.public.whereami import papers, themes
from droitfil.web.public.whereami.dates import iso
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Field, Option, Text
from droitfil.web.public.whereami.state import NEW, NO, PAPER, UNKNOWN, YES

#: The box that asks for one more of the same: one more paper, one more request for pieces.
MORE = "encore"


def always(asked: Asked) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    name: str  # last part of the address
    title: Text
    fields: tuple[Field, ...]
    shown: Callable[[Asked], bool] = always
    hint: Text = ""
    drawing: str = ""  # template of whereami/drawings/, without .svg
    #: label of the box "one more", and what it announces
    more: Text = ""
    after: Callable[[Asked, QueryDict], None] | None = None
    #: a title of its own for some situations
    retitle: Callable[[Asked], Text | None] = lambda asked: None

    def heading(self, asked: Asked) -> Text:
        return self.retitle(asked) or self.title

    def visible(self, asked: Asked) -> list[Field]:
        return [f for f in self.fields if f.shown(asked)]

    def answered(self, asked: Asked) -> bool:
        return all(f.answered(asked) for f in self.visible(asked))


# -- documents ---------------------------------------------------------------------------------


def _kind(asked: Asked) -> str:
    return asked.value("")


def _described(asked: Asked) -> bool:
    return papers.is_document(_kind(asked))


def _after_kind(asked: Asked, data: QueryDict) -> None:
    """Another kind of paper: what was said of the former one no longer holds."""
    state, prefix = asked.state, asked.prefix
    kind = state[prefix]
    for name in ("mot", "titre", "valide", "travail"):
        state.pop(f"{prefix}.{name}", None)
    if not papers.is_document(kind) and kind != papers.OTHER:
        state.drop(prefix)
        state[prefix] = kind
    if kind in PAPERS:
        # A paper of the waiting time belongs to what was asked; its dates come after that.
        state.setdefault(f"{prefix}.demande", "a1")
        state["recu"] = YES
    else:
        state.pop(f"{prefix}.demande", None)
    if kind in papers.WITHOUT_MENTION or kind == papers.OTHER:
        return
    found = papers.candidates(asked)
    if len(found) == 1:
        state[f"{prefix}.titre"] = found[0].article


def _after_word(asked: Asked, data: QueryDict) -> None:
    state, key = asked.state, f"{asked.prefix}.titre"
    state.pop(key, None)
    found = papers.candidates(asked)
    if len(found) == 1:
        state[key] = found[0].article
    elif not found:
        state[key] = UNKNOWN


def _before(asked: Asked) -> Text | None:
    if papers.before_paper(asked):
        return _("Avant ce papier, quelle carte ou quel visa aviez-vous ?")
    if asked.prefix != "d1":
        return _("Quel autre papier avez-vous ?")
    return None


def _reason_options(asked: Asked) -> list[Option]:
    return themes.reasons(papers.candidates(asked))


def _dates_say_length(asked: Asked) -> bool:
    """Printed dates that make whole years say for how long the card was given."""
    from droitfil.rules.periods import whole_years

    start, end = iso(asked.value("du")), iso(asked.value("au"))
    if start is None or end is None or end < start:
        return False
    return whole_years(start, end) is not None


_LENGTH_KINDS = frozenset({"CST", "CSP", "CR", "CRA", "RLD_UE_FR", "RETRAITE", "EU_FAMILY"})


def asks_length(asked: Asked) -> bool:
    return _kind(asked) in _LENGTH_KINDS and not _dates_say_length(asked)


def lengths(asked: Asked) -> list[Option]:
    """Lengths a card may have been given for; a rarer one stays as it was given."""
    codes = ["6m", "1y", "18m", "2y", "3y", "4y", "5y", "10y"]
    given = asked.value("duree")
    if given and given not in (*codes, UNKNOWN):
        codes.append(given)
    from droitfil.web.public.law_words import length

    return [*(Option(code, length(code)) for code in codes), DONT_KNOW]


WORK_PRINTED = (
    Option(Work.FULL, "AUTORISE SON TITULAIRE À TRAVAILLER", french=True),
    Option(Work.NONE, "N'AUTORISE PAS SON TITULAIRE À TRAVAILLER", french=True),
    Option(Work.AUTHORISED_ONLY, _("Seulement avec une autorisation de travail")),
    Option(Work.SIXTY_PERCENT, _("À titre accessoire (une partie de l’année)")),
    Option(Work.PROBABLE_SIXTY_PERCENT, _("À titre accessoire, mais ce n’est pas clair")),
    Option(UNKNOWN, _("Rien n’est écrit, ou je ne sais pas")),
)

_FIRST_DAY = Field(
    "du",
    _("Premier jour de validité"),
    "date",
    others=(DONT_KNOW,),
    hint=_("« Valable du… », « début de validité » ou « délivré le… »."),
)
_LAST_DAY = Field(
    "au",
    _("Dernier jour de validité"),
    "date",
    others=(DONT_KNOW,),
    hint=_("« Valable jusqu’au… » ou « expire le… »."),
    not_before=(("du", _("le premier jour de validité")),),
)

DOCUMENT = (
    Step(
        "papier",
        _("Quel papier avez-vous ?"),
        (
            Field(
                "",
                _("Les mots écrits en haut du papier"),
                options=papers.common_kinds,
                stands=(frozenset(papers.PRINTED), papers.OTHER),
            ),
        ),
        hint=_(
            "Lisez les mots imprimés en haut. Prenez la carte ou le visa, même s’il est expiré : "
            "nous parlerons ensuite des attestations et des récépissés."
        ),
        drawing="carte",
        after=_after_kind,
        retitle=_before,
    ),
    Step(
        "autre-papier",
        _("Quel est ce papier ?"),
        (Field("", _("Les mots écrits en haut du papier"), options=papers.other_kinds),),
        shown=lambda asked: (
            _kind(asked) == papers.OTHER
            or (_described(asked) and _kind(asked) not in papers.COMMON)
        ),
        drawing="feuille",
        after=_after_kind,
    ),
    Step(
        "mention",
        _("Que dit la mention imprimée ?"),
        (Field("mot", _("La mention de la carte ou du visa"), options=papers.mentions),),
        shown=lambda asked: _described(asked) and papers.asks_mention(asked),
        hint=_("Elle dit pourquoi la carte vous a été donnée."),
        drawing="mention",
        after=_after_word,
    ),
    Step(
        "raison",
        _("Pourquoi ce papier vous a-t-il été donné ?"),
        (
            Field(
                "titre",
                _("La raison"),
                options=_reason_options,
                hint=_("Plusieurs cartes portent les mêmes mots. La raison change vos droits."),
            ),
        ),
        shown=lambda asked: _described(asked) and len(papers.candidates(asked)) > 1,
    ),
    Step(
        "dates",
        _("Quelles dates sont imprimées dessus ?"),
        (_FIRST_DAY, _LAST_DAY),
        shown=lambda asked: _described(asked) and _kind(asked) not in PAPERS,
        hint=_("Recopiez-les comme vous les lisez. Vous pouvez écrire le mois en lettres."),
        drawing="dates",
    ),
    Step(
        "duree",
        _("Pour combien de temps ce papier a-t-il été donné ?"),
        (Field("duree", _("La durée"), options=lengths),),
        shown=lambda asked: _described(asked) and asks_length(asked),
    ),
    Step(
        "validation",
        _("Avez-vous validé votre visa en ligne ?"),
        (
            Field(
                "valide",
                _("Date de la validation"),
                "date",
                others=(Option(NO, _("Pas encore validé")), DONT_KNOW),
                hint=_("Elle est écrite sur la confirmation reçue après le paiement du timbre."),
            ),
        ),
        shown=lambda asked: _kind(asked) == "VLS_TS",
    ),
    Step(
        "travail",
        _("Que dit ce papier sur le travail ?"),
        (Field("travail", _("Les mots imprimés"), options=WORK_PRINTED),),
        shown=lambda asked: (
            _described(asked)
            and _kind(asked) not in PAPERS
            and "travail" in asked.state.ticks("plus")
        ),
        drawing="mention",
    ),
)

# -- papers received while waiting ---------------------------------------------------------------


def _own_application(asked: Asked) -> list[Option]:
    from droitfil.web.public.whereami.summary import application_name

    found = [
        Option(a, application_name(a, asked))
        for a in asked.state.applications()
        if asked.state[a] not in (NEW, NO, UNKNOWN)
    ]
    return [*found, DONT_KNOW]


def _one_more_paper(asked: Asked, data: QueryDict) -> None:
    application = asked.value("demande")
    if data.get(MORE) and application:
        state = asked.state
        name = state.next_name("d")
        state[name], state[f"{name}.demande"] = PAPER, application


def _after_received(asked: Asked, data: QueryDict) -> None:
    """A paper nobody can name says nothing of which ones came."""
    state = asked.state
    named = [d for d in state.documents() if state[d] in PAPERS]
    if named:
        state["recu"] = YES
    elif state.get("recu") == YES:
        del state["recu"]


def _is_paper(asked: Asked) -> bool:
    return _kind(asked) in PAPERS


RECEIVED = (
    Step(
        "recu",
        _("Quel papier avez-vous reçu pendant l’attente ?"),
        (Field("", _("Les mots écrits en haut du papier"), options=papers.paper_kinds),),
        hint=_(
            "La « confirmation de dépôt » n’est pas dans la liste : elle prouve l’envoi, pas le "
            "droit de rester."
        ),
        drawing="feuille",
        after=_after_received,
    ),
    Step(
        "dates-recu",
        _("Quelles dates sont écrites sur ce papier ?"),
        (
            _FIRST_DAY,
            Field(
                "au",
                _("Dernier jour de validité"),
                "date",
                others=(Option(UNKNOWN, _("Aucune date de fin, ou je ne sais pas")),),
                not_before=(("du", _("le premier jour de validité")),),
            ),
        ),
        shown=_is_paper,
        drawing="feuille",
    ),
    Step(
        "travail-recu",
        _("Que dit ce papier sur le travail ?"),
        (Field("travail", _("Les mots écrits"), options=WORK_PRINTED),),
        shown=_is_paper,
        more=_("J’ai reçu encore un autre papier"),
        after=_one_more_paper,
    ),
    Step(
        "demande",
        _("Ce papier vient de quelle demande ?"),
        (Field("demande", _("La demande"), options=_own_application),),
        shown=lambda asked: len(_own_application(asked)) > 2,
    ),
)
