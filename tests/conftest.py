"""What every test may count on: a real PostgreSQL, no skip unseen, no undefined variable."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import pytest_django
from hypothesis import HealthCheck, Phase, settings

from tests.absences import is_excused

if TYPE_CHECKING:
    from tests.mail import PostOffice

#: Tables whose rows no one removes.
APPEND_ONLY = ("journal_entry", "journal_block", "case_proof")
FORBIDDEN_SKIP = "Sauté, alors que cette machine aurait pu l'avoir : {}"

# A busy machine is no fault of what is tested: nothing is judged by its time.
_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
#: The same examples on every run of ``make test``; ``HYPOTHESIS_PROFILE=soak`` looks for new ones.
settings.register_profile(
    "fast",
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=_QUIET,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.register_profile(
    "soak",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "5000")),
    deadline=None,
    suppress_health_check=_QUIET,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session")
def private_postgres() -> Iterator[None]:
    """The tests' own server, for as long as this process runs; each xdist worker holds it too."""
    from django.conf import settings

    from droitfil.lib import postgres

    if settings.PRIVATE_DATABASE is None:
        yield
        return
    with postgres.hold(settings.PRIVATE_DATABASE, durable=False):
        yield


@pytest.fixture(scope="session", autouse=True)
def _keys_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Private keys made by tests are forgotten with them."""
    from django.conf import settings

    settings.KEYS_DIR = tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    private_postgres: None,
    emptied_after_each_test: None,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Called by pytest-django before it makes the test database (one for each xdist worker)."""


@pytest.fixture(scope="session")
def _map_of_places(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    from droitfil.territory.actions import load_reference

    with django_db_blocker.unblock():
        load_reference()


@pytest.fixture
def places(_map_of_places: None, db: None) -> None:
    """Every commune and office, loaded once a process, again after a test that emptied tables."""
    from droitfil.territory.actions import load_reference
    from droitfil.territory.models import Commune

    if not Commune.objects.exists():
        load_reference()


@pytest.fixture(scope="session")
def emptied_after_each_test() -> None:
    """Tests that commit empty every table afterwards, the journal too, which refuses it."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def unguarded(operations: DatabaseOperations, statements: list[str]) -> None:
        switch = 'ALTER TABLE "{}" {} TRIGGER USER'
        flush(
            operations,
            [
                *(switch.format(name, "DISABLE") for name in APPEND_ONLY),
                *statements,
                *(switch.format(name, "ENABLE") for name in APPEND_ONLY),
            ],
        )

    DatabaseOperations.execute_sql_flush = unguarded  # type: ignore[method-assign]


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """What was sent by e-mail, received by a real server."""
    from tests.mail import post_office

    with post_office(settings) as office:
        yield office


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``DROITFIL_NO_SKIP`` a test that is skipped fails, unless the machine is excused."""
    report = yield
    return _strict(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file."""
    report = yield
    return _strict(report)


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _strict(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("DROITFIL_NO_SKIP"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not is_excused(reason):
            report.outcome = "failed"
            report.longrepr = FORBIDDEN_SKIP.format(reason)
    return report
