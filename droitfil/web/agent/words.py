"""The codes of a case in the words of an agent: its states, what was done, why no paper follows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {
    "draft": _("Brouillon"),
    "discarded": _("Brouillon jeté"),
    "submitted": _("À prendre"),
    "in_review": _("Examiné"),
    "incomplete": _("Pièces attendues"),
    "granted": _("Accepté, carte attendue"),
    "card_ready": _("Carte à remettre"),
    "handed_over": _("Carte remise"),
    "refused": _("Refusé"),
    "closed": _("Clos"),
    "withdrawn": _("Retiré"),
}
#: State -> tone of its badge.
STATE_TONES = {
    "incomplete": "warn", "granted": "ok", "card_ready": "ok", "handed_over": "ok",
    "refused": "bad", "closed": "bad",
}  # fmt: skip
#: Urgency -> (words of the badge, tone).
URGENCIES = {
    "broken": (_("droits interrompus"), "bad"),
    "close": (_("droits bientôt finis"), "bad"),
    "calm": (_("droits couverts"), "ok"),
}
CHANNELS = {"teleservice": _("En ligne"), "counter": _("Au guichet")}
REQUESTS = {
    "first": _("Première demande"),
    "renewal": _("Renouvellement"),
    "change": _("Changement de titre"),
}
OUTCOMES = {"granted": _("Acceptée"), "refused": _("Refusée"), "closed": _("Close")}
REMOVALS = {
    "": _("Aucun éloignement"),
    "voluntary_departure": _("Avec obligation de quitter la France, délai de départ volontaire"),
    "assigned": _("Avec obligation de quitter la France, assignation à résidence"),
    "detained": _("Avec obligation de quitter la France, rétention"),
}
#: What the journal keeps of a case, as its history says it.
DONE = {
    "case.started": _("Brouillon ouvert"),
    "case.saved": _("Réponses enregistrées"),
    "case.discarded": _("Brouillon jeté"),
    "case.submitted": _("Demande déposée en ligne"),
    "case.registered": _("Demande enregistrée au guichet"),
    "case.withdrawn": _("Demande retirée par la personne"),
    "case.taken": _("Dossier pris"),
    "case.released": _("Dossier rendu"),
    "case.granted": _("Demande acceptée"),
    "case.refused": _("Demande refusée"),
    "case.closed": _("Dossier clos"),
    "case.reopened": _("Dossier rouvert"),
    "case.amended": _("Réponses corrigées"),
    "case.followed": _("Brouillon rattaché à l’enfant confirmé"),
    "case.moved": _("Dossier venu d’un autre bureau"),
    "decision.notified": _("Décision notifiée"),
    "card.arrived": _("Carte arrivée au bureau"),
    "card.handed_over": _("Carte remise"),
    "commission.seized": _("Commission du titre de séjour saisie"),
    "complement.requested": _("Pièces demandées"),
    "complement.extended": _("Délai prolongé"),
    "complement.produced": _("Réponse à la demande de pièces"),
    "complement.reminded": _("Rappel envoyé"),
    "complement.lapsed": _("Délai de réponse dépassé"),
    "piece.added": _("Pièce ajoutée"),
    "piece.withdrawn": _("Pièce retirée"),
    "piece.refused": _("Pièce écartée par l’antivirus"),
    "paper.issued": _("Papier délivré"),
    "paper.voided": _("Papier arrêté"),
    "paper.ended": _("Papier terminé"),
    "letter.written": _("Message écrit"),
    "letter.read": _("Messages lus"),
    "alert.opened": _("Alerte ouverte"),
    "alert.closed": _("Alerte fermée"),
    "person.read": _("Dossier lu"),
}

#: Reason of an alert -> what an agent can do about it.
ALERT_ACTS = {
    "incomplete": _("Demandez ce qui manque, ou notez la réponse si elle est arrivée."),
    "early": _("Décidez avant ce jour : la loi ne doit pas de papier à qui dépose trop tôt."),
    "late": _("Décidez avant ce jour : la loi ne doit pas de papier à qui dépose trop tard."),
    "first": _("Décidez avant ce jour : la loi ne doit pas de papier pendant l’examen."),
    "paper_later": _("Un papier est dû, mais plus tard. Décidez avant ce jour."),
    "not_owed": _("Décidez avant ce jour : la loi ne doit pas de papier pour cette demande."),
    "unknown": _("Un fait manque au dossier : demandez-le à la personne."),
}
