"""Every address × every visitor: what :mod:`tests.web.route_table` says, and nothing else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from droitfil.lib import clock
from droitfil.people.models import Person, Staff
from droitfil.web.accounts.doors import ENDED
from tests.cases.writing import AT, DAY
from tests.files.conftest import _own_folders
from tests.web.route_table import Row, rows, visitors
from tests.web.route_world import QUERIES, STAFF, STAGES, Answer, Browser, World

__all__ = ["_own_folders"]

#: The configuration that has every address there is, those of a demonstration included.
EVERYWHERE = "tests.demo.urls"
#: Who may see Mariam's things; to everyone else no answer bears any of her marks.
NEAR = frozenset({"mine", "ag91", "hd91", "cc91"})
#: Who may open a case that is not Mariam's, and tries to reach her things through it.
BY_ANOTHER_CASE = ("othr", "ag69", "hd69", "cc69")
#: An address that leads nowhere: its page is the one of everything that is refused.
NOWHERE = "/nulle-part"
METHODS = ("GET", "POST", "PUT", "DELETE")
#: Acts of an agent on a person whose name stands in the address, and who is Mariam.
_ABOUT_A_PERSON = ("agent-unlock", "agent-address", "agent-child-record")


@cache
def routes() -> dict[str, list[str]]:
    """The name of each address, and the names that stand in it."""
    found = {}
    for name, pattern in _named(get_resolver(EVERYWHERE)):
        assert name, f"{pattern} has no name: give it one, and a line in route_table.py"
        assert name not in found, f"{name} names two addresses"
        found[name] = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    return found


def _named(within: URLResolver, space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    for entry in within.url_patterns:
        here = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            name = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _named(entry, name, here)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{space}{entry.name}" if entry.name else "", here


def test_the_table_has_a_line_for_each_address_and_no_other() -> None:
    told, there = {row.route for row in rows()}, set(routes())
    assert not there - told, "an address without a line in tests/web/route_table.py"
    assert not told - there, "a line of tests/web/route_table.py without an address"
    assert {row.stage for row in rows()} <= {"-", *STAGES}
    assert {row.method for row in rows()} <= set(METHODS)
    keys = [row[:3] for row in rows()]
    assert sorted(set(keys)) == sorted(keys), "two lines say the same"


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    """Thousands of requests, most of them refused: nobody reads their lines."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """Évry on the day of the tests, with the addresses of a demonstration."""
    settings.ROOT_URLCONF = EVERYWHERE
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.MAILBOX_DIR = settings.EMAIL_FILE_PATH = tmp_path / "mailbox"
    settings.SIMULATED_DIR = tmp_path / "simulated"
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    return World()


def test_the_table_has_a_column_for_each_role_in_and_out_of_the_territory(world: World) -> None:
    assert set(visitors()) == set(world.visitors)
    roles = {
        (one.role, "91" in one.territory)
        for name, account in world.visitors.items()
        if account is not None and name in STAFF
        for one in Staff.objects.filter(account=account)
    }
    for role in Staff.Role:
        bound = role not in (Staff.Role.MINISTRY, Staff.Role.ADMIN)
        assert (role, False) in roles, role
        assert (role, True) in roles or not bound, role


def test_the_other_case_opens_to_those_who_try_by_it(world: World) -> None:
    """Without which they would be refused for that case, and not for Mariam's piece."""
    for visitor in BY_ANOTHER_CASE:
        page = "case" if visitor == "othr" else "agent-case"
        address = reverse(page, args=[world.elsewhere.pk])
        assert Browser(world.visitors[visitor]).ask("GET", address, {}).code == 200, visitor


def test_every_address_by_every_visitor(world: World, settings: Any) -> None:
    """The walk. Each request is undone, so that every cell is asked of the same world."""
    walk = _Walk(world)
    for stage in STAGES:
        world.go(stage)
        for row in rows_at(stage):
            settings.ENVIRONMENT = "demo" if row.route.startswith("demo") else "test"
            walk.line(row)
    settings.ENVIRONMENT = "test"
    walk.refused_ways()
    assert not walk.wrong, "\n" + "\n".join(walk.wrong)


def test_nobody_acts_as_an_agent_on_their_own_case(world: World) -> None:
    """Sonia serves in Évry; for as long as each request lasts, Mariam's file is her own."""
    sonia = Browser(world.people.sonia)
    absent = {method: sonia.ask(method, NOWHERE, {}).body for method in ("GET", "POST")}
    wrong, asked = [], 0
    for stage in STAGES:
        world.go(stage)
        for row in rows_at(stage):
            about = row.route in _ABOUT_A_PERSON or {"case", "claim"} & set(routes()[row.route])
            if row.cells["ag91"] == "404" or not about:
                continue
            names, sent = names_of(world, row.route), world.sent(row.route)
            mark = transaction.savepoint()
            Person.objects.filter(pk=world.people.mariam.pk).update(account=world.people.sonia)
            Browser.rows = None
            answer = sonia.ask(row.method, address_of(row.route, names), sent)
            transaction.savepoint_rollback(mark)
            asked += 1
            if answer.body != absent[row.method] or answer.written:
                wrong.append(f"{row.method} {row.route} ({stage}): {answer.status}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert asked > len(STAGES)


def rows_at(stage: str) -> list[Row]:
    """The lines asked at ``stage``; those of no stage, at the first one."""
    return [row for row in rows() if (STAGES[0] if row.stage == "-" else row.stage) == stage]


def names_of(world: World, route: str) -> dict[str, Any]:
    """What stands in the address of ``route``: Mariam's things."""
    special = world.names(route)
    return {
        name: special[name] if name in special else world.thing(name) for name in routes()[route]
    }


def address_of(route: str, names: dict[str, Any]) -> str:
    """Where ``route`` stands, asked as it would be to see the most."""
    return reverse(route, kwargs=names) + QUERIES.get(route, "")


class _Walk:
    """Asks, compares with the table, and keeps what is wrong, a sentence each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers = {name: Browser(account) for name, account in world.visitors.items()}
        self.wrong: list[str] = []
        self.absent = {
            (name, method): browser.ask(method, NOWHERE, {}).body
            for name, browser in self.browsers.items()
            for method in ("GET", "POST")
        }
        mariam = world.people.mariam
        self.marks = [
            mark.encode()
            for mark in (
                mariam.family_name, mariam.given_names, mariam.foreigner_number or "",
                world.people.mariam_account.email, str(mariam.pk), world.case.reference,
            )
        ]  # fmt: skip

    def line(self, row: Row) -> None:
        """One line of the table: each visitor, then the same address with ids of nothing."""
        names, sent = names_of(self.world, row.route), self.world.sent(row.route)
        for visitor, cell in row.cells.items():
            answer = self._ask(row, visitor, names, sent)
            got = answer.status + ("*" if answer.readings else "")
            if got != cell:
                self._say(row, visitor, f"{got} where the table says {cell}")
                continue
            self._is_quiet(row, visitor, cell, answer)
            self._is_read_once(row, visitor, cell, answer)
        self._ids_of_nothing(row, names, sent)

    def _is_quiet(self, row: Row, visitor: str, cell: str, answer: Answer) -> None:
        """What is refused changes nothing, says nothing; nobody far from Mariam reads of her."""
        refused = cell == "404" or (cell == "in" and row.route != "account_reauthenticate")
        if refused and answer.written:
            self._say(row, visitor, f"refused, and {answer.written} rows were written")
        sent = row.method == "POST" and refused and cell == "in"
        if sent and ENDED not in parse_qs(urlsplit(answer.location).query):
            self._say(row, visitor, "not told that what was sent is not received")
        if cell == "404" and answer.body != self.absent[visitor, row.method]:
            self._say(row, visitor, "refused by another page than that of what does not exist")
        if row.route.startswith("demo"):
            return  # its people have names of their own, the same
        if visitor not in NEAR and any(mark in answer.body for mark in self.marks):
            self._say(row, visitor, "reads something of Mariam")

    def _is_read_once(self, row: Row, visitor: str, cell: str, answer: Answer) -> None:
        who = self.world.visitors[visitor]
        if cell.endswith("*"):
            if set(answer.readings) != {f"staff:{who.pk}"} if who else True:
                self._say(row, visitor, f"read by {answer.readings}")
            if row.method == "GET" and answer.written != len(answer.readings):
                self._say(row, visitor, f"reading wrote {answer.written} rows")

    def _ids_of_nothing(self, row: Row, names: dict[str, Any], sent: dict[str, Any]) -> None:
        """Whoever asks, and may, an id that leads nowhere is answered like what they may not."""
        ids = [name for name, value in names.items() if isinstance(value, UUID)]
        for name in ids:
            for visitor, cell in row.cells.items():
                if cell == "404" and visitor != "ag69":
                    continue
                answer = self._ask(row, visitor, {**names, name: uuid4()}, sent)
                if cell == "in":
                    right = answer.status == "in"
                else:
                    right = answer.body == self.absent[visitor, row.method]
                if not right or answer.written:
                    self._say(row, visitor, f"{answer.status} for another {name}")

        if "case" in ids and len(ids) > 1:
            self._behind_another_case(row, names, sent)

    def _behind_another_case(self, row: Row, names: dict[str, Any], sent: dict[str, Any]) -> None:
        """Mariam's piece is not reached through a case that the visitor may open."""
        for visitor in BY_ANOTHER_CASE:
            answer = self._ask(row, visitor, {**names, "case": self.world.elsewhere.pk}, sent)
            if answer.body != self.absent[visitor, row.method] or answer.written:
                self._say(row, visitor, f"{answer.status} behind another case")

    def refused_ways(self) -> None:
        """A way to ask that has no line is refused to everyone, and changes nothing."""
        told = {(row.route, row.method) for row in rows()}
        for route in routes():
            ways = [method for method in METHODS if (route, method) not in told]
            names = names_of(self.world, route)
            for method in ways:
                for visitor in ("anon", "hd91") if method in ("GET", "POST") else ("hd91",):
                    row = Row(route, method, "-", {})
                    answer = self._ask(row, visitor, names)
                    right = answer.status in ("405", "in") or (
                        answer.status == "404" and answer.body == self.absent[visitor, "GET"]
                    )
                    if not right or answer.written:
                        self._say(row, visitor, f"{answer.status} where nothing is said")

    def _ask(
        self, row: Row, visitor: str, names: dict[str, Any], sent: dict[str, Any] | None = None
    ) -> Answer:
        address = address_of(row.route, names)
        return self.browsers[visitor].ask(row.method, address, sent or {})

    def _say(self, row: Row, visitor: str, what: str) -> None:
        self.wrong.append(f"{row.method} {row.route} ({row.stage}), {visitor}: {what}")
