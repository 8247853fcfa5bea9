"""The locked dependencies: checked by digest, free of any address, the same for run and tests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
#: Of the programs measured beside us: each apart, none of them ours.
PEERS = tuple(
    f"bench/peers/locks/{name}.lock"
    for name in ("spiffworkflow", "openfisca-core", "django-helpdesk")
)


def locked(name: str) -> dict[str, str]:
    """name -> what is pinned (version and marker), each with at least one digest."""
    text = (PROJECT / name).read_text(encoding="utf-8").replace("\\\n", "")
    found = {}
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            pinned, *digests = re.split(r"\s+--hash=sha256:", line.strip())
            assert digests, line
            assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests), line
            package, version = re.fullmatch(r"([a-z0-9.-]+)==(.+)", pinned.strip()).groups()
            found[package] = version
    return found


@pytest.mark.parametrize("name", LOCKS + PEERS)
def test_no_address_stands_in_a_lock(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert locked(name)
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host|@ ", text)


def test_the_tests_run_on_what_is_served() -> None:
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("name", PEERS)
def test_no_peer_is_among_our_libraries(name: str) -> None:
    package = name.rpartition("/")[2].removesuffix(".lock")
    assert package in locked(name)
    assert package not in locked("requirements-dev.lock")


def test_the_peer_that_is_a_site_is_served_by_the_same_libraries_as_ours() -> None:
    ours, theirs = locked("requirements.lock"), locked(PEERS[2])
    same = ("django", "granian", "psycopg", "psycopg-pool")
    assert {name: theirs[name] for name in same} == {name: ours[name] for name in same}


@pytest.mark.parametrize(
    ("name", "extras"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))]
)
def test_every_dependency_declared_is_locked(name: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = list(project["dependencies"])
    for extra in extras:
        declared += project["optional-dependencies"][extra]
    names = {re.match(r"[A-Za-z0-9.-]+", one)[0].lower() for one in declared}
    assert names - set(locked(name)) == set()
