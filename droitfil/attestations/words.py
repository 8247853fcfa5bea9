"""What the codes of a paper are called, for people: on the paper itself and on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import Work
from droitfil.rules.seal import FILING

KINDS = {
    "API": _("Attestation de prolongation d’instruction"),
    "RECEPISSE": _("Récépissé de demande de titre de séjour"),
    "ADF": _("Attestation de décision favorable"),
    "DCEM": _("Document de circulation pour étranger mineur"),
    "COMMISSION": _("Document provisoire de séjour (commission du titre de séjour)"),
    "EU_ATTESTATION": _("Attestation de demande, famille d’un citoyen de l’Union"),
    FILING: _("Attestation de dépôt"),
}
MAY_STAY = {
    True: _("Cette personne a le droit de séjourner en France."),
    False: _("Ce papier n’ouvre pas de droit au séjour."),
}
MAY_WORK = {
    Work.FULL: _("Elle a le droit de travailler."),
    Work.SIXTY_PERCENT: _(
        "Elle a le droit de travailler, jusqu’à soixante pour cent d’un temps plein."
    ),
    Work.PROBABLE_SIXTY_PERCENT: _(
        "Elle a probablement le droit de travailler jusqu’à soixante pour cent d’un temps plein : "
        "demandez à la préfecture de le confirmer."
    ),
    Work.AUTHORISED_ONLY: _("Elle peut travailler avec une autorisation de travail."),
    Work.NONE: _("Ce papier n’ouvre pas de droit au travail."),
}
LIMITS = {
    "with_expired_card": _("Ce papier se présente avec la carte expirée."),
    "as_the_title_says": _("Le travail est limité à ce que dit le titre de séjour."),
}
PROVES_NOTHING = _(
    "Cette attestation dit qu’une demande a été envoyée, et le jour. Elle ne prouve aucun droit : "
    "ni de séjourner, ni de travailler."
)
#: Rows of a drawn paper.
ROWS = {
    "reference": _("Numéro"),
    "family_name": _("Nom"),
    "usual_name": _("Nom d’usage"),
    "first_names": _("Prénoms"),
    "born": _("Naissance"),
    "nationality": _("Nationalité"),
    "foreigner_number": _("Numéro d’étranger"),
    "category": _("Titre concerné"),
    "filed_on": _("Demande déposée le"),
    "filing_reference": _("Numéro de la demande"),
    "office": _("Préfecture en charge"),
    "valid_from": _("Valable du"),
    "valid_to": _("Valable jusqu’au"),
}
UNTIL_HANDED_OVER = _("La remise du titre")
ISSUED_ON = _("Délivré le %(day)s.")
HOW_TO_CHECK = _(
    "Vérifiez ce papier sur %(address)s : photographiez ce code ou envoyez ce fichier. Vous lirez "
    "ce qui a été délivré, et s’il est toujours valable."
)
INVENTED = _(
    "Scellé par l’autorité %(authority)s, inventée pour la démonstration : ce document n’a aucune "
    "valeur officielle."
)
RIGHTS = _("Ce que ce papier permet")
WHAT_IS_SAID = _("Ce que dit ce papier")
CODE_ALT = _("Code 2D-Doc signé : il contient les mentions de ce papier.")
ADDRESS_ALT = _("Code qui mène à la page de vérification : %(address)s")
RECEIPT = _("Reçu de vérification")
RECEIPT_ABOUT = {
    "paper": _("Un papier a été montré et vérifié. Voici ce qui a été répondu, à cet instant."),
    "share_code": _(
        "Un code de partage a été saisi avec la date de naissance de la personne. Voici ce qui a "
        "été répondu, à cet instant."
    ),
}
RECEIPT_AT = _("Vérifié le %(day)s à %(time)s (heure de Paris).")
RECEIPT_NO_NAME = _("Ce reçu ne porte aucun nom : gardez-le avec ce que la personne vous a montré.")
STANDINGS = {
    "holds": _("Ce papier est valable."),
    "not_yet": _("Ce papier n’est pas encore valable."),
    "expired": _("Ce papier n’est plus valable : sa date de fin est passée."),
    "replaced": _("Ce papier n’est plus valable : un autre le remplace."),
    "revoked": _("Ce papier n’est plus valable : il a été retiré."),
    "proves_nothing": PROVES_NOTHING,
    "unknown": _("Ce papier est authentique, mais rien ne peut être dit de sa validité."),
}
UNTIL = _("Jusqu’au %(day)s compris.")
NO_END = _("Sans date de fin connue à ce jour.")
SEALED = _("Papier délivré et scellé par Droitfil")

#: A wrong share code, a wrong date, a code that ended: all read the same.
WRONG_SHARE_CODE = _(
    "Ce code et cette date de naissance ne vont pas ensemble, ou le code n’est plus valable. "
    "Vérifiez-les avec la personne, ou demandez-lui un nouveau code."
)
