from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mail import PostOffice, post_office
from tests.personas import Personas


@pytest.fixture
def people(db: None) -> Personas:
    return Personas()


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with post_office(settings) as open_office:
        yield open_office
