"""The law loads without Django, once a folder, from the folder that is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from droitfil.lawbook import load_law
from droitfil.lawbook.loading import ENVIRONMENT

LAW = Path(__file__).resolve().parents[2] / "law"

COLD = """
import sys
import droitfil.lawbook
droitfil.lawbook.load_law()
print(sorted(name for name in sys.modules if name.split(".")[0] in ("django", "babel")))
"""


def test_a_cold_process_loads_the_law_without_django_or_babel() -> None:
    """What keeps the command quick; its speed itself is measured by ``make bench``."""
    done = subprocess.run([sys.executable, "-c", COLD], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_law_is_read_once_a_folder(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LAW, tmp_path / "law"))
    assert load_law() is load_law(LAW)
    assert load_law(folder) is load_law(folder / ".." / "law")
    assert load_law(folder) is not load_law()


def test_another_folder_is_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(LAW, tmp_path / "law"))
    file = folder / "parameters.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("{opens: 120, closes: 60}", "{opens: 150, closes: 60}"), "utf-8")
    monkeypatch.setitem(os.environ, ENVIRONMENT, str(folder))
    law = load_law()
    assert law.parameters["window_listed_days"].values[0].value["opens"] == 150
    assert law.version != load_law(LAW).version


def test_the_version_follows_every_file(tmp_path: Path) -> None:
    versions = {load_law(LAW).version}
    for name in ("titles", "parameters", "rules", "calendar", "codes"):
        folder = Path(shutil.copytree(LAW, tmp_path / name))
        with (folder / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write("\n# relu\n")
        versions.add(load_law(folder).version)
    assert len(versions) == 6


def test_nobody_changes_the_law_by_reading_it() -> None:
    law = load_law()
    with pytest.raises(TypeError):
        law.titles["X"] = law.titles["L421-1"]  # type: ignore[index]
    with pytest.raises(TypeError):
        law.rules["R432-2"].says["default"] = "autre"  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        law.titles["L421-1"].work = "none"  # type: ignore[misc]


def test_every_rule_named_by_titles_and_parameters_exists() -> None:
    law = load_law()
    assert {title.work_rule for title in law.titles.values()} <= set(law.rules)
