"""Titles by theme and by reason, in the words of the person and not of the code.

Keyed by our short names (``code`` of law/titles.yaml). A title that no theme names is offered
under "other"; one without a reason of its own is named by its label.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from droitfil.rules.law import Law, Title
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Option

#: code -> (name, what it holds, titles)
THEMES: dict[str, tuple[object, object, str]] = {
    "travail": (
        _("Travailler"),
        _("Salarié, travailleur temporaire, saisonnier, indépendant, au pair."),
        "salarie tt entrep sais aupair metier salariep entrepp",
    ),
    "talent": (
        _("Talent, ou salarié envoyé par un groupe étranger"),
        _("Aussi « passeport talent », ICT, chercheur, artiste, et leur famille."),
        (
            "tsq cbe med cherch porteur mand art renom tfam tfamcbe ict ictm ictf ictmf sict "
            "smict sictf smictf"
        ),
    ),
    "etudes": (
        _("Étudier, chercher un emploi après des études, faire un stage"),
        "",
        "etu etuc etum etump rece recea stag",
    ),
    "famille": (
        _("Vivre avec ma famille, vie privée"),
        _("Conjoint ou parent de Français, regroupement familial, liens personnels."),
        "cf cfs cfcr pef pefcr asc enf nef rfc rfe rfcr j13 ase lpf rldc rlde",
    ),
    "protection": (
        _("Réfugié, protection subsidiaire, apatride, et leur famille"),
        "",
        "ref reff ps psf pscr apa apaf apacr",
    ),
    "danger": (
        _("Santé, violences, traite"),
        _("Soins, ordonnance de protection, parent d’un enfant malade."),
        "teh tehcr op opmf opcr soins",
    ),
    "europe": (_("Famille d’un citoyen européen ou suisse"), "", "ue"),
    "algerie": (_("Certificat de résidence, pour les personnes algériennes"), "", ""),
    "resident": (
        _("Carte de résident, résident de longue durée – UE"),
        "",
        "n217 combat legion rentecr ayd retcr rld",
    ),
    "regularisation": (
        _("Régularisation par le travail ou la famille"),
        _("« Admission exceptionnelle au séjour », métiers en tension."),
        "aes asef metier",
    ),
    "autre": (_("Retraité, visiteur, rente d’accident, volontaire, autre"), "", ""),
}
_OF_KIND = {
    "CRA": "algerie",
    "EU_FAMILY": "europe",
    "RLD_UE_FR": "resident",
    "CR_PERMANENT": "resident",
}

#: code -> why the card was given, in the first person
REASONS: dict[str, object] = {
    "salarie": _("J’ai un contrat de travail (le cas le plus courant)"),
    "etu": _("Je fais des études (le cas le plus courant)"),
    "etuc": _("J’ai réussi un concours, ou mon école a une convention avec l’État"),
    "cf": _("Je suis marié(e) à une personne française ; venu(e) avec un visa"),
    "cfs": _("Je suis marié(e) à une personne française ; marié(e) en France, sans visa long"),
    "cfcr": _("Je suis marié(e) à une personne française"),
    "pef": _("J’ai un enfant français"),
    "pefcr": _("J’ai un enfant français"),
    "asc": _("Mon enfant est français et me fait vivre"),
    "enf": _("Un de mes parents est français"),
    "nef": _("Je suis né(e) en France"),
    "rfc": _("Regroupement familial : je rejoins mon mari ou ma femme"),
    "rfe": _("Regroupement familial : je rejoins mes parents"),
    "rfcr": _("Ma famille a une carte de résident (regroupement familial)"),
    "j13": _("Je suis arrivé(e) en France enfant, avec un parent"),
    "lpf": _("Mes liens personnels et familiaux en France"),
    "ref": _("Je suis réfugié(e)"),
    "reff": _("Je suis de la famille d’un réfugié"),
    "ps": _("J’ai la protection subsidiaire"),
    "psf": _("Je suis de la famille d’une personne qui a la protection subsidiaire"),
    "apa": _("Je suis apatride"),
    "apaf": _("Je suis de la famille d’un apatride"),
    "teh": _("J’ai été victime de traite ou de proxénétisme"),
    "tehcr": _("Victime de traite ou de proxénétisme : l’auteur a été condamné"),
    "op": _("Un juge me protège par une ordonnance"),
    "opmf": _("Je suis menacé(e) de mariage forcé"),
    "opcr": _("Victime de violences : l’auteur a été condamné"),
    "soins": _("Ma santé : je me soigne en France"),
    "n217": _("Né(e) en France, je peux devenir français(e) à ma majorité"),
    "combat": _("Je suis un ancien combattant"),
    "legion": _("J’ai servi dans la Légion étrangère"),
    "rente": _("J’ai une rente d’accident du travail"),
    "rentecr": _("J’ai une rente d’accident du travail"),
    "ayd": _("Je reçois la rente d’un proche mort au travail"),
    "retcr": _("J’avais une carte « retraité »"),
    "rldc": _("Mon mari ou ma femme est résident de longue durée d’un autre pays de l’Union"),
    "rlde": _("Mon parent est résident de longue durée d’un autre pays de l’Union"),
    "aes": _("Régularisation (admission exceptionnelle au séjour)"),
    "metier": _("Je travaille dans un métier en tension"),
}  # fmt: skip


def reason(title: Title) -> str:
    """Why such a card is given, else its name."""
    return str(REASONS.get(title.code) or in_words(title.label))


def theme_of(title: Title) -> str:
    for code, (_name, _hint, codes) in THEMES.items():
        if title.code in codes.split():
            return code
    for kind in title.kinds:
        if kind in _OF_KIND:
            return _OF_KIND[kind]
    return "autre"


def _cards(law: Law) -> list[Title]:
    """What may be asked as a card: travel documents and children's have their own way."""
    return [t for t in law.titles.values() if not t.travel_document and not t.minor_document]


def themes(asked: Asked) -> list[Option]:
    present = {theme_of(title) for title in _cards(asked.law)}
    found = [Option(c, name, hint) for c, (name, hint, _t) in THEMES.items() if c in present]
    return [*found, DONT_KNOW]


def titles(asked: Asked) -> list[Option]:
    """The titles of the theme chosen; the reason, and the card it gives."""
    theme = asked.value("theme")
    found = []
    for title in _cards(asked.law):
        if theme_of(title) == theme:
            label = REASONS.get(title.code)
            name = in_words(title.label)
            found.append(Option(title.article, label or name, name if label else ""))
    return [*found, DONT_KNOW]


def travel_documents(asked: Asked) -> list[Option]:
    found = [t for t in asked.law.titles.values() if t.travel_document]
    return [*(Option(t.article, in_words(t.label)) for t in found), DONT_KNOW]


def reasons(found: list[Title]) -> list[Option]:
    """Choices between titles whose card bears the same words."""
    return [*(Option(title.article, reason(title)) for title in found), DONT_KNOW]
