"""The law's codes in words a reader knows: kinds of paper, rights to work, degrees of certainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from droitfil.lawbook import translations

#: confidence -> (word on the badge, what it means)
CONFIDENCES = {
    "V": (_("Vérifié"), _("Le texte de loi ou la décision a été lu.")),
    "S": (
        _("Seconde main"),
        _("Lu dans une fiche, un guide ou une réponse officielle, pas dans le texte lui-même."),
    ),
    "R": (_("De mémoire"), _("Connu, mais pas relu pour Droitfil.")),
    "U": (
        _("Incertain"),
        _("Le texte se tait ou se contredit. Un paramètre choisit la lecture, et chaque "
          "réponse qui en dépend le dit."),
    ),
}  # fmt: skip

#: How sure, from the least.
ORDER = "URSV"

KINDS = {
    "VLS": _("Visa de long séjour"),
    "VLS_TS": _("Visa de long séjour valant titre de séjour"),
    "CST": _("Carte de séjour temporaire"),
    "CSP": _("Carte de séjour pluriannuelle"),
    "CR": _("Carte de résident"),
    "RLD_UE_FR": _("Carte de résident de longue durée – UE"),
    "CR_PERMANENT": _("Carte de résident permanent"),
    "CRA": _("Certificat de résidence pour Algérien"),
    "RETRAITE": _("Carte « retraité »"),
    "APS": _("Autorisation provisoire de séjour"),
    "EU_FAMILY": _("Carte de membre de famille d’un citoyen de l’Union"),
    "DCEM": _("Document de circulation pour étranger mineur"),
    "TIR": _("Titre d’identité républicain"),
    "EU_BLUE_CARD_OTHER": _("Carte bleue européenne d’un autre État"),
    "RLD_UE_OTHER": _("Résident de longue durée – UE d’un autre État"),
    "API": _("Attestation de prolongation d’instruction"),
    "RECEPISSE": _("Récépissé"),
    "ADF": _("Attestation de décision favorable"),
    "COMMISSION": _("Attestation d’attente de la commission"),
    "EU_ATTESTATION": _("Attestation de demande, famille d’un citoyen de l’Union"),
    "TVR": _("Titre de voyage pour réfugié"),
    "TIV": _("Titre d’identité et de voyage"),
    "TVA": _("Titre de voyage pour apatride"),
    "FR": _("Français"),
    "EU": _("Citoyen de l’Union européenne"),
}

WORK = {
    "full": _("Droit de travailler"),
    "sixty_percent": _("Travail pour une part de l’année seulement (étudiants)"),
    "probable_sixty_percent": _("Travail probablement permis pour une part de l’année (étudiants)"),
    "authorised_only": _("Seulement l’emploi que l’autorisation de travail désigne"),
    "none": _("Pas de droit au travail"),
}

REQUESTS = {
    "first": _("Première demande"),
    "renewal": _("Renouvellement"),
    "change": _("Changement de titre"),
}

#: Words of the data files that a value may show, beside the codes above.
VALUES = {
    "both": _("les deux lectures"),
    "special": _("le délai spécial"),
    "default": _("le délai général"),
    "filing": _("le dépôt"),
    "completeness": _("le dossier complet"),
    "from_filing": _("à partir du dépôt"),
    "from_expiry": _("à partir de l’expiration"),
    "risk_from_window_end": _("risque dès la fin de la période de dépôt"),
    "certain_after_expiry_only": _("seulement après l’expiration"),
    "handover": _("la remise de la carte"),
    "decision": _("la décision"),
    "refusal": _("un refus"),
    "warn": _("prévenir"),
    "caseworker": _("l’agent décide"),
    "ceseda_procedure_applies": _("la procédure du code s’applique"),
    "granted_title": _("celui du titre accordé"),
    "held_card": _("celui de la carte détenue"),
    "probable_sixty_percent": _("probablement, pour une part de l’année"),
    "none": _("aucun"),
}

#: Names of the fields of a value.
KEYS = {
    "after_expiry_of_title": _("après la fin du titre"),
    "after_one_year": _("après un temps de présence"),
    "after_visa": _("après un visa valant titre"),
    "alert_again": _("nouvelle alerte après (mois)"),
    "amount": _("montant (€)"),
    "after_close": _("jours après la fin de la période"),
    "any": _("toute demande"),
    "aps": _("autorisation provisoire"),
    "articles": _("titres"),
    "assigned": _("assigné à résidence"),
    "before_close": _("jours avant la fin de la période"),
    "cbe": _("carte bleue européenne"),
    "closes": _("ferme (jours avant la fin)"),
    "codes": _("codes"),
    "confidence": _("certitude"),
    "consultations": _("consultations"),
    "counts": _("compte"),
    "criminal_record": _("casier judiciaire"),
    "days": _("jours"),
    "dcem": _("document de circulation"),
    "default": _("règle générale"),
    "detained": _("en rétention"),
    "eu_family": _("famille d’un citoyen de l’Union"),
    "exempt": _("exempté"),
    "expulsion_or_permanent_ban": _("expulsion ou interdiction définitive"),
    "extension_days": _("prolongation (jours)"),
    "family_of_cbe": _("famille d’une carte bleue européenne"),
    "first": _("première"),
    "first_only": _("première délivrance seulement"),
    "french_by_declaration": _("Français par déclaration"),
    "french_by_decree": _("Français par décret"),
    "from": _("depuis"),
    "from_age": _("à partir de (âge)"),
    "hours": _("heures"),
    "if_visa": _("avec un visa de long séjour"),
    "if_work_authorisation": _("avec une autorisation de travail"),
    "kinds": _("papiers"),
    "last_age": _("âge limite"),
    "last_day": _("dernier jour"),
    "late": _("retard (€)"),
    "length": _("durée"),
    "long_contract_years": _("contrat long (ans)"),
    "max": _("au plus"),
    "max_years": _("au plus (ans)"),
    "means": _("vaut"),
    "min_years": _("au moins (ans)"),
    "mobility": _("mobilité depuis un autre État"),
    "months": _("mois"),
    "months_after_18": _("mois après la majorité"),
    "next": _("suivante"),
    "none": _("aucun délai"),
    "opens": _("ouvre (jours avant la fin)"),
    "parent_kinds": _("papiers du parent"),
    "recognised_refugee": _("réfugié reconnu"),
    "recommended_months_after_18": _("conseillé : mois après la majorité"),
    "reduced": _("tarif réduit"),
    "regularisation": _("régularisation"),
    "removal_on_issue_of_card": _("éloignement, à la remise d’une carte"),
    "renewal": _("renouvellement"),
    "requests": _("demandes"),
    "residence_years": _("résidence (ans)"),
    "rld_other": _("résident longue durée d’un autre État"),
    "rule": _("règle"),
    "short_extra_months": _("contrat court : mois en plus"),
    "short_max_years": _("contrat court : au plus (ans)"),
    "short_titles": _("titres courts"),
    "source": _("source"),
    "special": _("délais spéciaux"),
    "stamp": _("droit de timbre (€)"),
    "standard": _("tarif général"),
    "subsidiary_protection": _("protection subsidiaire"),
    "temporary_ban_after_lapse": _("interdiction temporaire, après sa fin"),
    "titles": _("titres"),
    "to": _("jusqu’au"),
    "to_age": _("jusqu’à (âge)"),
    "total": _("total (€)"),
    "uncertain": _("lecture incertaine"),
    "unconditional": _("sans condition"),
    "upfront": _("dont à la demande (€)"),
    "voluntary_departure": _("délai de départ volontaire"),
    "volunteer": _("volontaire"),
    "without_update": _("sans mise à jour"),
    "without_update_years": _("sans mise à jour (ans)"),
    "years": _("ans"),
}
#: What stands in a rule's sentence where an answer puts a date or a number of its own.
HOLES = {
    "advised": _("jour conseillé"),
    "amount": _("montant"),
    "answer_by": _("dernier jour de la réponse"),
    "count": _("nombre"),
    "day": _("jour"),
    "deadline": _("dernier jour"),
    "done": _("nombre"),
    "due": _("jour fixé"),
    "earliest": _("jour le plus proche"),
    "end": _("dernier jour"),
    "last": _("dernier jour"),
    "latest": _("jour le plus lointain"),
    "limit": _("dernier jour"),
    "months": _("nombre"),
    "most": _("nombre permis"),
    "opened": _("jour du blocage"),
    "opens": _("premier jour"),
    "rejected": _("jour du rejet"),
    "start": _("premier jour"),
    "target": _("jour conseillé"),
    "years": _("nombre"),
}
UNITS = {"jours": _("jours"), "mois": _("mois"), "ans": _("ans"), "€": _("€")}


def in_words(french: str) -> str:
    """A text of ``law/`` in the reader's language; French, the legal language, when it has none."""
    return translations.text(french, get_language() or translations.SOURCE_LANGUAGE)


def duration(spec: Mapping[str, Any]) -> str:
    """``{"months": 4}`` as « 4 mois »; years, months, days and hours, empty when none."""
    parts = []
    for unit, number in spec.items():
        if unit == "years":
            parts.append(ngettext("%(n)d an", "%(n)d ans", number) % {"n": number})
        elif unit == "months":
            parts.append(ngettext("%(n)d mois", "%(n)d mois", number) % {"n": number})
        elif unit == "days":
            parts.append(ngettext("%(n)d jour", "%(n)d jours", number) % {"n": number})
        elif unit == "hours":
            parts.append(ngettext("%(n)d heure", "%(n)d heures", number) % {"n": number})
    return " ".join(parts)


def length(code: str) -> str:
    """``"4y"`` as « 4 ans »."""
    units = {"y": "years", "m": "months", "d": "days"}
    return duration({units[code[-1]]: int(code[:-1])})
