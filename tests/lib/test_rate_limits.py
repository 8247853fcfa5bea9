"""Rate limits: so many a window for each client, nobody's address kept."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from droitfil.lib import rate_limits
from droitfil.lib.models import RateCount
from droitfil.lib.rate_limits import Verdict, allow, client_address

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)  # a minute begins
AMINA, MARC = "203.0.113.7", "203.0.113.8"


def request_from(address: str, headers: Mapping[str, str] | None = None) -> HttpRequest:
    return RequestFactory(headers=headers).get("/", REMOTE_ADDR=address)


def ask(
    address: str = AMINA, *, now: datetime = NOW, bucket: str = "timeline", limit: int = 3
) -> Verdict:
    return allow(bucket, request_from(address), limit=limit, window_seconds=60, now=now)


@pytest.mark.django_db
class TestAllow:
    def test_so_many_a_window_then_no_more(self) -> None:
        verdicts = [ask(now=NOW + timedelta(seconds=n)) for n in range(5)]
        assert verdicts == [
            Verdict(allowed=True, remaining=2, retry_after=0),
            Verdict(allowed=True, remaining=1, retry_after=0),
            Verdict(allowed=True, remaining=0, retry_after=0),
            Verdict(allowed=False, remaining=0, retry_after=57),
            Verdict(allowed=False, remaining=0, retry_after=56),
        ]

    def test_the_next_window_begins_anew(self) -> None:
        for _ in range(4):
            last = ask(now=NOW + timedelta(seconds=59, milliseconds=900))
        assert last == Verdict(allowed=False, remaining=0, retry_after=1)
        assert ask(now=NOW + timedelta(seconds=60)).remaining == 2

    def test_clients_and_buckets_do_not_share(self) -> None:
        for _ in range(3):
            ask(AMINA)
        assert ask(AMINA).allowed is False
        assert ask(MARC).remaining == 2
        assert ask(AMINA, bucket="law").remaining == 2

    def test_the_address_is_nowhere_and_two_windows_cannot_be_linked(self) -> None:
        ask(AMINA, now=NOW + timedelta(minutes=1))
        ask(AMINA)  # the later one first: it would have erased this one
        rows = list(RateCount.objects.order_by("ends_at").values_list("client", "ends_at"))
        assert len({bytes(client) for client, _ in rows}) == 2
        assert all(len(client) == 16 for client, _ in rows)
        assert [ends_at for _, ends_at in rows] == [
            NOW + timedelta(minutes=1),
            NOW + timedelta(minutes=2),
        ]
        with override_settings(SECRET_KEY="another"):
            ask(AMINA)
        assert RateCount.objects.count() == 3  # without the key the digest cannot be found again

    def test_rows_of_past_windows_go(self) -> None:
        for n in range(rate_limits.PRUNE):
            ask(f"198.51.100.{n}")
        assert RateCount.objects.count() == rate_limits.PRUNE
        ask(AMINA, now=NOW + timedelta(minutes=1))
        assert RateCount.objects.count() == 1

    def test_the_table_is_unlogged(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'rate_count'")
            assert cursor.fetchone() == ("u",)


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_are_all_counted() -> None:
    verdicts: list[Verdict] = []

    def knock() -> None:
        try:
            verdicts.extend(ask(limit=30) for _ in range(10))
        finally:
            connection.close()

    threads = [threading.Thread(target=knock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(verdict.allowed for verdict in verdicts) == 30
    assert len(verdicts) == 40


@pytest.mark.django_db
def test_an_answer_matters_more_than_a_count() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rate_count RENAME TO gone")
    assert ask() == Verdict(allowed=True, remaining=3, retry_after=0)


class TestClientAddress:
    def test_is_the_peer_without_a_proxy_whatever_the_client_writes(self) -> None:
        assert client_address(request_from(AMINA, {"X-Forwarded-For": MARC})) == AMINA

    @override_settings(TRUSTED_PROXIES=1)
    def test_is_what_our_proxy_saw(self) -> None:
        seen = {"X-Forwarded-For": f"10.0.0.1, {AMINA}"}
        assert client_address(request_from("127.0.0.1", seen)) == AMINA

    @override_settings(TRUSTED_PROXIES=2)
    def test_is_what_the_outermost_of_two_proxies_saw(self) -> None:
        seen = {"X-Forwarded-For": f"10.0.0.1, {AMINA}, 192.0.2.1"}
        assert client_address(request_from("127.0.0.1", seen)) == AMINA
        assert client_address(request_from("127.0.0.1", {"X-Forwarded-For": AMINA})) == AMINA

    @override_settings(TRUSTED_PROXIES=1)
    def test_is_the_peer_when_a_proxy_says_nothing(self) -> None:
        assert client_address(request_from(AMINA)) == AMINA

    def test_of_one_home_is_one_network(self) -> None:
        first, second = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"
        assert client_address(request_from(first)) == client_address(request_from(second))
        assert client_address(request_from("2001:db8:1:3::1")) == "2001:db8:1:3::/64"
        assert client_address(request_from(f"::ffff:{AMINA}")) == AMINA

    def test_that_is_none_is_one_client(self) -> None:
        assert client_address(request_from("")) == "?"
        assert client_address(request_from("unix:")) == "?"
