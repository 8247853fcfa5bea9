"""Every test here has an authority; keys are in a folder of the tests' own."""

from __future__ import annotations

import pytest

from droitfil.attestations.actions import make_authority
from tests.attestations.papers import NOW


@pytest.fixture
def authority(db: None) -> None:
    """An authority with a certificate for codes and one for seals."""
    make_authority("system:tests", now=NOW)
