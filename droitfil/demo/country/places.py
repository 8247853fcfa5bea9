"""Where the invented country stands: real offices and towns, invented streets and staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from droitfil.demo.cast import AGENT, ELSEWHERE, HEAD, STAFF, Player
from droitfil.lib.sort_keys import sort_key
from droitfil.people.models import Staff


@dataclass(frozen=True, slots=True)
class Town:
    """``weight``: how many of its department's people live there, in proportion."""

    department: str
    commune: str
    postal_code: str
    weight: int


STREETS = (
    "rue de la Gare", "avenue Jean-Jaurès", "rue Pasteur", "place du Marché", "rue des Écoles",
    "allée des Tilleuls", "rue Victor-Hugo", "avenue de la République",
)  # fmt: skip
TOWNS = tuple(
    Town(*town)
    for town in (
        ("91", "91228", "91000", 26), ("91", "91174", "91100", 16), ("91", "91223", "91150", 11),
        ("91", "91200", "91410", 3), ("91", "91377", "91300", 16), ("91", "91477", "91120", 10),
        ("91", "91692", "91940", 10), ("91", "91589", "91600", 8),
        ("93", "93008", "93000", 20), ("93", "93048", "93100", 22), ("93", "93066", "93200", 26),
        ("93", "93001", "93300", 18), ("93", "93005", "93600", 12), ("93", "93062", "93340", 2),
        ("69", "69123", "69007", 46), ("69", "69266", "69100", 28), ("69", "69259", "69200", 18),
        ("69", "69264", "69400", 8),
        ("13", "13055", "13003", 64), ("13", "13001", "13090", 16), ("13", "13004", "13200", 8),
        ("13", "13047", "13800", 7), ("13", "13056", "13500", 5),
    )
)  # fmt: skip

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "91-evry": (),
    "91-palaiseau": ("Claire Besson", "Yann Le Goff"),
    "91-etampes": ("Odile Marchand", "Rémi Caron"),
    "93-bobigny": ("Sandrine Poulain", "Malik Ferhat", "Julie Costa", "Thomas Reynaud"),
    "93-saint-denis": ("Édith Lacombe", "Sami Boukhari", "Laure Vasseur"),
    "93-le-raincy": ("Bernard Petit", "Nina Da Costa"),
    "69-lyon": ("Hélène Arnaud", "Vincent Morel", "Inès Charpentier"),
    "69-villefranche-sur-saone": ("Luc Girard", "Manon Perrin"),
    "13-marseille": ("Dominique Ricci", "Leïla Toumi", "Marc Esposito", "Anne Giraudo"),
    "13-aix-en-provence": ("Sylvie Roche", "Kévin Blanc"),
    "13-arles": ("Paule Mistral", "Antoine Faure"),
    "13-istres": ("Gilles Martinez", "Sarah Benoît"),
}


def _address(name: str) -> str:
    return sort_key(name).replace(" ", ".") + "@demo.example"


def _hired() -> tuple[Player, ...]:
    """Those of the small office, then a head and agents in every other one, the head first."""
    found = list(STAFF)
    for office, names in _OTHERS.items():
        for rank, name in enumerate(names):
            role = Staff.Role.HEAD if rank == 0 else Staff.Role.AGENT
            found.append(Player(_address(name), name, role, office))
    return tuple(found)


COUNTRY_STAFF = _hired()
#: office -> who examines its cases.
EXAMINERS: Mapping[str, tuple[str, ...]] = {
    office: tuple(
        player.email
        for player in COUNTRY_STAFF
        if player.office == office and player.role == Staff.Role.AGENT
    )
    for office in _OTHERS
}
assert all(EXAMINERS.values()), EXAMINERS
assert {AGENT, HEAD, ELSEWHERE} <= {player.email for player in COUNTRY_STAFF}
