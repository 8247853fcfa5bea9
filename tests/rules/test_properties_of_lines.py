"""What holds of every line of rights, whatever the situation."""

from __future__ import annotations

import itertools
import json
import random
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from droitfil.lawbook import load_law
from droitfil.rules.answer import plain
from droitfil.rules.law import Law
from droitfil.rules.periods import birthday
from droitfil.rules.question import read_question
from droitfil.rules.rights import TRAVEL_ORDER, WORK_ORDER
from droitfil.rules.timeline import answer
from tests.rules.restated import edges, horizon, right_on, rules_of
from tests.rules.situations import holders_in_time, situations

LAW: Law = load_law()
ANY = situations(LAW)
ONE_DAY = timedelta(days=1)


def ask(question: dict[str, Any]) -> dict[str, Any]:
    return plain(answer(read_question(question, LAW), LAW))


def rights(span: dict[str, Any] | None) -> tuple[Any, ...]:
    if span is None:
        return (False, "none", False, "none")
    return (span["stay"], span["work"], span["social"], span["travel"])


@given(ANY)
def test_spans_are_sorted_joined_and_all_different(question: dict[str, Any]) -> None:
    spans = ask(question)["spans"]
    for before, after in itertools.pairwise(spans):
        assert before["to"] is not None
        assert date.fromisoformat(before["to"]) + ONE_DAY == date.fromisoformat(after["from"])
        changed = [name for name in before if before[name] != after[name]]
        assert set(changed) - {"from", "to"}
    for span in spans:
        assert span["to"] is None or span["from"] <= span["to"]
        assert span["social"] == span["stay"]
        assert span["stay"] or rights(span) == (False, "none", False, "none")
        assert span["stay"] == bool(span["proofs"])


@given(ANY)
def test_gaps_are_the_days_without_stay_up_to_today(question: dict[str, Any]) -> None:
    answered = ask(question)
    today = question["today"]
    without = [
        (span["from"], min(span["to"] or today, today))
        for span in answered["spans"]
        if not span["stay"] and span["from"] <= today
    ]
    gaps = [(gap["from"], gap["to"]) for gap in answered["gaps"]]
    assert sorted(gaps) == gaps
    days = {d for pair in gaps for d in _days(*pair)}
    assert len(days) == sum(len(_days(*pair)) for pair in gaps), "two gaps share a day"
    opened = _gaps_open(question, answered)
    assert days == {
        d for pair in without for d in _days(*pair) if opened is not None and d >= opened
    }
    for before, after in zip(answered["gaps"], answered["gaps"][1:], strict=False):
        joined = date.fromisoformat(before["to"]) + ONE_DAY == date.fromisoformat(after["from"])
        same = all(before[k] == after[k] for k in ("entitled", "why", "remedy", "rule"))
        assert not (joined and same), "one gap cut in two"


def _gaps_open(question: dict[str, Any], answered: dict[str, Any]) -> int | None:
    """First day that can be a gap: after a right to stay or a paper owed, from the 18th birthday;
    never for who holds only a minor's documents, unless a birth date says otherwise."""
    starts = [span["from"] for span in answered["spans"] if span["stay"]]
    starts += [duty["from"] for a in answered["applications"] for duty in a["duties"]]
    if not starts:
        return None
    first = date.fromisoformat(min(starts)).toordinal()
    born = question.get("person", {}).get("born_on")
    if born is not None:
        return max(first, birthday(date.fromisoformat(born), 18).toordinal())
    kinds = {document["kind"] for document in question.get("documents", ())}
    return None if kinds and kinds <= {"DCEM", "TIR"} else first


def _days(first: str, last: str) -> list[int]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return list(range(begins.toordinal(), ends.toordinal() + 1))


@given(ANY)
def test_today_cuts_no_span(question: dict[str, Any]) -> None:
    """Seen from another day, the part of the line both speak of is the same, span by span."""
    for application in question["applications"]:
        # Not filed, or without a printed day, today itself is the fact that is missing.
        if "filed_on" not in application:
            return
    if any("from" not in document for document in question["documents"]):
        return
    here = ask(question)
    for days in (-200, -1, 1, 200):
        moved = date.fromisoformat(question["today"]) + timedelta(days=days)
        there = ask({**question, "today": moved.isoformat()})
        last = min(_listed_until(question, answered) for answered in (here, there))
        for on in [day for day in edges(here, there) if day <= last]:
            one, other = right_on(here, on), right_on(there, on)
            assert rights(one) == rights(other), on
            assert one is not None
            assert other is not None
            assert one["from"] == other["from"], on
            assert one["proofs"] == other["proofs"], on


def _listed_until(question: dict[str, Any], answered: dict[str, Any]) -> date:
    """The line's last day, or the last day of the papers listed of an application still pending:
    the law goes on owing them (or the commission's), the list does not go on naming them."""
    days = [horizon(answered)]
    for asked, given_ in zip(question["applications"], answered["applications"], strict=True):
        duties = given_["duties"]
        if duties and duties[-1]["to"] is not None:
            days.append(date.fromisoformat(duties[-1]["to"]))
        if "commission_on" in asked and "COMMISSION" not in [duty["issue"] for duty in duties]:
            days.append(date.fromisoformat(asked["commission_on"]) - ONE_DAY)
    return min(days)


@given(ANY)
def test_papers_taken_as_issued_never_take_a_right_away(question: dict[str, Any]) -> None:
    bare = ask({**question, "assume_issued": False})
    issued = ask({**question, "assume_issued": True})
    for on in edges(bare, issued):
        if on > horizon(issued):
            continue
        less, more = rights(right_on(bare, on)), rights(right_on(issued, on))
        assert more[0] >= less[0], on
        assert WORK_ORDER[more[1]] >= WORK_ORDER[less[1]], on
        assert TRAVEL_ORDER[more[3]] >= TRAVEL_ORDER[less[3]], on


@given(ANY)
def test_every_rule_an_answer_names_is_explained(question: dict[str, Any]) -> None:
    answered = ask(question)
    explained = {because["rule"] for because in answered["explain"]}
    assert set(rules_of(answered)) <= explained
    for because in answered["explain"]:
        assert because["rule"] in LAW.rules
        assert because["says"]


@given(ANY)
def test_an_answer_is_plain_json_and_says_whole_sentences(question: dict[str, Any]) -> None:
    for language in ("fr", "en"):
        asked = {**question, "language": language}
        answered = ask(asked)
        written = json.dumps(answered, ensure_ascii=False, allow_nan=False)
        assert json.loads(written) == answered
        assert written == json.dumps(ask(asked), ensure_ascii=False), "asked twice, two answers"
        for sentence in sentences(answered):
            assert "{" not in sentence
            assert "None" not in sentence, sentence


def sentences(answered: dict[str, Any]) -> list[str]:
    rows = [*answered["explain"], *answered["warnings"]]
    for application in answered["applications"]:
        rows += application["conditions"]
    found = [row[key] for row in rows for key in ("says", "said") if key in row]
    return found + [gap["why"] for gap in answered["gaps"]]


@given(ANY, st.integers(0, 999))
def test_the_order_of_documents_and_applications_is_irrelevant(
    question: dict[str, Any], seed: int
) -> None:
    shuffled = dict(question)
    order = random.Random(seed)
    for field in ("documents", "applications"):
        shuffled[field] = order.sample(question[field], len(question[field]))
    here, there = ask(question), ask(shuffled)
    assert [s["from"] for s in here["spans"]] == [s["from"] for s in there["spans"]]
    for one, other in zip(here["spans"], there["spans"], strict=True):
        assert rights(one) == rights(other)
        assert set(one["proofs"]) == set(other["proofs"])
    by_id = {application["id"]: application for application in there["applications"]}
    for application in here["applications"]:
        assert application == by_id[application["id"]]
    assert _owed_days(here) == _owed_days(there)
    assert sorted(map(str, here["lapses"])) == sorted(map(str, there["lapses"]))


def _owed_days(answered: dict[str, Any]) -> dict[int, tuple[Any, ...]]:
    return {
        day: (gap["entitled"], gap["remedy"])
        for gap in answered["gaps"]
        for day in _days(gap["from"], gap["to"])
    }


@given(holders_in_time(LAW), st.integers(0, 60))
@settings(max_examples=settings.default.max_examples * 2)
def test_filing_earlier_inside_the_window_never_gives_fewer_rights(
    question: dict[str, Any], sooner: int
) -> None:
    application = question["applications"][0]
    later = ask(question)
    window = later["applications"][0]["window"]
    if window is None or window["from"] is None:
        return
    filed = date.fromisoformat(application["filed_on"])
    earlier = max(filed - timedelta(days=sooner), date.fromisoformat(window["from"]))
    asked = {**application, "filed_on": earlier.isoformat()}
    first = ask({**question, "applications": [asked]})
    assert first["applications"][0]["timing"] == later["applications"][0]["timing"] == "in_time"
    last = min(horizon(first), horizon(later))
    for on in [day for day in edges(first, later) if day <= last]:
        more, less = rights(right_on(first, on)), rights(right_on(later, on))
        assert more[0] >= less[0], on
        assert WORK_ORDER[more[1]] >= WORK_ORDER[less[1]], on
