"""A page that is read writes nothing, whatever its view tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import InternalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import timezone

from droitfil.journal.actions import record_reading
from droitfil.journal.models import Entry
from droitfil.lib.models import RateCount
from droitfil.lib.rate_limits import allow
from droitfil.lib.readonly import SAFE, may_write, read_only

NADIA = "staff:4b8a1c1e-0d5c-4d0e-9a53-0f0a3f6d1d11"
AMINA = UUID("0a7f6c0e-77a5-4d4b-8c39-9a1b2c3d4e5f")


def _write(key: bytes = b"k") -> None:
    RateCount.objects.create(client=key, ends_at=timezone.now())


def plain(request: HttpRequest) -> HttpResponse:
    _write()
    return HttpResponse("écrit")


def after_reading(request: HttpRequest) -> HttpResponse:
    RateCount.objects.count()
    return plain(request)


def in_a_transaction(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        return plain(request)


def after_a_rollback(request: HttpRequest) -> HttpResponse:
    try:
        with transaction.atomic():
            RateCount.objects.count()
            raise ValueError
    except ValueError:
        return plain(request)


def in_sql(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("WITH gone AS (DELETE FROM rate_count RETURNING 1) SELECT * FROM gone")
    return HttpResponse("effacé")


def after_a_staff_reading(request: HttpRequest) -> HttpResponse:
    RateCount.objects.count()
    record_reading(NADIA, subject_kind="person", subject=AMINA, at=timezone.now())
    return plain(request)


def staff_reading(request: HttpRequest) -> HttpResponse:
    shown = RateCount.objects.count()
    record_reading(NADIA, subject_kind="person", subject=AMINA, at=timezone.now())
    return HttpResponse(str(shown + RateCount.objects.count()))


def reading_too_late(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        return staff_reading(request)


def counted(request: HttpRequest) -> HttpResponse:
    verdict = allow("page", request, limit=9, window_seconds=60, now=timezone.now())
    return HttpResponse(str(verdict.remaining))


WRITING: list[Callable[[HttpRequest], HttpResponse]] = [
    plain, after_reading, in_a_transaction, after_a_rollback, in_sql, after_a_staff_reading,
]  # fmt: skip
OTHERS = [staff_reading, reading_too_late, counted]
urlpatterns = [path(view.__name__, view) for view in (*WRITING, *OTHERS)]

EITHER = pytest.mark.parametrize(
    "surrounded",
    [
        pytest.param(False, marks=pytest.mark.django_db(transaction=True), id="alone"),
        pytest.param(True, marks=pytest.mark.django_db, id="in the transaction of a test"),
    ],
)


@pytest.fixture(autouse=True)
def pages() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@EITHER
@pytest.mark.parametrize("method", sorted(SAFE))
@pytest.mark.parametrize("view", WRITING, ids=lambda view: view.__name__)
def test_what_is_read_cannot_write(view: Any, method: str, surrounded: bool) -> None:
    _write(b"before")
    with pytest.raises(InternalError, match="read-only"):
        Client().generic(method, f"/{view.__name__}")
    assert [bytes(row.client) for row in RateCount.objects.all()] == [b"before"]
    _write(b"after")  # the connection is given back as it was


@EITHER
@pytest.mark.parametrize("view", WRITING, ids=lambda view: view.__name__)
def test_what_is_sent_may_write(view: Any, surrounded: bool) -> None:
    _write(b"before")
    assert Client().post(f"/{view.__name__}").status_code == 200
    assert {bytes(row.client) for row in RateCount.objects.all()} != {b"before"}


@EITHER
def test_a_failed_page_leaves_the_connection_as_it_was(surrounded: bool) -> None:
    assert Client(raise_request_exception=False).get("/plain").status_code == 500
    _write()
    assert RateCount.objects.count() == 1


@EITHER
def test_the_line_of_a_staff_reading_is_written(surrounded: bool) -> None:
    assert Client().get("/staff_reading").status_code == 200
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (NADIA, "person.read", AMINA)


@EITHER
def test_the_line_of_a_staff_reading_is_kept_whatever_becomes_of_the_page(
    surrounded: bool,
) -> None:
    with pytest.raises(InternalError):
        Client().get("/after_a_staff_reading")
    assert Entry.objects.get().subject == AMINA


@EITHER
def test_a_reading_is_not_recorded_within_the_transaction_of_the_page(surrounded: bool) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        Client().get("/reading_too_late")


@EITHER
def test_requests_are_counted(surrounded: bool) -> None:
    answers = [Client().get("/counted").content for _ in range(2)]
    assert answers == [b"8", b"7"]


@pytest.mark.django_db(transaction=True)
def test_a_page_without_data_needs_no_database() -> None:
    connection.close()
    with read_only():
        pass
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_the_guard_costs_one_statement_before_and_one_after() -> None:
    connection.ensure_connection()
    with read_only():
        RateCount.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            assert cursor.fetchone() == ("on",)
        with may_write():
            _write()
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


def test_every_page_is_behind_the_guard(settings: Any) -> None:
    assert settings.MIDDLEWARE[-1] == "droitfil.lib.readonly.ReadOnlyMiddleware"
    assert RequestFactory().get("/").method in SAFE
