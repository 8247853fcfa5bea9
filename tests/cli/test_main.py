"""``droitfil``: finding a command, and speaking French when there is none."""

from __future__ import annotations

import importlib

import pytest

from droitfil.cli.main import COMMANDS
from tests.cli.conftest import Run


def test_alone_it_lists_its_commands(run: Run) -> None:
    ran = run()
    assert ran.status == 0
    for name, (_module, does) in COMMANDS.items():
        assert name in ran.out
        assert does in ran.out


def test_an_unknown_command_is_refused(run: Run) -> None:
    ran = run("timelime")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("droitfil : « timelime » n'est pas une commande.")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself_in_french(run: Run, name: str) -> None:
    assert callable(importlib.import_module(COMMANDS[name][0]).main)
    ran = run(name, "--help")
    assert ran.status == 0
    assert ran.out.startswith("Usage : droitfil")
    assert "affiche cette aide" in ran.out
    for english in ("positional arguments", "show this help", "usage:"):
        assert english not in ran.out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (("timeline",), "droitfil timeline : il manque FICHIER."),
        (("timeline", "a", "--format", "xml"), "« xml » n'est pas un choix"),
        (("timeline", "a", "b"), "« b » est en trop ou inconnu"),
        (("timeline", "a", "--format"), "--format attend une valeur"),
        (("law", "show"), "show attend un nom"),
        (("law", "uncertain", "x"), "uncertain n'en prend pas"),
        (("law", "list"), "« list » n'est pas un choix"),
    ],
)
def test_a_line_written_wrong_is_refused_in_french(
    run: Run, line: tuple[str, ...], says: str
) -> None:
    ran = run(*line)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert "Usage : droitfil" in ran.err
