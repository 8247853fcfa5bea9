"""The other programs, what each is asked beside us, and what makes a comparison fair or not.

Notes are data: they are printed under the figures and written with them, so that no ratio travels
without what it leaves out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bars import Bar, number

LOCKS = Path(__file__).resolve().parent / "locks"
#: Closer than this, the machine's other work decides.
EVEN = 1.1
US, DRAW, UNKNOWN = "Droitfil", "à égalité", "aucun : les réponses diffèrent"


@dataclass(frozen=True, slots=True)
class Question:
    """What a peer and we are both asked."""

    name: str
    label: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program, as its project writes its name and as PyPI knows it."""

    name: str
    package: str
    questions: tuple[Question, ...]
    #: What it does better than we do, whatever the figures say.
    better: tuple[str, ...]

    @property
    def lock(self) -> Path:
        """Its libraries, pinned: none of them is ours."""
        return LOCKS / f"{self.package}.lock"

    @property
    def version(self) -> str:
        """The version that is pinned."""
        for line in self.lock.read_text(encoding="utf-8").splitlines():
            package, _, rest = line.partition("==")
            if package == self.package:
                return rest.split()[0]
        raise LookupError(f"{self.lock.name} does not pin {self.package}.")

    def question(self, name: str) -> Question:
        return next(question for question in self.questions if question.name == name)


SPIFF = Peer(
    "SpiffWorkflow",
    "spiffworkflow",
    (
        Question(
            "due",
            "Quels dossiers ont un papier dû ce soir",
            (
                "SpiffWorkflow est une bibliothèque : chaque dossier est un processus BPMN qui "
                "attend sur un minuteur, et tous sont en mémoire. Elle les regarde un à un.",
                "Nous lisons un index de PostgreSQL, où le jour a été écrit quand le dossier a "
                "changé ; ce que cela coûte est mesuré à part, deux lignes plus bas.",
                "Qui bâtit dessus fait comme nous : SpiffArena, du même projet, écrit le jour de "
                "chaque minuteur dans une table à part.",
            ),
        ),
        Question(
            "due_restored",
            "… les dossiers étant relus de leur état gardé",
            (
                "Ce qu'il en coûte après un redémarrage : l'état de chaque dossier, gardé en JSON, "
                "est relu avant d'être regardé. Mesuré sur un échantillon, étendu à tous.",
                "La lecture d'une base n'est pas comptée à SpiffWorkflow ; chez nous, elle l'est.",
            ),
        ),
        Question(
            "start",
            "Mettre un dossier en attente de ce qui lui est dû",
            (
                "SpiffWorkflow crée un processus en mémoire, le jour lui étant donné.",
                "Nous relisons toute la personne en base, demandons au droit ce qui est dû et quel "
                "jour, et écrivons la ligne : nous faisons plus, et c'est plus long.",
                "Mesuré sur un échantillon, étendu à tous.",
            ),
        ),
    ),
    (
        "Un moteur général : processus dessinés en BPMN, décisions en DMN, sous-processus, "
        "messages, signaux, sans une ligne de code par procédure.",
        "Les minuteurs sont à la seconde ; nos échéances sont au jour.",
    ),
)
OPENFISCA = Peer(
    "OpenFisca-Core",
    "openfisca-core",
    (
        Question(
            "asked",
            "Oui ou non pour chacun, le droit étant appliqué",
            (
                "OpenFisca calcule sur des tableaux déjà en mémoire, toutes les personnes d'un "
                "coup : c'est ce pour quoi il est fait, et il gagne nettement.",
                "Il n'applique ici que ce que cette population demande (jours imprimés, papiers, "
                "carte expirée qui compte encore) ; notre noyau applique toutes ses règles.",
                "Nous lisons aussi les personnes en base, et chaque réponse vient avec ses jours, "
                "ses papiers et ses raisons. Le noyau n'est demandé qu'une fois pour tous ceux "
                "dont les faits sont les mêmes (ADR 0010).",
                "OpenFisca explique aussi (« trace »), personne par personne ; ce n'est pas mesuré.",
            ),
        ),
        Question(
            "stored",
            "… relu chez nous de ce qui est gardé",
            (
                "Nous ne calculons rien : le dernier jour couvert de chaque dossier ouvert a été "
                "écrit quand il a changé. OpenFisca recalcule tout.",
                "Ne vaut que pour le jour même et les dossiers ouverts ; OpenFisca répond pour "
                "n'importe quel jour et n'importe quelle réforme.",
            ),
        ),
    ),
    (
        "Des millions de personnes en un calcul : simuler une réforme sur tout un pays.",
        "Une réforme est un objet que l'on compare à la loi en vigueur ; nous n'en avons pas.",
        "Le droit fiscal et social français existe déjà, tenu par d'autres (OpenFisca-France).",
    ),
)
HELPDESK = Peer(
    "django-helpdesk",
    "django-helpdesk",
    (
        Question(
            "first",
            "La liste d'un agent, première page de 50",
            (
                "Même PostgreSQL, mêmes dossiers, même ordre (ce qui finit le plus tôt d'abord), "
                "même serveur web, mêmes réglages, un agent connecté de chaque côté.",
                "Sa liste est une page puis des lignes en JSON que le navigateur dessine : les "
                "deux sont comptées, le dessin ne l'est pas. La nôtre est une page entière.",
                "Il compte exactement tous les tickets, deux fois, et le dit ; nous ne disons pas "
                "combien de dossiers suivent.",
                "Sa liste se trie par chaque colonne, se cherche en plein texte, se garde en "
                "recherche nommée ; la nôtre n'a qu'un ordre, celui des droits qui finissent.",
                "L'index de notre liste est fait pour elle ; il n'en a pas sur l'échéance, et "
                "nous n'en avons pas ajouté : il est mesuré comme il s'installe.",
            ),
        ),
        Question(
            "deep",
            "… une page loin dans la liste",
            (
                "Il saute des lignes (OFFSET), nous repartons de la dernière lue. Il peut aller "
                "droit à la page 1900 ; chez nous, on y va par la suite de la liste.",
            ),
        ),
    ),
    (
        "Un service d'assistance complet : courriels entrants, files, réponses types, base de "
        "connaissances, temps passé, dépendances entre tickets.",
        "Une recherche en plein texte dans tous les tickets, et des recherches gardées.",
    ),
)
PEERS = (SPIFF, OPENFISCA, HELPDESK)


def compared(
    peer: Peer,
    question: str,
    theirs: Sequence[float],
    ours: Sequence[float],
    *,
    differences: int,
    **details: Any,
) -> Bar:
    """Their quickest time over ours: above 1 we are quicker. No bar to pass.

    :param theirs: seconds of each of their runs; ``ours`` likewise, taken in turn.
    :param differences: answers that are not the same; nobody wins when there are any.
    """
    asked = peer.question(question)
    ratio = min(theirs) / min(ours)
    return Bar(
        f"pair_{peer.package}_{question}",
        f"{peer.name} : {asked.label}",
        ratio,
        "×",
        details={
            "peer": peer.name, "version": peer.version, "question": asked.label,
            "theirs_ms": _milliseconds(theirs), "ours_ms": _milliseconds(ours),
            "differences": differences, "winner": winner(peer, ratio, differences),
            **details, "notes": list(asked.notes),
        },
    )  # fmt: skip


def not_measured(peer: Peer, question: Question, why: str) -> Bar:
    """A line of the table that says why it has no figure."""
    return Bar(
        f"pair_{peer.package}_{question.name}",
        f"{peer.name} : {question.label}",
        None,
        "",
        details={
            "peer": peer.name, "version": peer.version, "question": question.label,
            "not_measured": why, "notes": list(question.notes),
        },
    )  # fmt: skip


def winner(peer: Peer, ratio: float, differences: int) -> str:
    """Who is quicker, if both gave the same answers."""
    if differences:
        return UNKNOWN
    if 1 / EVEN < ratio < EVEN:
        return DRAW
    return US if ratio > 1 else peer.name


def _milliseconds(times: Sequence[float]) -> dict[str, Any]:
    return {
        "best": round(min(times) * 1000, 3), "median": round(statistics.median(times) * 1000, 3),
        "runs": len(times),
    }  # fmt: skip


def table(bars: Iterable[Bar]) -> str:
    """Each question with both times and who wins; then, by peer, what the figures leave out."""
    rows = [bar.details for bar in bars if bar.details is not None]
    head = f"  {'':<52} {'eux':>12} {'nous':>12}   plus rapide"
    lines: list[str] = []
    for peer in PEERS:
        mine = [row for row in rows if row["peer"] == peer.name]
        if not mine:
            continue
        lines += ["", f"  {peer.name} {peer.version}", head]
        for row in mine:
            lines.append(_row(row))
        lines += [f"    – {note}" for row in mine for note in row["notes"]]
        lines += [f"    + {better}" for better in peer.better]
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    if "not_measured" in row:
        return f"  {row['question']:<52} non mesuré : {row['not_measured']}"
    theirs, ours = row["theirs_ms"]["best"], row["ours_ms"]["best"]
    verdict = row["winner"]
    if not row["differences"] and verdict != DRAW:
        verdict += f", × {number(max(theirs / ours, ours / theirs))}"
    return f"  {row['question']:<52} {_told(theirs):>12} {_told(ours):>12}   {verdict}"


def _told(milliseconds: float) -> str:
    if milliseconds >= 10_000:
        return f"{number(milliseconds / 1000)} s"
    return f"{number(milliseconds)} ms"
