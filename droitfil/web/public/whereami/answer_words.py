"""What the codes of an answer say to the person: one sentence each, short and plain."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from droitfil.web.templatetags.page import day


def relative(on: date, today: date) -> str:
    """« aujourd’hui », « dans 12 jours », « il y a 3 mois »."""
    days = (on - today).days
    if days == 0:
        return gettext("aujourd’hui")
    if days == 1:
        return gettext("demain")
    if days == -1:
        return gettext("hier")
    size = abs(days)
    if size < 60:
        if days > 0:
            return ngettext("dans %(n)d jour", "dans %(n)d jours", size) % {"n": size}
        return ngettext("il y a %(n)d jour", "il y a %(n)d jours", size) % {"n": size}
    if size < 730:
        months = round(size / 30.44)
        text = gettext("dans %(n)d mois") if days > 0 else gettext("il y a %(n)d mois")
        return text % {"n": months}
    years = size // 365
    text = gettext("dans %(n)d ans") if days > 0 else gettext("il y a %(n)d ans")
    return text % {"n": years}


def dated(on: date, today: date) -> str:
    """« 1er juillet 2025 (dans 12 jours) »."""
    return gettext("%(day)s (%(when)s)") % {"day": day(on), "when": relative(on, today)}


#: work -> (headline, what one may do, tone)
HEADLINES = {
    "full": _("Aujourd’hui, vous pouvez rester et travailler en France."),
    "sixty_percent": _(
        "Aujourd’hui, vous pouvez rester en France et travailler une partie du temps."
    ),
    "probable_sixty_percent": _(
        "Aujourd’hui, vous pouvez rester en France, et probablement travailler une partie du temps."
    ),
    "authorised_only": _(
        "Aujourd’hui, vous pouvez rester en France, et travailler avec une autorisation."
    ),
    "none": _("Aujourd’hui, vous pouvez rester en France, mais pas travailler."),
}
HEADLINES_ON = {
    "full": _("Le %(day)s, vous pouvez rester et travailler en France."),
    "sixty_percent": _(
        "Le %(day)s, vous pouvez rester en France et travailler une partie du temps."
    ),
    "probable_sixty_percent": _(
        "Le %(day)s, vous pouvez rester en France, et probablement travailler une partie du temps."
    ),
    "authorised_only": _(
        "Le %(day)s, vous pouvez rester en France, et travailler avec une autorisation."
    ),
    "none": _("Le %(day)s, vous pouvez rester en France, mais pas travailler."),
}
OWED = _("Il vous manque un papier, et la préfecture vous le doit.")
UNPROVEN = _("Aujourd’hui, aucun de vos papiers ne prouve votre droit de rester.")
UNPROVEN_ON = _("Le %(day)s, aucun de vos papiers ne prouve votre droit de rester.")
NOT_ENOUGH = _("Nous ne pouvons pas encore dire où vous en êtes.")
NOT_ENOUGH_MORE = _("Il manque l’essentiel : quel papier vous avez, et ses dates.")
END_UNKNOWN = _("Si votre papier est encore valable : nous ne connaissons pas sa date de fin.")
CHILD_HEADLINE = _("Un enfant mineur peut rester en France sans titre de séjour.")
CHILD_STAY = (
    "ok",
    _("Rester en France : oui"),
    _("Un mineur n’a pas besoin de titre. Le document de circulation sert à voyager et revenir."),
)

WORK = {
    "full": ("ok", _("Travailler : oui"), ""),
    "sixty_percent": (
        "limit",
        _("Travailler : une partie du temps"),
        _("Comme étudiant(e), un nombre d’heures par an est permis."),
    ),
    "probable_sixty_percent": (
        "limit",
        _("Travailler : probablement, une partie du temps"),
        _("Les textes ne sont pas clairs. Ce qui est écrit sur votre attestation décide."),
    ),
    "authorised_only": (
        "limit",
        _("Travailler : seulement l’emploi autorisé"),
        _("Celui que désigne l’autorisation de travail."),
    ),
    "none": ("no", _("Travailler : non"), ""),
}
WORK_UNPROVEN = (
    "no",
    _("Travailler : rien ne le prouve"),
    _("Montrez à votre employeur la preuve du dépôt, et faites-vous aider vite."),
)
#: For who never held a paper.
NO_SOCIAL = (
    "no",
    _("Droits sociaux : très peu"),
    _("Les soins urgents et l’aide médicale de l’État peuvent rester ouverts : demandez conseil."),
)
TRAVEL = {
    "ok": (
        "ok",
        _("Voyager et revenir : oui"),
        _("Avec votre passeport et vos papiers, l’ancienne carte comprise."),
    ),
    "practice": (
        "limit",
        _("Voyager et revenir : en pratique, oui"),
        _(
            "Avec la carte expirée et l’attestation. Une compagnie peut refuser : "
            "demandez-lui avant."
        ),
    ),
    "warn": (
        "limit",
        _("Voyager et revenir : risqué"),
        _("Le retour n’est pas garanti. Si vous devez partir, demandez conseil avant."),
    ),
    "none": (
        "no",
        _("Voyager et revenir : non"),
        _("Vous pouvez sortir de France, mais pas revenir sans visa."),
    ),
}
STAY = {
    True: ("ok", _("Rester en France : oui"), ""),
    False: ("no", _("Rester en France : rien ne le prouve"), ""),
}
SOCIAL = {
    True: (
        "ok",
        _("Droits sociaux : oui"),
        _("Assurance maladie, CAF, France Travail : montrez la preuve ci-dessus."),
    ),
    False: (
        "no",
        _("Droits sociaux : ils peuvent être coupés"),
        _("Prévenez vite la CAF, la CPAM ou France Travail."),
    ),
}

#: For the drawing and its table.
WORK_SHORT = {
    "full": _("travail"),
    "sixty_percent": _("travail, une partie du temps"),
    "probable_sixty_percent": _("travail probable, une partie du temps"),
    "authorised_only": _("travail autorisé seulement"),
    "none": _("pas de travail"),
}
TRAVEL_SHORT = {
    "ok": _("voyage"),
    "practice": _("voyage en pratique"),
    "warn": _("voyage risqué"),
    "none": _("pas de voyage"),
}

CHANNEL = {
    "teleservice": _(
        "En ligne, sur le site officiel (administration-etrangers-en-france.interieur.gouv.fr)."
    ),
    "counter": _(
        "À la préfecture : au guichet, sur rendez-vous, ou par courrier si elle le demande."
    ),
}
TIMING = {
    "early": ("warn", _("Déposée trop tôt : revenez le jour où la période s’ouvre.")),
    "in_time": ("ok", _("Déposée à temps.")),
    "late_before_expiry": ("warn", _("Déposée en retard, avant la fin du papier.")),
    "late_after_expiry": ("bad", _("Déposée après la fin du papier.")),
    "beyond_six_months": ("bad", _("Déposée trop tard pour compter comme un renouvellement.")),
    "late": ("warn", _("Déposée après la fin de la période.")),
    "no_window": ("ok", _("Aucune période à respecter.")),
}
PAPERS = {
    "API": _("une attestation de prolongation d’instruction (API)"),
    "RECEPISSE": _("un récépissé"),
    "ADF": _("une attestation de décision favorable"),
    "COMMISSION": _("une attestation pour le temps de la commission"),
    "EU_ATTESTATION": _("une attestation de demande"),
}
#: The same, already in hand or supposed so.
THE_PAPERS = {
    "API": _("l’attestation de prolongation d’instruction (API)"),
    "RECEPISSE": _("le récépissé"),
    "ADF": _("l’attestation de décision favorable"),
    "COMMISSION": _("l’attestation pour le temps de la commission"),
    "EU_ATTESTATION": _("l’attestation de demande"),
}

TODO = {
    "validate_visa": _("Validez votre visa en ligne"),
    "declare_address": _("Déclarez votre nouvelle adresse à la préfecture"),
    "produce_pieces": _("Donnez les pièces demandées"),
    "ask_reasons": _("Vous pouvez demander à la préfecture les raisons de son refus"),
    "file_again": _("Déposez votre demande de nouveau, sans attendre"),
    "leave_voluntarily": _("Le délai pour quitter la France court : il finit"),
    "hand_back": _("Rendez le document qui ne vaut plus"),
    "ask_dcem": _("Demandez un document de circulation (DCEM) à la place"),
    "file": _("Déposez votre demande"),
}
TODO_MORE = {
    "ask_reasons": _(
        "Par lettre recommandée ou par le site. La réponse rouvre le délai pour contester."
    ),
    "leave_voluntarily": _(
        "Voyez tout de suite un avocat ou une association : un recours peut tout arrêter."
    ),
    "produce_pieces": _("Gardez la preuve de l’envoi."),
    "validate_visa": _("Même en retard, faites-le : la suite en dépend."),
    "declare_address": _("En ligne ou au guichet."),
}

REMEDIES = {
    "L521-1": (
        _("Le juge peut suspendre le refus, en urgence"),
        _(
            "Référé-suspension : le tribunal administratif décide en quelques semaines. Il faut "
            "aussi un recours contre le refus, et montrer l’urgence (emploi, logement, soins)."
        ),
    ),
    "L521-3": (
        _("Le juge peut obliger la préfecture à donner le papier, en urgence"),
        _(
            "Référé « mesures utiles » : le tribunal administratif décide en quelques semaines. "
            "Montrez votre demande, vos relances et ce que vous risquez de perdre."
        ),
    ),
}
AGAINST = {
    "silence": _("Contester le silence (refus sans réponse)"),
    "refusal": _("Contester le refus"),
    "removal": _("Contester l’obligation de quitter la France"),
}
FEES = {
    "T-STD": _("Taxe sur le titre"),
    "T-RED": _("Taxe sur le titre, tarif réduit"),
    "T-STAMP": _("Droit de timbre"),
    "T-EXO": _("Rien à payer : ce titre est exempté"),
    "T-APS": _("Taxe sur l’autorisation provisoire"),
    "T-0": _("Pas de taxe"),
    "T-0-first": _("Pas de taxe la première fois"),
    "T-REG": _("Visa de régularisation"),
    "T-LATE": _("Droit pour demande tardive"),
    "T-DCEM": _("Document de circulation"),
    "T-TVE": _("Titre de voyage"),
    "T-EU": _("Carte de famille d’un citoyen européen"),
}
#: Facts that an answer may lack, and the box or page that asks them.
FACTS = {
    "person.born_on": ("naissance", _("la date de naissance")),
    "person.entered_on": ("entree", _("la date d’entrée en France")),
    "person.in_france_since": ("presence", _("depuis quand vous vivez en France")),
    "person.parents": ("parents", _("les papiers des parents")),
}
#: Facts without which nobody can tell when to file: the end of the contract's path -> its name.
FILING_FACTS = {
    "filed_on": _("le jour du dépôt"),
    "article": _("la carte demandée"),
    "to": _("la date de fin de votre papier"),
    "born_on": _("la date de naissance"),
    "entered_on": _("la date d’entrée en France"),
    "french_loss_opposable_on": _("le jour où vous avez perdu la nationalité française"),
}
TIMING_UNKNOWN = _("Nous ne savons pas si cette demande est à temps.")
WINDOW_UNKNOWN = _("Nous ne savons pas jusqu’à quand vous pouvez déposer.")
LATE_FEE_UNKNOWN = _("Nous ne savons pas si le droit pour demande tardive s’ajoute.")
