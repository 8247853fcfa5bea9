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
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from droitfil.api.interface import description
from droitfil.attestations.actions import make_authority, make_share_code
from droitfil.attestations.actions.sharing import normal
from droitfil.attestations.models import ShareCode
from tests.personas import Personas

VERIFY = "/api/v1/verify"
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
        report.write_text(json.dumps({"answers": ANSWERS, "reached": {}}), encoding="utf-8")


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


NOTHING = st.sampled_from(
    ["", "\x00", "AAAA-AAAA-AAAA-AAAA", "2025-02-30", "1988-11-20 ", "x" * 5_000]
)


@pytest.mark.django_db(transaction=True)
def test_a_code_opens_by_itself_and_its_date_alone(client: Client) -> None:
    """Whatever else is sent, in whatever company: the right two, or one and the same refusal."""
    people = Personas()
    _made, code = make_share_code(
        "system:tests", holder=people.mariam.pk, born_on=people.mariam.born_on, days=7,
        now=timezone.now(),
    )  # fmt: skip
    make_authority("system:tests", now=timezone.now())
    right = {"share_code": code, "born_on": people.mariam.born_on.isoformat()}
    names = [people.mariam.family_name, people.mariam.given_names, people.mariam.foreigner_number]

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=not SOAK, database=None)
    @given(
        st.sampled_from([code, code.lower(), code.replace("-", ""), code[:-1]])
        | NOTHING
        | st.text(),
        st.just(right["born_on"]) | NOTHING | st.dates().map(str),
        st.dictionaries(
            st.sampled_from(["by", "code", "zq", "person"]), st.text() | st.none(), max_size=2
        ),
    )
    def ask(share_code: str, born_on: str, more: dict[str, str | None]) -> None:
        ShareCode.objects.update(wrong_dates=0)  # else it would be locked before long
        body = {"share_code": share_code, "born_on": born_on, **more}
        answer = client.post(VERIFY, json.dumps(body), content_type="application/json")
        ANSWERS[answer.status_code] += 1
        fits = normal(share_code) == normal(code) and born_on == right["born_on"]
        assert answer.status_code in ({200} if fits else set()) | {413, 422}, (body, answer.content)
        told = answer.content.decode()
        assert not any(name in told for name in names if name not in json.dumps(body))

    ask()
