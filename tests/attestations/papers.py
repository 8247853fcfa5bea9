"""Papers for tests: invented people, one call each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from droitfil.attestations.actions import Order
from droitfil.rules.seal import Paper

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ACTOR = "system:night"
BORN = date(1990, 3, 2)


def paper(**changes: Any) -> Paper:
    """A renewal's paper, with what the test changes."""
    said: dict[str, Any] = {
        "kind": "API",
        "reference": "API-2026-000001",
        "family_name": "N’Guessan-Dupré",
        "first_names": ("Zoé", "Marie-Ève"),
        "sex": "F",
        "born_on": BORN,
        "birth_place": "Bouaké",
        "birth_country": "CIV",
        "nationality": "CIV",
        "foreigner_number": "9912345678",
        "valid_from": date(2026, 11, 1),
        "valid_to": date(2027, 1, 31),
        "may_stay": True,
        "may_work": "full",
        "limits": ("with_expired_card",),
        "category": "Salarié",
        "filed_on": date(2026, 9, 1),
        "filing_reference": "RNV-2026-000123",
        "office": "Préfecture de l’Essonne",
        "language": "fr",
    }
    return Paper(**(said | changes))


def order(key: str = "", *, holder: UUID | None = None, **changes: Any) -> Order:
    """An order for :func:`paper`; another key and number each time when none is given."""
    name = key or str(uuid4())
    changes.setdefault("reference", f"API-{name}"[:40])
    return Order(key=f"api:{name}", holder=holder or uuid4(), paper=paper(**changes))


def orders(count: int, **changes: Any) -> list[Order]:
    """Many orders for as many people."""
    return [order(**changes) for _ in range(count)]
