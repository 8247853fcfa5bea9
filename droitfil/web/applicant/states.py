"""Where a case stands, in a word and in a sentence, for the one who asked."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from droitfil.cases.form import waits_for_card
from droitfil.cases.models import Case
from droitfil.rules.lifecycle import State

#: state -> (word, tone, what it means)
STATES: Mapping[str, tuple[Promise, str, Promise]] = {
    State.DRAFT.value: (
        _("Brouillon"), "warn",
        _("Cette demande n’est pas encore déposée : personne d’autre que vous ne la voit."),
    ),
    State.SUBMITTED.value: (
        _("Déposée"), "ok", _("Votre demande est déposée. Elle attend un agent."),
    ),
    State.IN_REVIEW.value: (_("Examinée"), "ok", _("Un agent examine votre demande.")),
    State.INCOMPLETE.value: (
        _("Pièces demandées"), "warn",
        _("La préfecture attend votre réponse. Le délai de sa décision est arrêté d’ici là."),
    ),
    State.GRANTED.value: (
        _("Acceptée"), "ok", _("Votre demande est acceptée. Votre carte est en fabrication."),
    ),
    State.CARD_READY.value: (_("Carte prête"), "ok", _("Votre carte vous attend.")),
    State.HANDED_OVER.value: (_("Carte remise"), "ok", _("Cette demande est finie.")),
    State.REFUSED.value: (
        _("Refusée"), "bad",
        _("La préfecture a refusé. Vous pouvez contester : les délais sont ci-dessous."),
    ),
    State.CLOSED.value: (
        _("Close"), "bad",
        _("Un agent a clos ce dossier. Vous pouvez contester, ou déposer de nouveau."),
    ),
    State.WITHDRAWN.value: (
        _("Retirée"), "",
        _("Vous avez retiré cette demande. Vous pouvez en déposer une autre."),
    ),
}  # fmt: skip
#: The same of a child's travel document, which is no card.
DOCUMENT: Mapping[str, tuple[Promise, str, Promise]] = {
    **STATES,
    State.GRANTED.value: (
        _("Acceptée"), "ok", _("La demande est acceptée. Le document est en fabrication."),
    ),
    State.CARD_READY.value: (_("Document prêt"), "ok", _("Le document vous attend.")),
    State.HANDED_OVER.value: (_("Document remis"), "ok", _("Cette demande est finie.")),
}  # fmt: skip
#: The same when there is nothing to contest, or no time left to: nothing may be promised.
NO_APPEAL: Mapping[str, Promise] = {
    State.REFUSED.value: _(
        "La préfecture a refusé. Le délai pour contester au tribunal est passé : une association "
        "ou un avocat peut dire ce qui reste possible."
    ),
    State.CLOSED.value: _("Un agent a clos ce dossier. Vous pouvez déposer de nouveau."),
}


def stands(case: Case) -> tuple[Promise, str, Promise]:
    """Where ``case`` stands: the word, its tone, what it means."""
    return (STATES if waits_for_card(case) else DOCUMENT)[case.state]


#: For a draft that an agent can see: it waits at the counter.
AT_COUNTER = _("Ce dossier attend au guichet : l’agent de la préfecture le voit.")
