"""A skip is a failure in continuous integration, unless this machine could not have the thing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import absences
from tests.absences import ABSENCES, Absence, is_excused

PROJECT = Path(__file__).resolve().parent.parent
SKIPPED = "import pytest\n\ndef test_something():\n    pytest.skip('rien ne presse')\n"
SKIPPED_WHOLE = "import pytest\n\npytest.skip('rien ne presse', allow_module_level=True)\n"


def outcome(folder: Path, text: str, *, strict: bool) -> str:
    """What pytest says at the end of a run of this one file, under our conftest."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "DROITFIL_NO_SKIP"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-rs", "-p", "tests.conftest"),
            *("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder), str(folder)),
        ],
        cwd=PROJECT,
        env=environment | ({"DROITFIL_NO_SKIP": "1"} if strict else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("text", [SKIPPED, SKIPPED_WHOLE])
def test_a_skip_is_named_and_fails_where_nothing_excuses_it(tmp_path: Path, text: str) -> None:
    free = outcome(tmp_path, text, strict=False)
    assert "1 skipped" in free
    assert "rien ne presse" in free
    strict = outcome(tmp_path, text, strict=True)
    assert "skipped" not in strict.splitlines()[-1]
    assert "1 failed" in strict or "1 error" in strict
    assert "cette machine aurait pu l'avoir : " in strict


def test_an_absence_excuses_only_where_it_is_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    here, elsewhere = (
        Absence(reason, missing=lambda: True, hopeless=lambda hopeless=hopeless: hopeless)
        for reason, hopeless in (("pas d'ici", True), ("à installer", False))
    )
    monkeypatch.setattr(absences, "ABSENCES", (here, elsewhere))
    assert is_excused("Skipped: pas d'ici")
    assert not is_excused("Skipped: à installer")
    assert not is_excused("Skipped: autre chose")


def test_no_two_absences_can_be_confused() -> None:
    reasons = [absence.reason for absence in ABSENCES]
    assert not [one for one in reasons for other in reasons if one != other and one in other]
