"""The whole law, read from its folder once."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from droitfil.lawbook.calendar import read_calendar
from droitfil.lawbook.codes import read_codes
from droitfil.lawbook.errors import LawError
from droitfil.lawbook.parameters import LISTED_TITLES, listings, read_parameters
from droitfil.lawbook.rulebook import read_rules
from droitfil.lawbook.source import Source
from droitfil.lawbook.titles import read_titles
from droitfil.rules.law import Law

#: Names another folder of the same files (an operator's own, or a draft under review).
ENVIRONMENT = "DROITFIL_LAW"
_DEFAULT = Path(__file__).resolve().parents[2] / "law"
_VERSION_LENGTH = 12


def load_law(path: Path | None = None) -> Law:
    """The law of ``path``, of the folder ``DROITFIL_LAW`` names, or of the project's ``law/``.

    Read and checked once a folder, then kept. Raises :class:`LawError`, whose French sentence
    names file, line, field, value and what would be right.
    """
    return _load(law_folder(path))


def law_folder(path: Path | None) -> Path:
    """``path``, else the folder that ``DROITFIL_LAW`` names, else the project's ``law/``."""
    if path is None:
        named = os.environ.get(ENVIRONMENT)
        if not named:
            return _DEFAULT  # asked for every question: not resolved again
        path = Path(named)
    return path.resolve()


@lru_cache(maxsize=8)
def _load(folder: Path) -> Law:
    if not folder.is_dir():
        raise LawError(
            str(folder), None, "", "", f"ce dossier n'existe pas ; corrigez {ENVIRONMENT}."
        )
    names = ("titles", "parameters", "rules", "calendar", "codes")
    sources = {name: Source(folder, f"{name}.yaml") for name in names}
    digest = hashlib.sha256()
    for source in sources.values():
        digest.update(source.bytes)
    rules = read_rules(sources["rules"])
    titles = read_titles(sources["titles"], rules)
    codes = read_codes(sources["codes"])
    parameters = read_parameters(sources["parameters"], titles, rules)
    calendar = read_calendar(sources["calendar"], codes.departments)
    return Law(
        titles=titles,
        parameters=parameters,
        rules=rules,
        holidays=calendar.holidays,
        departments=codes.departments,
        countries=codes.countries,
        listings=listings(sources["parameters"], parameters[LISTED_TITLES]),
        version=digest.hexdigest()[:_VERSION_LENGTH],
        calendar_until=calendar.until,
    )
