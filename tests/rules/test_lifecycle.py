"""The life of a case: what leads where, who may, and that no machine ever refuses anyone."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droitfil.rules.lifecycle import (
    DECISIONS,
    ENDED,
    PENDING,
    TABLE,
    Effect,
    Event,
    NotNow,
    Role,
    State,
    effects_at,
    events,
    moves,
    step,
)
from droitfil.rules.procedure import CHANNELS, COUNTER, TELESERVICE
from droitfil.rules.sentences import FRENCH

AGAINST = frozenset({State.REFUSED, State.CLOSED})
MARIE, AGENT = "person:1", "staff:7"


def by(role: Role) -> str:
    return {Role.PERSON: MARIE, Role.AGENT: AGENT, Role.SYSTEM: ""}[role]


def go(state: State, *acts: tuple[Event, Role], channel: str = TELESERVICE) -> State:
    for event, role in acts:
        state, _ = step(state, event, role, named=by(role), channel=channel)
    return state


def test_a_request_made_online_until_the_card_is_in_hand() -> None:
    assert (
        go(
            State.DRAFT,
            (Event.SAVE, Role.PERSON),
            (Event.SUBMIT, Role.PERSON),
            (Event.TAKE, Role.AGENT),
            (Event.ASK, Role.AGENT),
            (Event.REMIND, Role.SYSTEM),
            (Event.PRODUCE, Role.PERSON),
            (Event.GRANT, Role.AGENT),
            (Event.CARD_ARRIVES, Role.SYSTEM),
            (Event.HAND_OVER, Role.AGENT),
        )
        is State.HANDED_OVER
    )


def test_a_counter_request_is_registered_by_an_agent_and_prints_a_recepisse() -> None:
    with pytest.raises(NotNow) as refused:
        step(State.DRAFT, Event.SUBMIT, Role.PERSON, named=MARIE, channel=COUNTER)
    assert "au guichet" in FRENCH.text(refused.value.says)
    state, effects = step(State.DRAFT, Event.REGISTER, Role.AGENT, named=AGENT, channel=COUNTER)
    assert state is State.SUBMITTED
    assert Effect.PRINT_RECEPISSE in effects_at(effects, COUNTER)
    assert Effect.PRINT_RECEPISSE not in effects_at(effects, TELESERVICE)
    assert Effect.START_CLOCK in effects


def test_asking_for_pieces_suspends_the_clock_and_any_answer_resumes_it() -> None:
    _, asked = TABLE[State.IN_REVIEW, Event.ASK, Role.AGENT]
    assert Effect.SUSPEND_CLOCK in asked
    for (state, _, _), (after, effects) in TABLE.items():
        leaves = state is State.INCOMPLETE and after is not State.INCOMPLETE
        if leaves and after is not State.WITHDRAWN:
            assert Effect.RESUME_CLOCK in effects


def test_a_complement_that_is_overdue_goes_back_to_a_human_never_to_a_closing() -> None:
    after = go(State.INCOMPLETE, (Event.COMPLEMENT_OVERDUE, Role.SYSTEM))
    assert after is State.IN_REVIEW


def test_a_grant_gives_the_adf_and_a_refusal_tells_the_remedies() -> None:
    assert Effect.ISSUE_ADF in TABLE[State.IN_REVIEW, Event.GRANT, Role.AGENT][1]
    for event in (Event.REFUSE, Event.CLOSE):
        effects = TABLE[State.IN_REVIEW, event, Role.AGENT][1]
        assert {Effect.TELL_REMEDIES, Effect.TELL_PERSON, Effect.STOP_CLOCK} <= set(effects)


# -- no machine refuses anyone ---------------------------------------------------------------------


def test_only_an_agent_leads_to_a_refusal_or_a_closing() -> None:
    leading = {key for key, (after, _) in TABLE.items() if after in AGAINST}
    assert leading
    assert {role for _, _, role in leading} == {Role.AGENT}
    assert {event for _, event, _ in leading} == {Event.REFUSE, Event.CLOSE}
    assert {role for _, event, role in TABLE if event in DECISIONS} == {Role.AGENT}


@given(
    st.sampled_from(sorted(State)),
    st.lists(
        st.tuples(st.sampled_from(sorted(Event)), st.sampled_from([Role.SYSTEM, Role.PERSON]))
    ),
)
def test_no_path_without_an_agent_ends_against_the_person(
    state: State, acts: list[tuple[Event, Role]]
) -> None:
    if state in AGAINST:
        return
    for event, role in acts:
        try:
            state, _ = step(state, event, role, named=by(role), channel=TELESERVICE)
        except NotNow:
            continue
        assert state not in AGAINST


def test_the_system_alone_ends_nothing_and_decides_nothing() -> None:
    for start in State:
        reached, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for (state, _, role), (after, _) in TABLE.items():
                if state is here and role is Role.SYSTEM and after not in reached:
                    reached.add(after)
                    todo.append(after)
        assert not (reached - {start}) & (ENDED | {State.GRANTED}), start


@pytest.mark.parametrize("event", sorted(DECISIONS))
@pytest.mark.parametrize("named", ["", "   "])
def test_a_decision_without_a_name_is_refused(event: Event, named: str) -> None:
    with pytest.raises(NotNow) as refused:
        step(State.IN_REVIEW, event, Role.AGENT, named=named, channel=TELESERVICE)
    assert "Personne n'est nommé" in FRENCH.text(refused.value.says)


# -- the whole table -------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("state", "role"), list(product(State, Role)))
def test_what_is_not_in_the_table_is_refused_in_a_sentence(
    state: State, role: Role, channel: str
) -> None:
    may = events(state, role, channel)
    for event in Event:
        if event in may:
            after, _ = step(state, event, role, named=by(role), channel=channel)
            assert after is state or (state, after) in moves()
            continue
        with pytest.raises(NotNow) as refused:
            step(state, event, role, named=by(role), channel=channel)
        says = FRENCH.text(refused.value.says)
        assert says.endswith(".")
        assert "{" not in says


def test_every_state_is_reached_from_a_draft() -> None:
    reached, before = {State.DRAFT}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {after for state, after in moves() if state in reached}
    assert reached == set(State)


def test_what_is_ended_stays_so_but_for_a_refusal_looked_at_again() -> None:
    out = {(state, after) for state, after in moves() if state in ENDED}
    assert out == {(state, State.IN_REVIEW) for state in AGAINST}


def test_a_pending_case_may_always_be_withdrawn_amended_and_moved_by_the_person() -> None:
    for state in PENDING:
        may = events(state, Role.PERSON, COUNTER)
        assert {Event.WITHDRAW, Event.AMEND, Event.ADD_PIECE, Event.MOVE} <= set(may)


def test_a_move_restarts_no_clock_and_voids_no_paper() -> None:
    moved = [effects for (_, event, _), (_, effects) in TABLE.items() if event is Event.MOVE]
    assert moved
    for effects in moved:
        assert not {Effect.START_CLOCK, Effect.STOP_CLOCK, Effect.VOID_PAPERS} & set(effects)


def test_whoever_has_no_right_to_act_is_told_who_has() -> None:
    for state, event, role, says in (
        (State.SUBMITTED, Event.WITHDRAW, Role.AGENT, "Seule la personne qui demande"),
        (State.IN_REVIEW, Event.REFUSE, Role.SYSTEM, "Seul un agent"),
        (State.SUBMITTED, Event.TAKE, Role.PERSON, "n'est pas le vôtre"),
        (State.HANDED_OVER, Event.SUBMIT, Role.PERSON, "La carte a été remise"),
        (State.INCOMPLETE, Event.ASK, Role.AGENT, "Des pièces ont été demandées"),
    ):
        with pytest.raises(NotNow) as refused:
            step(state, event, role, named="x", channel=TELESERVICE)
        assert says in FRENCH.text(refused.value.says)
