"""What is printed on each paper, and how it is recognised: the first questions and their drawings.

The words of a paper are French whatever the reader's language: they are read on the paper.
"""

from __future__ import annotations

import re

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from droitfil.rules.facts import PAPERS
from droitfil.rules.law import Law, Title
from droitfil.web.public.whereami.fields import DONT_KNOW, Asked, Option
from droitfil.web.public.whereami.state import NEW, NO, PAPER, UNKNOWN

OTHER = "autre"
NONE = "aucun"

_CARD = _("Une carte")
_VISA = _("Un visa dans le passeport")
_SHEET = _("Une feuille, ou un fichier PDF")
_CHILD = _("Pour une personne mineure")
_ELSEWHERE = _("Une carte d’un autre pays de l’Union européenne")

#: kind -> (words printed, what helps to be sure, heading)
PRINTED: dict[str, tuple[str, object, object]] = {
    "CST": ("CARTE DE SÉJOUR TEMPORAIRE", _("Une carte d’un an."), _CARD),
    "CSP": ("CARTE DE SÉJOUR PLURIANNUELLE", _("Une carte de plusieurs années."), _CARD),
    "CR": ("CARTE DE RÉSIDENT", _("Une carte de longue durée, souvent « RÉSIDENT »."), _CARD),
    "VLS_TS": (
        "VISA D VAUT TITRE DE SÉJOUR",
        _("Collé dans le passeport. À valider en ligne après l’arrivée."),
        _VISA,
    ),
    "CRA": (
        "CERTIFICAT DE RÉSIDENCE POUR ALGÉRIEN",
        _("Réservé aux personnes algériennes."),
        _CARD,
    ),
    "RLD_UE_FR": ("RÉSIDENT DE LONGUE DURÉE - UE", _("Carte donnée par la France."), _CARD),
    "CR_PERMANENT": ("CARTE DE RÉSIDENT PERMANENT", "", _CARD),
    "RETRAITE": ("CARTE DE SÉJOUR RETRAITÉ", _("Aussi « CONJOINT DE RETRAITÉ »."), _CARD),
    "EU_FAMILY": (
        "MEMBRE DE LA FAMILLE D'UN CITOYEN DE L'UNION",
        _("Aussi de l’EEE ou de la Suisse."),
        _CARD,
    ),
    "VLS": (
        "VISA D CARTE DE SÉJOUR À SOLLICITER",
        _("Le visa dit de demander une carte après l’arrivée."),
        _VISA,
    ),
    "API": (
        "ATTESTATION DE PROLONGATION D'INSTRUCTION",
        _("Un fichier donné pendant l’attente. Ce n’est pas la « confirmation de dépôt »."),
        _SHEET,
    ),
    "RECEPISSE": ("RÉCÉPISSÉ DE DEMANDE DE CARTE DE SÉJOUR", _("Donné au guichet."), _SHEET),
    "ADF": (
        "ATTESTATION DE DÉCISION FAVORABLE",
        _("La carte est accordée, pas encore remise."),
        _SHEET,
    ),
    "APS": ("AUTORISATION PROVISOIRE DE SÉJOUR", "", _SHEET),
    "COMMISSION": (
        "ATTESTATION… COMMISSION DU TITRE DE SÉJOUR",
        _("Donnée quand la commission doit être consultée."),
        _SHEET,
    ),
    "EU_ATTESTATION": (
        "ATTESTATION DE DEMANDE… MEMBRE DE FAMILLE D'UN CITOYEN DE L'UNION",
        "",
        _SHEET,
    ),
    "DCEM": ("DOCUMENT DE CIRCULATION POUR ÉTRANGER MINEUR", "", _CHILD),
    "TIR": ("TITRE D'IDENTITÉ RÉPUBLICAIN", _("Il n’est plus délivré."), _CHILD),
    "EU_BLUE_CARD_OTHER": (
        "EU BLUE CARD",
        _("« Blaue Karte EU », « Carta blu UE »… : carte bleue d’un autre pays."),
        _ELSEWHERE,
    ),
    "RLD_UE_OTHER": (
        "RÉSIDENT DE LONGUE DURÉE - UE",
        _("Carte de résident de longue durée donnée par un autre pays."),
        _ELSEWHERE,
    ),
}
COMMON = ("CST", "CSP", "CR", "VLS_TS")
PAPER_KINDS = tuple(kind for kind in PRINTED if kind in PAPERS)
#: Kinds that say nothing more than themselves.
WITHOUT_MENTION = frozenset({"DCEM", "TIR", "EU_BLUE_CARD_OTHER", "RLD_UE_OTHER", *PAPERS})
#: Kinds whose card is one of the renewable ones, then those from which a first request starts.
RENEWABLE = frozenset(
    {"CST", "CSP", "CR", "RLD_UE_FR", "CR_PERMANENT", "CRA", "RETRAITE", "APS", "EU_FAMILY", "DCEM"}
)
OPENS_FIRST = frozenset({"VLS", "VLS_TS", "EU_BLUE_CARD_OTHER", "RLD_UE_OTHER"})


def _option(kind: str, *, group: bool = False) -> Option:
    words, hint, heading = PRINTED[kind]
    return Option(kind, words, hint, heading if group else "", french=True)


def common_kinds(asked: Asked) -> list[Option]:
    """The first page: the papers most people hold, then the way to the others."""
    found = [_option(kind) for kind in COMMON]
    found.append(Option(OTHER, _("Un autre papier"), _("Récépissé, attestation, carte plus rare…")))
    if before_paper(asked):
        found.append(Option(NONE, _("Rien avant : c’était ma première demande")))
    else:
        found.append(Option(NONE, _("Je n’ai aucun papier français")))
    return [*found, DONT_KNOW]


def before_paper(asked: Asked) -> bool:
    """Is this document asked because the one before it is only a paper of the waiting time?"""
    return asked.prefix != "d1" and asked.state.get("d1", "") in PAPERS


def other_kinds(asked: Asked) -> list[Option]:
    return [*(_option(kind, group=True) for kind in PRINTED if kind not in COMMON), DONT_KNOW]


def paper_kinds(asked: Asked) -> list[Option]:
    return [*(_option(kind) for kind in PAPER_KINDS), DONT_KNOW]


def is_document(value: str) -> bool:
    return value not in ("", NONE, UNKNOWN, NEW, PAPER, OTHER, NO)


# -- the mention --------------------------------------------------------------------------------

#: The mentions that most cards bear: they open the list.
MOST_READ = ("VIE PRIVÉE ET FAMILIALE", "SALARIÉ", "ÉTUDIANT")
_BEFORE = re.compile(r" \(auparavant .*\)\Z")


def words(title: Title) -> list[str]:
    """The words by which a card of this title is recognised, one or several."""
    printed = _BEFORE.sub("", title.printed)
    printed = printed.split(" : ", 1)[-1].rstrip("….")
    return [word.strip() for word in re.split(r", | ou ", printed) if word.strip()]


def word_code(word: str) -> str:
    return slugify(word).replace("-", "_")[:60]


def titles_of(kind: str, law: Law) -> list[Title]:
    """The titles that a document of this kind may carry; for a plain visa, those of any card."""
    kinds = {kind}
    if kind == "VLS":
        kinds = {"CST", "CSP", "CR", "RLD_UE_FR", "RETRAITE", "CRA"}
    return [title for title in law.titles.values() if kinds.intersection(title.kinds)]


def by_word(kind: str, law: Law) -> dict[str, list[Title]]:
    """word -> its titles, in the order of the law's file, for one kind."""
    found: dict[str, list[Title]] = {}
    for title in titles_of(kind, law):
        for word in words(title):
            found.setdefault(word, []).append(title)
    return found


def mentions(asked: Asked) -> list[Option]:
    """The words that a card of this kind may bear, those most people read first; a hint where
    it once said otherwise."""
    kind = asked.value("")
    found = []
    known = by_word(kind, asked.law)
    first = [word for word in MOST_READ if word in known]
    for word in (*first, *(word for word in known if word not in MOST_READ)):
        titles = known[word]
        older = {m[0][13:-1] for t in titles if (m := _BEFORE.search(t.printed))}
        hint = _("Avant : %(words)s") % {"words": ", ".join(sorted(older))} if older else ""
        found.append(Option(word_code(word), word, hint, french=True))
    return [*found, DONT_KNOW]


def titles_behind(kind: str, code: str, law: Law) -> list[Title]:
    for word, titles in by_word(kind, law).items():
        if word_code(word) == code:
            return titles
    return []


def asks_mention(asked: Asked) -> bool:
    """One word only: nothing to ask; the reason, if there are several, comes next."""
    kind = asked.value("")
    return kind not in WITHOUT_MENTION and len(by_word(kind, asked.law)) > 1


def candidates(asked: Asked) -> list[Title]:
    """The titles that remain possible once the word is known."""
    kind = asked.value("")
    if kind in WITHOUT_MENTION:
        return []
    known = by_word(kind, asked.law)
    if len(known) == 1:
        return next(iter(known.values()))
    return titles_behind(kind, asked.value("mot"), asked.law)
