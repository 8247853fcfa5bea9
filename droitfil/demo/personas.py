"""Who a visitor of the demonstration may be, in one click, and what each can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from droitfil.demo.cast import AGENT, APPLICANT, ELSEWHERE, HEAD, MINISTRY, PARENT, STUDENT


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone to be. Without an e-mail address, nobody is signed in.

    :param page: the name of the address where they arrive.
    """

    name: str | Promise
    what: Promise
    shows: Promise
    page: str
    email: str = ""


PERSONAS: Mapping[str, Persona] = {
    "demandeuse": Persona(
        "Mariam Diallo",
        _("Demandeuse"),
        _(
            "Mère d’un enfant français, à Évry. Sa carte finit dans quelques semaines : elle la "
            "renouvelle en ligne, suit son dossier, partage ses droits, voit qui les a regardés."
        ),
        "me",
        APPLICANT,
    ),
    "etudiant": Persona(
        "Jun Zhang",
        _("Étudiant"),
        _(
            "Il a déposé à temps et sa carte est finie : l’attestation que la loi lui doit est "
            "là. On lui écrit aussi en anglais."
        ),
        "me",
        STUDENT,
    ),
    "mere": Persona(
        "Fatou Sarr",
        _("Mère de trois enfants"),
        _(
            "Résidente, à Évry. L’aînée a son document de circulation ; elle l’a demandé pour "
            "les deux autres en une seule fois."
        ),
        "me",
        PARENT,
    ),
    "agente": Persona(
        "Nadia Roussel",
        _("Agente de la préfecture de l’Essonne"),
        _(
            "Les dossiers de son bureau, rangés par jours de droits restants ; elle prend, "
            "demande une pièce, décide, remet la carte."
        ),
        "agent",
        AGENT,
    ),
    "chef": Persona(
        "Hugo Vidal",
        _("Chef de bureau, à Évry"),
        _("La dernière nuit, sa preuve, et les alertes : qui risque un jour sans papier."),
        "agent-night",
        HEAD,
    ),
    "ailleurs": Persona(
        "Paul Mercier",
        _("Agent d’un autre territoire, à Lyon"),
        _(
            "Les dossiers de l’Essonne n’existent pas pour lui : ni dans ses recherches, ni à "
            "leur adresse."
        ),
        "agent-people",
        ELSEWHERE,
    ),
    "employeur": Persona(
        _("Un employeur"),
        _("Sans compte"),
        _(
            "Avec un papier ou un code de partage, il lit si la personne peut travailler et "
            "jusqu’à quand ; rien d’autre."
        ),
        "verify",
    ),
    "ministere": Persona(
        "Denis Aubert",
        _("Au ministère"),
        _("Les chiffres de chaque nuit et leur preuve ; aucun dossier ne s’ouvre pour lui."),
        "proofs",
        MINISTRY,
    ),
}
