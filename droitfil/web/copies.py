"""By which ways a message left, what became of each, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.notices.models import Channel, Delivery
from droitfil.web.templatetags.page import day

State = Delivery.State
#: What became of an e-mail or a text message.
_SAID: dict[str, Any] = {
    State.WAITING: _("va partir"),
    State.SENT: _("parti le %(day)s, sans nouvelle depuis"),
    State.DELIVERED: _("arrivé le %(day)s"),
    State.FAILED: _("n’est pas arrivé"),
    State.BOUNCED: _("refusé : cette adresse ou ce numéro ne reçoit pas"),
}
_TONES = {
    State.WAITING: "", State.SENT: "", State.DELIVERED: "ok", State.FAILED: "bad",
    State.BOUNCED: "bad", State.RETURNED: "bad",
}  # fmt: skip
#: What the person can do about a way that failed.
_REMEDIES: dict[str, Any] = {
    Channel.EMAIL: _("Dites au guichet votre adresse électronique d’aujourd’hui."),
    Channel.SMS: _("Vérifiez que votre téléphone est allumé, ou dites votre numéro au guichet."),
    Channel.LETTER: _("Vérifiez votre adresse, et votre nom sur la boîte aux lettres."),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One copy, in words. ``remedy`` is for its reader, empty when nothing is wrong."""

    way: Any
    says: str
    tone: str
    remedy: Any

    @property
    def lost(self) -> bool:
        """Did it end without arriving?"""
        return self.tone == "bad"


def ways_of(copies: Iterable[Delivery]) -> list[Way]:
    """Each copy of one message, in words."""
    return [_way(copy) for copy in copies]


def _way(copy: Delivery) -> Way:
    says = _letter(copy) if copy.channel == Channel.LETTER else str(_SAID[copy.state])
    at = copy.ended_at or copy.sent_at
    if at is not None:
        says = says % {"day": day(at)} if "%(day)s" in says else says
    tone = _TONES[State(copy.state)]
    remedy = _REMEDIES[copy.channel] if tone == "bad" else ""
    return Way(Channel(copy.channel).label, says, tone, remedy)


def _letter(copy: Delivery) -> str:
    letter = getattr(copy, "envelope", None)
    if copy.state == State.FAILED:
        return gettext("ne peut pas partir : aucune adresse complète où elle arrive")
    if letter is None:
        return gettext("attend d’être imprimée")
    if letter.returned_on is not None:
        return gettext("revenue le %(on)s : %(reason)s") % {
            "on": day(letter.returned_on), "reason": letter.get_reason_display(),
        }  # fmt: skip
    if letter.batch.posted_on is not None:
        return gettext("remise à la poste le %(on)s, pas revenue : tenue pour arrivée") % {
            "on": day(letter.batch.posted_on)
        }
    return gettext("dans un lot à imprimer, pas encore remise à la poste")
