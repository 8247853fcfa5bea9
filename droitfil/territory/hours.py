"""What time it is where people live: the overseas departments and collectivities have their own.

Zones as the IANA time zone database names them (``zone.tab``, one for each territory; of French
Polynesia, that of Tahiti, where nearly everyone lives).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

#: Where nothing else is known, and all of European France.
PARIS = "Europe/Paris"
#: Code of the department or collectivity -> its zone.
OVERSEAS: Mapping[str, str] = MappingProxyType(
    {
        "971": "America/Guadeloupe",
        "972": "America/Martinique",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "976": "Indian/Mayotte",
        "977": "America/St_Barthelemy",
        "978": "America/Marigot",
        "986": "Pacific/Wallis",
        "987": "Pacific/Tahiti",
        "988": "Pacific/Noumea",
    }
)


def zone_of(department: str | None) -> ZoneInfo:
    """The time zone of a department; that of Paris when it is none of those overseas."""
    return ZoneInfo(OVERSEAS.get(department or "", PARIS))
