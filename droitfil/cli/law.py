"""``droitfil law``: the law that Droitfil applies, read in a terminal."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from droitfil.cli import day, words
from droitfil.cli.main import FAILED, REFUSED
from droitfil.cli.parser import Parser
from droitfil.lawbook import LawError, load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.rules.law import Dated, Law, Parameter, Rule, Title
from droitfil.rules.procedure import TO_CONFIRM, Piece, Procedure, Version
from droitfil.rules.sentences import french_date
from droitfil.rules.spelling import closest

WIDTH = 80
CONFIDENCES = {
    "V": "V, lu dans le texte",
    "S": "S, lu de seconde main",
    "R": "R, de mémoire",
    "U": "U, incertain",
}
REQUESTS = {"first": "première demande", "renewal": "renouvellement", "change": "changement"}
CHANNELS = {"teleservice": "en ligne", "counter": "au guichet"}
#: What stands in a rule's sentence where an answer puts a date or a number of its own.
HOLES = {
    "advised": "jour conseillé",
    "amount": "montant",
    "answer_by": "dernier jour de la réponse",
    "count": "nombre",
    "day": "jour",
    "deadline": "dernier jour",
    "done": "nombre",
    "due": "jour fixé",
    "earliest": "jour le plus proche",
    "end": "dernier jour",
    "last": "dernier jour",
    "latest": "jour le plus lointain",
    "limit": "dernier jour",
    "months": "nombre",
    "most": "nombre permis",
    "opened": "jour du blocage",
    "opens": "premier jour",
    "rejected": "jour du rejet",
    "start": "premier jour",
    "target": "jour conseillé",
    "years": "nombre",
}
_HOLE = re.compile(r"\{(\w+)[^}]*\}")
_EXAMPLES = """\
exemples :
  droitfil law show tax_table     un paramètre, ses valeurs et leur histoire
  droitfil law show salarie       un titre, par son nom court ou son article
  droitfil law show renouvellement-salarie
                                  une démarche, ses questions et ses pièces
  droitfil law uncertain          tout ce qui est incertain
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Shows what is asked: 0 shown, 1 broken law files, 2 unknown name."""
    parser = Parser(
        prog="droitfil law",
        description="Le droit appliqué : règles, titres, paramètres, et ce qui est incertain.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "what",
        metavar="show|uncertain",
        choices=("show", "uncertain"),
        help="ce qu'il faut montrer",
    )
    parser.add_argument(
        "name",
        metavar="NOM",
        nargs="?",
        help="avec show : un article, un titre, un paramètre, une règle, une démarche",
    )
    asked = parser.parse_args(arguments)
    if (asked.name is None) == (asked.what == "show"):
        parser.error("show attend un nom, uncertain n'en prend pas")
    try:
        law = load_law()
        procedures = load_procedures()
    except LawError as error:
        print(f"Les fichiers du droit ne peuvent pas être lus. {error}", file=sys.stderr)
        return FAILED
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    if asked.what == "uncertain":
        blocks = [*uncertain(law), *to_confirm(procedures)]
    else:
        blocks = [*show(law, asked.name), *show_procedures(procedures, asked.name)]
    if not blocks:
        print(_unknown(law, procedures, asked.name), file=sys.stderr)
        return REFUSED
    print("\n\n".join("\n".join(block) for block in blocks))
    return 0


def show(law: Law, name: str) -> Iterator[list[str]]:
    """Every rule, title and parameter that ``name`` names, or that quotes the article ``name``."""
    wanted = _folded(name)
    today = day.today()
    for title in law.titles.values():
        if wanted in (_folded(title.article), _folded(title.code)):
            yield list(_title(title, law, today))
    for rule in law.rules.values():
        if wanted == _folded(rule.id) or _quotes(rule.article, wanted):
            yield list(_rule(rule))
    for parameter in law.parameters.values():
        quoted = _quotes(parameter.article, wanted) or any(
            dated.article is not None and _quotes(dated.article, wanted)
            for dated in parameter.values
        )
        if wanted == _folded(parameter.name) or quoted:
            yield list(_parameter(parameter, today))


def uncertain(law: Law) -> Iterator[list[str]]:
    """Every uncertain parameter, rule and title, with its sentence."""
    for parameter in law.parameters.values():
        doubts = [dated for dated in parameter.values if dated.confidence == "U"]
        if parameter.confidence == "U" or doubts:
            yield [
                f"{parameter.name} : {parameter.label} [{parameter.article}]",
                *_wrapped(parameter.says),
                *(line for dated in doubts if dated.note for line in _wrapped(dated.note)),
            ]
    for rule in law.rules.values():
        if rule.confidence == "U":
            yield [
                f"règle {rule.id} : {rule.label} [{rule.article}]",
                *_wrapped(rule.note or _filled(rule.says["default"])),
            ]
    for title in law.titles.values():
        if title.confidence == "U":
            yield [f"titre {title.article} : {title.label}", *_wrapped(title.note or title.printed)]


def show_procedures(procedures: Mapping[str, Procedure], name: str) -> Iterator[list[str]]:
    """The procedure that ``name`` names, or those of the title whose article it is."""
    wanted = _folded(name)
    today = day.today()
    for procedure in procedures.values():
        version = procedure.at(today)
        if wanted in (_folded(procedure.code), _folded(version.title)):
            yield list(_procedure(version))


def to_confirm(procedures: Mapping[str, Procedure]) -> Iterator[list[str]]:
    """Every piece that neither the texts nor a secondary source ask for, once."""
    pieces: dict[str, Piece] = {}
    for procedure in procedures.values():
        for piece in procedure.versions[-1].pieces:
            if piece.to_confirm:
                pieces.setdefault(piece.code, piece)
    for piece in pieces.values():
        sure = CONFIDENCES[piece.confidence]
        yield [
            f"pièce {piece.code} : {piece.label} [{piece.article}]",
            *_wrapped(f"{sure} ; {TO_CONFIRM.template}. {piece.note}"),
        ]


def _unknown(law: Law, procedures: Mapping[str, Procedure], name: str) -> str:
    known = [*law.titles, *law.rules, *law.parameters, *procedures]
    near = closest(name, known)
    hint = f"vouliez-vous « {near} » ?" if near else "donnez un article comme le code l'écrit."
    return f"« {name} » ne nomme ni article, ni titre, ni règle, ni paramètre, ni démarche ; {hint}"


def _folded(name: str) -> str:
    """One spelling of an article: « R. 431-5 » and « r431-5 » are the same."""
    return re.sub(r"[\s.*]", "", name).casefold()


def _quotes(articles: str, wanted: str) -> bool:
    """Whether a list of articles (« R431-5, R431-8 ») holds one, with or without its paragraph."""
    first_words = [part.split() for part in re.split(r"[,;]", articles) if part.strip()]
    return any(_folded(word) == wanted for words in first_words for word in words)


# -- blocks ----------------------------------------------------------------------------------------


def _title(title: Title, law: Law, today: date) -> Iterator[str]:
    yield f"Titre {title.article} : {title.label}"
    yield from _row("Confiance", CONFIDENCES[title.confidence])
    yield from _row("Documents", ", ".join(words.DOCUMENTS.get(kind, kind) for kind in title.kinds))
    yield from _row("Imprimé", title.printed)
    yield from _row("Travail", f"{words.WORK[title.work]} (règle {title.work_rule})")
    yield from _row("Limite", title.work_limit)
    for (article, request), periods in law.listings.items():
        if article == title.article:
            for start, end in periods:
                until = f" jusqu'au {french_date(end)}" if end else ""
                text = f"depuis le {french_date(start)}{until} ({REQUESTS[request]})"
                yield from _row("Téléservice", text)
    named = [row.name for row in law.parameters.values() if _names(row.at(today).value, title)]
    yield from _row("Paramètres", ", ".join(named))
    yield from _row("Note", title.note)


def _names(value: Any, title: Title) -> bool:
    """Whether a value of the law names this title."""
    if isinstance(value, Mapping):
        return title.article in value or any(_names(item, title) for item in value.values())
    if _is_list(value):
        return any(_names(item, title) for item in value)
    return bool(value == title.article)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"Règle {rule.id} : {rule.label}"
    yield from _row("Article", rule.article)
    yield from _row("Confiance", CONFIDENCES[rule.confidence])
    for rank, sentence in enumerate(rule.says.values()):
        yield from _row("Dit aussi" if rank else "Dit", _filled(sentence))
    yield from _row("Note", rule.note)


def _filled(sentence: str) -> str:
    """A rule's sentence with its holes in words: « jusqu'au [dernier jour] »."""
    return _HOLE.sub(lambda hole: f"[{HOLES.get(hole[1], '…')}]", sentence)


def _parameter(parameter: Parameter, today: date) -> Iterator[str]:
    current = parameter.at(today)
    yield f"Paramètre {parameter.name} : {parameter.label}"
    yield from _row("Article", parameter.article)
    yield from _row("Confiance", CONFIDENCES[current.confidence or parameter.confidence])
    yield from _wrapped(parameter.says)
    for dated in reversed(parameter.values):
        yield from _dated(dated, parameter, in_force=dated is current, today=today)


def _procedure(version: Version) -> Iterator[str]:
    yield f"Démarche {version.procedure} : {version.label}"
    yield from _row("Version", f"{version.id}, titre {version.title}, {REQUESTS[version.request]}")
    yield from _row("Voie", CHANNELS[version.channel])
    yield from _row("Documents", ", ".join(version.holds))
    yield from _row("Papiers", ", ".join(version.outputs))
    for block in version.blocks:
        yield from _row("Page", block.label)
        for question in version.questions:
            if question.block == block.id:
                yield from _wrapped(f"{question.id} : {question.label}", "    ")
        for piece in version.pieces:
            if piece.block == block.id:
                when = f", si {piece.when.text}" if piece.when else ""
                text = f"pièce {piece.code} : {piece.label} [{piece.article}]{when}"
                yield from _wrapped(f"{text} ({CONFIDENCES[piece.confidence]})", "    ")
    yield from _row("Note", version.note)


def _dated(dated: Dated, parameter: Parameter, *, in_force: bool, today: date) -> Iterator[str]:
    since = f"depuis le {french_date(dated.start)}" if dated.start else "depuis toujours"
    if in_force:
        state = "en vigueur"
    else:
        state = "à venir" if dated.start and dated.start > today else "auparavant"
    yield f"  {state}, {since} :"
    unit = f" {parameter.unit}" if parameter.unit and not isinstance(dated.value, Mapping) else ""
    for line in _value(dated.value):
        yield from _wrapped(f"{line}{unit}", "    ")
    if len(parameter.values) > 1:
        sure = CONFIDENCES[dated.confidence or parameter.confidence]
        yield from _wrapped(f"[{dated.article or parameter.article}] {sure}", "    ")
    yield from _wrapped(dated.note, "    ")


def _value(value: Any, indent: str = "") -> Iterator[str]:
    """A value of the law, one line a field."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, Mapping) or (_is_list(item) and any(map(_is_deep, item))):
                yield f"{indent}{key} :"
                yield from _value(item, indent + "  ")
            else:
                yield f"{indent}{key} : {_word(item)}"
    elif _is_list(value) and any(map(_is_deep, value)):
        for item in value:
            first, *others = _value(item, indent + "  ")
            yield f"{indent}- {first.strip()}"
            yield from others
    else:
        yield indent + _word(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_deep(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_list(value)


def _word(value: Any) -> str:
    if _is_list(value):
        return ", ".join(map(_word, value)) or "aucun"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return french_date(value)
    return "aucun" if value is None else str(value)


def _row(name: str, text: str) -> list[str]:
    return _wrapped(f"{name} : {text}") if text else []


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    kept = indent + " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text.strip(),
        WIDTH,
        initial_indent=kept,
        subsequent_indent=kept + "  ",
        break_on_hyphens=False,
    )
