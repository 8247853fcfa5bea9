"""What may happen several times to one application: pieces asked, letters written."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import RemedyKind
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Field, Option
from droitfil.web.public.whereami.state import NO, UNKNOWN, YES
from droitfil.web.public.whereami.steps import MORE, Step


def _one_more(item: str) -> Callable[[Asked, QueryDict], None]:
    def after(asked: Asked, data: QueryDict) -> None:
        if data.get(MORE):
            prefix = asked.prefix.rsplit(".", 1)[0]
            last = asked.state.nested(prefix, item)[-1]
            number = int(last.rsplit(item, 1)[1]) + 1
            asked.state[f"{prefix}.{item}{number}"] = YES

    return after


PIECE = (
    Step(
        "demandees",
        _("Quelles pièces, et pour quand ?"),
        (
            Field(
                "asked",
                _("Jour où la préfecture a demandé les pièces"),
                "date",
                others=(DONT_KNOW,),
            ),
            Field(
                "due",
                _("Dernier jour pour les donner"),
                "date",
                others=(Option(UNKNOWN, _("Aucune date, ou je ne sais pas")),),
                not_before=(("asked", _("la demande des pièces")),),
            ),
            Field(
                "produced",
                _("Jour où vous les avez données"),
                "date",
                others=(Option(NO, _("Pas encore")), DONT_KNOW),
                not_before=(("asked", _("la demande des pièces")),),
            ),
        ),
        more=_("La préfecture a demandé des pièces encore une autre fois"),
        after=_one_more("piece"),
    ),
)
REMEDY = (
    Step(
        "fait",
        _("Qu’avez-vous écrit à l’administration ?"),
        (
            Field(
                "kind",
                _("Votre lettre"),
                options=(
                    Option(RemedyKind.REASONS, _("J’ai demandé les raisons du refus")),
                    Option(
                        RemedyKind.GRACIEUX,
                        _("J’ai demandé de revoir la décision"),
                        _("Au préfet ou au ministre : recours gracieux ou hiérarchique."),
                    ),
                    DONT_KNOW,
                ),
            ),
            Field("asked", _("Jour où votre lettre est arrivée"), "date", others=(DONT_KNOW,)),
            Field(
                "answered",
                _("Jour de la réponse"),
                "date",
                others=(Option(NO, _("Pas de réponse")), DONT_KNOW),
                not_before=(("asked", _("votre lettre")),),
            ),
        ),
        more=_("J’ai écrit encore une autre fois"),
        after=_one_more("recours"),
    ),
)
