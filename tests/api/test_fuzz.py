"""Schemathesis: what fits the description is answered as described, what does not is refused.

Short and always the same here; ``HYPOTHESIS_PROFILE=soak`` looks longer, elsewhere each time.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from droitfil.api.interface import description

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "1000")) if SOAK else 25
#: A request that does not fit its description can only be made where there is a body.
OPERATIONS = [
    (method.upper(), path, mode)
    for path, item in json.loads(description())["paths"].items()
    for method, operation in item.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or "requestBody" in operation
]


#: How often each status was answered.
ANSWERS: Counter[int] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _counted() -> Iterator[None]:
    """Told to who asked for a report (``bench.soak``)."""
    yield
    if folder := os.environ.get("SOAK_REPORT"):
        report = Path(folder) / f"interface-{os.getpid()}.json"
        report.write_text(json.dumps(ANSWERS), encoding="utf-8")


@pytest.fixture(scope="module")
def interface() -> BaseSchema:
    """The description, bound to the application itself: no server, every middleware."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())


@pytest.mark.django_db(transaction=True)  # verifying asks the base
@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_the_interface_is_as_described(
    interface: BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(interface[path][method].as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call(headers={"Accept-Encoding": "identity"})
        ANSWERS[response.status_code] += 1
        # No schema can say that two dates are in order: what fits may still be refused, by 422.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    ask()
