"""Peers: nothing is compared without its notes, nobody wins when answers differ, absence is said.

``recorded/peers.json`` holds what OpenFisca-Core and SpiffWorkflow themselves answered, recorded
from a small run of ``python -m bench pairs`` on invented people: they are not installed here.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import peers
from bench.bars import Bar, number
from bench.peers import environments, ground, measures, questions
from bench.peers.compared import DRAW, OPENFISCA, PEERS, SPIFF, UNKNOWN, US, compared, table
from bench.peers.engines import bits
from bench.peers.environments import NotInstalled, install
from bench.peers.program import Program, Stopped
from bench.processes import ROOT
from droitfil.cases.models import Case
from droitfil.cases.queries import span_on
from droitfil.lawbook import load_law
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.cases.population import Draw
from tests.cases.test_worklist import many
from tests.people.test_pages import signed_in
from tests.personas import TODAY, Personas

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recorded" / "peers.json").read_text(encoding="utf-8")
)


def test_each_question_comes_with_its_notes() -> None:
    assert [peer.package for peer in PEERS] == [
        "spiffworkflow",
        "openfisca-core",
        "django-helpdesk",
    ]
    for peer in PEERS:
        assert peer.version[0].isdigit(), peer.name
        assert peer.better, peer.name
        for question in peer.questions:
            assert question.notes, question.label
            bar = compared(peer, question.name, [0.2, 0.1], [0.01], differences=0)
            assert bar.details is not None
            assert bar.details["notes"] == list(question.notes)
            assert bar.met
            assert not bar.promise


def test_what_was_recorded_comes_from_the_versions_that_are_locked() -> None:
    recorded = RECORDED["recorded"]
    assert recorded["openfisca-core"] == OPENFISCA.version
    assert recorded["spiffworkflow"] == SPIFF.version


def test_the_page_says_what_is_measured_and_what_is_better_elsewhere() -> None:
    page = (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
    for peer in PEERS:
        assert f"{peer.name} {peer.version}" in page
    assert "docs/peers.md" in (ROOT / "README.md").read_text(encoding="utf-8")


# -- who wins


@pytest.mark.parametrize(
    ("theirs", "ours", "differences", "winner"),
    [
        (0.5, 0.01, 0, US),
        (0.01, 0.5, 0, SPIFF.name),
        (0.105, 0.1, 0, DRAW),
        (0.1, 0.105, None, DRAW),
        (0.5, 0.01, 1, UNKNOWN),
    ],
)
def test_nobody_wins_when_answers_differ(
    theirs: float, ours: float, differences: int | None, winner: str
) -> None:
    bar = compared(SPIFF, "due", [theirs, 9], [ours, 9], differences=differences)
    assert bar.details is not None
    assert bar.details["winner"] == winner
    assert bar.figure == (None if differences else pytest.approx(theirs / ours))
    row = next(line for line in table([bar]).splitlines() if "dû ce soir" in line)
    assert winner in row
    assert ("×" in row) is (winner in (US, SPIFF.name))


def test_the_table_tells_every_note_and_what_each_does_better() -> None:
    bars = [
        compared(peer, question.name, [12.3], [0.0012], differences=0)
        for peer in PEERS
        for question in peer.questions
    ]
    said = table(bars)
    for peer in PEERS:
        assert f"{peer.name} {peer.version}" in said
        assert all(note in said for question in peer.questions for note in question.notes)
        assert all(better in said for better in peer.better)
    assert "12,3 s" in said
    assert "1,2 ms" in said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00062, "0,00062"),
        (0.0315, "0,032"),
        (0.3, "0,3"),
        (0, "0"),
        (0.1, "0,1"),
        (17.04, "17,0"),
    ],
)
def test_a_small_ratio_is_not_told_as_nothing(value: float, text: str) -> None:
    assert number(value) == text


# -- when a peer cannot be had


def test_an_install_that_is_refused_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(NotInstalled) as refused:
        install(SPIFF, tmp_path)
    said = str(refused.value)
    assert said.startswith(f"SpiffWorkflow {SPIFF.version} ne s'installe pas ici ; uv dit : « ")
    assert said.endswith(" ». Vérifiez l'accès à PyPI et le disque, puis recommencez.")
    assert "://" not in said
    assert "\n" not in said


def test_without_uv_it_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "UV", tmp_path / "uv")
    with pytest.raises(NotInstalled, match="uv ne se lance pas"):
        install(OPENFISCA, tmp_path)


def test_without_any_peer_each_line_says_so_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environments, "UV", tmp_path / "uv")
    monkeypatch.setattr(ground, "HOME", tmp_path)
    told: list[str] = []
    found = list(peers.bars(told.append))
    assert len(found) == sum(len(peer.questions) for peer in PEERS)
    for bar in found:
        assert bar.figure is None
        assert bar.met
        assert "non mesuré" in bar.line()
    assert not any("dossiers ouverts à écrire" in said for said in told)
    said = capsys.readouterr().out
    assert said.count("non mesuré : ") == len(found)
    assert "ne s'installe pas ici" in said


def test_a_figure_that_is_missing_keeps_no_promise() -> None:
    assert not Bar("wait", "Attente", None, "ms", at_most=300).met


def test_a_peer_that_stops_is_told_and_the_others_go_on(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ground, "HOME", tmp_path)
    ground.keep(6_000, TODAY)
    assert measures.main(["spiffworkflow=/bin/false", "openfisca-core=/bin/false"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    bars = [Bar(**one) for one in said if not isinstance(one, str)]
    assert len(bars) == len(SPIFF.questions) + len(OPENFISCA.questions)
    for bar in bars:
        assert bar.details is not None
        assert bar.details["not_measured"] == "son programme s'est arrêté (sans rien dire)"


@pytest.mark.parametrize("text", ["0", "5999", "1000001", "cent mille", "-7", "١٠٠٠٠"])
def test_a_number_of_cases_that_cannot_be_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASES", text)
    with pytest.raises(SystemExit, match=f"CASES vaut « {text} »"):
        ground.cases_asked()


# -- the programs


_ECHO = """
import os, sys
sys.path.insert(0, {programs!r})
from answering import answer

def tell(word):
    return {{"word": word, "ours": [name for name in os.environ if name.startswith("DROITFIL_")]}}

def fall():
    raise ValueError("Une panne.")

answer("pytest", tell=tell, fall=fall)
"""


def test_a_program_is_asked_by_lines_and_its_last_words_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROITFIL_KEYS", str(tmp_path))
    script = tmp_path / "echo.py"
    script.write_text(_ECHO.format(programs=str(Path(peers.__file__).parent / "programs")))
    with Program(sys.executable, str(script)) as program:
        program.must_be(pytest.__version__)
        assert program.ask("tell", word="dû") == {"word": "dû", "ours": []}
        with pytest.raises(Stopped, match=r"s'est arrêté \(ValueError: Une panne\.\)"):
            program.ask("fall")
        with pytest.raises(Stopped):
            program.ask("tell", word="encore")
    with (
        Program(sys.executable, str(script)) as program,
        pytest.raises(Stopped, match="n'est pas 0"),
    ):
        program.must_be("0")


def test_the_bits_of_openfisca_are_one_a_person() -> None:
    for count in (1, 8, 13):
        yes = [rank % 3 == 0 for rank in range(count)]
        assert bits(np.packbits(yes).tobytes().hex(), count) == yes


# -- the answers


def test_the_kernel_answers_as_openfisca_did() -> None:
    law, day = load_law(), date.fromisoformat(RECORDED["day"])
    told = {True: 0, False: 0}
    for one in RECORDED["people"]:
        said = answer(read_question(one["question"], law), law)
        span = span_on(said, day)
        stays = span is not None and span.stay
        assert stays is one["stays"], one["question"]
        told[stays] += 1
    assert told == {True: 40, False: 20}


def test_what_is_due_is_what_fired_in_spiffworkflow(people: Personas) -> None:
    timers, day = RECORDED["timers"], date.fromisoformat(RECORDED["day"])
    cases = []
    for due in map(date.fromisoformat, timers["due_on"]):
        owed = {"due_on": due, "next_kind": "API", "next_rank": 1, "next_from": due}
        cases += many(people, 1, chain_stop="", **owed)
    found = questions.due_cases(day)
    assert set(found) == {cases[rank].pk for rank in timers["fired"]}
    assert 0 < len(found) < len(cases)


def test_timers_have_passed_for_what_is_due_and_for_nothing_else(
    people: Personas, tmp_path: Path
) -> None:
    Draw(7, TODAY, people).draw(60)
    path = tmp_path / "timers.json"
    cases = questions.timers(path, TODAY)
    present = datetime.now(UTC)
    passed = {
        case
        for case, instant in zip(cases, json.loads(path.read_text()), strict=True)
        if datetime.fromisoformat(instant) < present
    }
    assert passed == set(questions.due_cases(TODAY))
    assert 0 < len(passed) < len(cases)


def test_what_is_kept_says_the_same_as_the_law_asked_again(
    people: Personas, tmp_path: Path
) -> None:
    drawn = Draw(11, TODAY, people).draw(80)
    asked, kept = questions.stays_asked(TODAY), questions.stays_stored(TODAY)
    assert {person: asked[person] for person in kept} == kept
    assert set(kept.values()) == {True, False}
    path = tmp_path / "documents.npz"
    order = questions.documents(path, TODAY)
    assert set(order) == set(asked) >= set(drawn.branches) & set(kept)
    with np.load(path) as arrays:
        today = np.datetime64(TODAY)
        printed = (arrays["valid_from"] <= today) & (today <= arrays["valid_to"])
        held = {order[rank] for rank in set(arrays["holder"][printed].tolist())}
        # Drawn identities fall in any order: the last of them may hold nothing.
        assert set(arrays["holder"].tolist()) <= set(range(len(order)))
        assert (arrays["years"] == 4).any()
    # What is printed is most of what proves, and proves nothing to those whom the kernel refuses.
    assert len({person for person in held if asked[person]}) > len(held) * 0.8


def test_the_list_is_read_from_the_page_as_from_the_base(people: Personas) -> None:
    many(people, 70)
    office = Case.objects.values_list("office", flat=True)[0]
    rows = questions.listed(office)
    client = signed_in(people.nadia)
    first = client.get("/agent").content.decode()
    assert questions.references(first) == [reference for reference, _, _ in rows[:50]]
    rest = client.get("/agent", {"apres": str(questions.place(rows[49]))}).content.decode()
    assert questions.references(rest) == [reference for reference, _, _ in rows[50:]]
    assert len(rows) == 70


def test_tickets_are_written_one_a_row(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    questions.tickets(path, [("91-26-B", second, None), ("91-26-A", first, second)])
    assert path.read_text(encoding="utf-8").split() == [
        "91-26-A,2026-01-01,2026-01-02", "91-26-B,2026-01-02,",
    ]  # fmt: skip
