from __future__ import annotations

import pytest

from droitfil.attestations.actions import make_authority
from tests.personas import NOW, Personas


@pytest.fixture
def people(db: None) -> Personas:
    make_authority("system:tests", now=NOW)
    return Personas()
