"""The contract's codes in words, for the terminal. French is the source; gettext does the rest."""

from __future__ import annotations


def _(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return text


DOCUMENTS = {
    "VLS": _("visa de long séjour"),
    "VLS_TS": _("visa de long séjour valant titre de séjour"),
    "CST": _("carte de séjour temporaire"),
    "CSP": _("carte de séjour pluriannuelle"),
    "CR": _("carte de résident"),
    "RLD_UE_FR": _("carte de résident de longue durée – UE"),
    "CR_PERMANENT": _("carte de résident permanent"),
    "CRA": _("certificat de résidence pour Algérien"),
    "RETRAITE": _("carte « retraité »"),
    "APS": _("autorisation provisoire de séjour"),
    "EU_FAMILY": _("carte de membre de famille d'un citoyen de l'Union"),
    "DCEM": _("document de circulation pour étranger mineur"),
    "TIR": _("titre d'identité républicain"),
    "EU_BLUE_CARD_OTHER": _("carte bleue européenne d'un autre État"),
    "RLD_UE_OTHER": _("carte de résident de longue durée d'un autre État"),
    "API": _("attestation de prolongation d'instruction"),
    "RECEPISSE": _("récépissé"),
    "ADF": _("attestation de décision favorable"),
    "COMMISSION": _("document provisoire, le temps de la commission"),
    "EU_ATTESTATION": _("attestation de demande, famille d'un citoyen de l'Union"),
}
REQUESTS = {
    "first": _("première demande"),
    "renewal": _("renouvellement"),
    "change": _("changement de titre"),
}
WORK = {
    "full": _("permis"),
    "sixty_percent": _("permis une partie de l'année (étudiants)"),
    "probable_sixty_percent": _("probablement permis une partie de l'année (étudiants)"),
    "authorised_only": _("seulement l'emploi que l'autorisation de travail désigne"),
    "none": _("non permis"),
}
TRAVEL = {
    "ok": _("vous pouvez sortir de France et y revenir"),
    "practice": _("retour admis en pratique, avec la carte expirée ; gardez les deux sur vous"),
    "warn": _("retour peu sûr : évitez de sortir de France, ou demandez avant"),
    "none": _("ne sortez pas de France : rien ne vous permettrait d'y revenir"),
}
CHANNELS = {
    "teleservice": _("en ligne, par le téléservice"),
    "counter": _("à la préfecture"),
}
TIMING = {
    "not_filed": _("pas encore déposée"),
    "early": _("déposée trop tôt"),
    "in_time": _("déposée à temps"),
    "late_before_expiry": _("déposée en retard, avant la fin du document"),
    "late_after_expiry": _("déposée en retard, après la fin du document"),
    "beyond_six_months": _("déposée trop tard pour valoir renouvellement"),
    "late": _("déposée en retard"),
    "no_window": _("aucun délai de dépôt"),
}
#: When a fact is missing: never « no delay ».
UNKNOWN = _("nous ne savons pas (il manque {fields})")
UNKNOWN_TIMING = _("nous ne savons pas s'il est à temps (il manque {fields})")
OUTCOMES = {
    "granted": _("favorable"),
    "refused": _("refus"),
    "closed": _("demande classée"),
    "withdrawn": _("demande retirée par la personne"),
}
STEPS = {
    "file": _("Déposer la demande"),
    "validate_visa": _("Valider le visa en ligne"),
    "ask_dcem": _("Demander un document de circulation à la place de ce titre"),
    "declare_address": _("Déclarer le changement d'adresse"),
    "hand_back": _("Rendre le document"),
    "produce_pieces": _("Envoyer les pièces demandées"),
    "ask_reasons": _("Demander à la préfecture les motifs de son silence"),
    "file_again": _("Déposer une nouvelle demande"),
    "leave_voluntarily": _("Partir de soi-même, si la décision n'est pas contestée"),
}
AGAINST = {
    "silence": _("Contester le refus né du silence"),
    "refusal": _("Contester le refus"),
    "removal": _("Contester l'obligation de quitter la France"),
}
FEES = {
    "T-STD": _("Taxe de délivrance ou de renouvellement"),
    "T-RED": _("Taxe, tarif réduit"),
    "T-STAMP": _("Droit de timbre"),
    "T-REG": _("Visa de régularisation"),
    "T-LATE": _("Droit de retard"),
    "T-EXO": _("Exonéré"),
    "T-0": _("Pas de taxe"),
    "T-0-first": _("Pas de taxe à la première délivrance"),
    "T-APS": _("Autorisation provisoire de séjour"),
    "T-DCEM": _("Document de circulation"),
    "T-TVE": _("Titre de voyage"),
    "T-EU": _("Carte de membre de famille"),
}
COMMISSION = {
    "none": "",
    "if_conditions_met": _("à réunir avant tout refus, si les conditions du titre sont remplies"),
    "seized": _("saisie"),
}
UNITS = {
    "y": (_("{n} an"), _("{n} ans")),
    "m": (_("{n} mois"), _("{n} mois")),
    "d": (_("{n} jour"), _("{n} jours")),
}
