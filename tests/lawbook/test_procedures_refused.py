"""A broken file of law/procedures is refused with its file, line, field and what would be right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from droitfil.lawbook import LawError, load_law
from droitfil.lawbook.procedures import load_procedures
from tests.lawbook.broken_procedures import CASES, ESSAI, SHARED, Broken

LAW = Path(__file__).resolve().parents[2] / "law"


def folder_with(tmp_path: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """A copy of the law with the procedure « essai », one text of it replaced."""
    folder = tmp_path / "law"
    shutil.copytree(LAW, folder, ignore=shutil.ignore_patterns("cases"))
    essai = folder / "procedures" / "essai.yaml"
    essai.write_text(ESSAI, "utf-8")
    if old:
        for path in (essai, folder / "procedures" / "blocks.yaml"):
            text = path.read_text("utf-8")
            if old in text and (path.stem == "essai" or file == SHARED):
                path.write_text(text.replace(old, new, 1), "utf-8")
                return folder
        raise AssertionError(f"{old!r} stands nowhere")
    return folder


def test_the_trial_procedure_is_right_before_it_is_broken(tmp_path: Path) -> None:
    found = load_procedures(folder_with(tmp_path))["essai"]
    assert [version.start.isoformat() for version in found.versions] == ["2025-06-16"]
    assert found.versions[0].question("housed_since") is None
    assert found.versions[0].question("since") is not None


@pytest.mark.parametrize("broken", CASES.values(), ids=list(CASES))
def test_a_broken_file_is_refused_with_what_would_be_right(broken: Broken, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, broken.file, broken.old, broken.new)
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    error = refused.value
    assert error.file == f"law/procedures/{broken.file}.yaml"
    assert error.field == broken.field
    assert error.value == broken.value
    assert broken.right in error.right
    assert str(error).endswith((".", "?"))
    assert error.line is not None
    lines = (folder / "procedures" / f"{broken.file}.yaml").read_text("utf-8").splitlines()
    wanted = broken.at or broken.new.strip().split("\n")[0]
    if broken.new and broken.field:
        assert wanted in lines[error.line - 1], (error.line, lines[error.line - 1])


def test_the_project_itself_is_refused_when_a_shared_piece_is_broken(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "procedures" / "essai.yaml").unlink()
    blocks = folder / "procedures" / "blocks.yaml"
    blocks.write_text(blocks.read_text("utf-8").replace("card_asked == ", "card_wanted == "))
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    assert refused.value.file == "law/procedures/blocks.yaml"
    assert "card_wanted" in str(refused.value)


def test_a_law_without_procedures_says_what_is_missing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    shutil.rmtree(folder / "procedures")
    load_law(folder)
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    assert "blocks.yaml" in str(refused.value)
    (folder / "procedures").mkdir()
    shutil.copy(LAW / "procedures" / "blocks.yaml", folder / "procedures")
    with pytest.raises(LawError) as empty:
        load_procedures(folder)
    assert "aucune démarche" in str(empty.value)


def test_versions_must_follow_one_another(tmp_path: Path) -> None:
    again = ESSAI[ESSAI.index("  - from:") :]
    folder = folder_with(tmp_path)
    essai = folder / "procedures" / "essai.yaml"
    essai.write_text(ESSAI + again, "utf-8")
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    assert refused.value.field == "versions[1].from"
    assert "rangez les versions" in str(refused.value)


def test_a_shared_page_that_changes_makes_a_version_of_each_that_includes_it(
    tmp_path: Path,
) -> None:
    folder = folder_with(tmp_path)
    essai = folder / "procedures" / "essai.yaml"
    later = ESSAI[ESSAI.index("  - from:") :].replace("2025-06-16", "2026-06-01")
    text = (ESSAI + later).replace(
        "      - id: work\n",
        "      - include: integration\n      - include: language\n      - id: work\n",
    )
    essai.write_text(text, "utf-8")
    found = load_procedures(folder)["essai"].versions
    assert [version.id for version in found] == [
        "essai@2025-06-16",
        "essai@2026-01-01",
        "essai@2026-06-01",
    ]
    assert [version.piece("civic_exam") is not None for version in found] == [False, True, True]


def test_a_page_asked_before_it_exists_is_refused(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        SHARED,
        "      - from: null\n      - from: 2026-01-01\n",
        "      - from: 2026-01-01\n",
    )
    essai = folder / "procedures" / "essai.yaml"
    essai.write_text(
        ESSAI.replace("include: address\n        without: [housed_since]", "include: language"),
        "utf-8",
    )
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    assert "n'existe pas encore le 2025-06-16" in str(refused.value)
    assert refused.value.file == "law/procedures/essai.yaml"


def test_a_child_waits_for_no_paper(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    file = folder / "procedures" / "document-circulation-mineur.yaml"
    file.write_text(file.read_text("utf-8").replace("[DCEM]", "[API, ADF]"), "utf-8")
    with pytest.raises(LawError) as refused:
        load_procedures(folder)
    assert refused.value.field == "versions[0].outputs"
    assert "écrivez DCEM seul" in str(refused.value)


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    guide = (LAW.parent / "docs" / "procedures.md").read_text("utf-8")
    example = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    folder = folder_with(tmp_path)
    (folder / "procedures" / "essai.yaml").unlink()
    (folder / "procedures" / "renouvellement-exemple.yaml").write_text(example, "utf-8")
    found = load_procedures(folder)["renouvellement-exemple"]
    assert found.versions[0].piece("work_authorisation") is not None
