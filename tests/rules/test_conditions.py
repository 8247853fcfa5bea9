"""The language of conditions: what it is worth, what it rests on, what it refuses."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from droitfil.rules.condition_reading import (
    MOST_CHARACTERS,
    MOST_NESTED,
    MOST_NODES,
    Malformed,
    is_name,
    read_condition,
)
from droitfil.rules.conditions import BOOLEAN, DATE, INTEGER, TEXT, Kind, Type

NAMES = {
    "a": BOOLEAN,
    "b": BOOLEAN,
    "n": INTEGER,
    "day": DATE,
    "until": DATE,
    "city": TEXT,
    "housing": Type(Kind.CHOICE, ("tenant", "owner", "hosted")),
    "help": Type(Kind.CHOICES, ("reading", "signing")),
    "document.kind": Type(Kind.CHOICE, ("CST", "CSP")),
}
WORTH = [True, False, None]


def worth(text: str, **values: Any) -> bool | None:
    return read_condition(text, NAMES).evaluate(values).value


def used(text: str, **values: Any) -> tuple[str, ...]:
    return read_condition(text, NAMES).evaluate(values).used


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a", {"a": True}, True),
        ("not a", {"a": True}, False),
        ("housing == 'hosted'", {"housing": "hosted"}, True),
        ("housing != 'hosted'", {"housing": "hosted"}, False),
        ("'hosted' == housing", {"housing": "owner"}, False),
        ("housing in ['tenant', 'owner']", {"housing": "owner"}, True),
        ("housing not in ['tenant', 'owner']", {"housing": "owner"}, False),
        ("help has 'signing'", {"help": ("reading", "signing")}, True),
        ("help has 'signing'", {"help": ()}, False),
        ("n in [1, 2]", {"n": 2}, True),
        ("n >= 2 and n < 4", {"n": 4}, False),
        ("n <= 2", {"n": 2}, True),
        ("n > 2", {"n": 3}, True),
        ("city == 'Évry'", {"city": "Évry"}, True),
        ("city == '1'", {"city": "1"}, True),
        ("city == '('", {"city": "("}, True),
        ("day < until", {"day": date(2025, 1, 1), "until": date(2025, 1, 2)}, True),
        ("day == 2025-01-31", {"day": date(2025, 1, 31)}, True),
        ("a == true", {"a": False}, False),
        ("a or b and false", {"a": True, "b": False}, True),
        ("(a or b) and not (a and b)", {"a": True, "b": True}, False),
        ("known(day)", {}, False),
        ("known(day)", {"day": date(2025, 1, 1)}, True),
    ],
)
def test_what_a_condition_is_worth(text: str, values: Any, expected: bool) -> None:
    assert read_condition(text, NAMES).evaluate(values).value is expected


@pytest.mark.parametrize(
    ("start", "end", "years", "months", "days"),
    [
        (date(2020, 2, 29), date(2021, 2, 28), 1, 12, 365),
        (date(2020, 1, 31), date(2020, 2, 29), 0, 1, 29),
        (date(2007, 6, 15), date(2025, 6, 14), 17, 215, 6574),
        (date(2007, 6, 15), date(2025, 6, 15), 18, 216, 6575),
        (date(2025, 6, 15), date(2025, 6, 15), 0, 0, 0),
        (date(2025, 6, 15), date(2024, 6, 15), -1, -12, -365),
    ],
)
def test_time_between_two_days(start: date, end: date, years: int, months: int, days: int) -> None:
    values = {"day": start, "until": end}
    for unit, count in (("years", years), ("months", months), ("days", days)):
        text = f"{unit}(day, until)"
        if count >= 0:
            assert worth(f"{text} == {count}", **values), unit
        else:
            assert worth(f"{unit}(until, day) == {-count}", **values), unit
            assert worth(f"{text} < 0", **values)


@pytest.mark.parametrize(("a", "b"), list(product(WORTH, WORTH)))
def test_unknown_is_neither_true_nor_false(a: bool | None, b: bool | None) -> None:
    """Kleene's three values: unknown gives way to what decides without it."""
    both = False if False in (a, b) else None if None in (a, b) else True
    either = True if True in (a, b) else None if None in (a, b) else False
    assert worth("a and b", a=a, b=b) is both
    assert worth("a or b", a=a, b=b) is either
    assert worth("not a", a=a) is (None if a is None else not a)


def test_every_comparison_of_the_unknown_is_unknown() -> None:
    for text in (
        "housing == 'owner'",
        "housing in ['owner']",
        "housing not in ['owner']",
        "help has 'reading'",
        "n < 3",
        "years(day, until) > 3",
        "day != until",
    ):
        assert worth(text) is None, text


def test_only_the_names_that_decided_are_told() -> None:
    assert used("a and b", a=True, b=False) == ("b",)
    assert used("a or b", a=True, b=True) == ("a",)
    assert used("a and b and n > 1", a=True, b=True, n=3) == ("a", "b", "n")
    assert used("a or b", a=False, b=False) == ("a", "b")
    assert used("a and b", a=True) == ("b",)
    assert used("a and not a", a=True) == ("a",)
    assert used("years(day, until) > 3", day=date(2020, 1, 1), until=date(2025, 1, 1)) == (
        "day",
        "until",
    )


def test_a_condition_knows_all_it_may_look_at() -> None:
    read = read_condition("a or (housing == 'owner' and known(day)) or a", NAMES)
    assert read.names == ("a", "housing", "day")


@pytest.mark.parametrize(
    ("text", "at", "wrong", "says"),
    [
        ("", 0, "fin", "écrivez un nom ou une valeur"),
        ("a and", 5, "fin", "écrivez un nom ou une valeur"),
        ("a b", 2, "b", "joignez les conditions"),
        ("housng == 'owner'", 0, "housng", "vouliez-vous « housing »"),
        ("nothing_like_it", 0, "nothing_like_it", "ni un fait connu."),
        ("document.knd == 'CST'", 0, "document.knd", "vouliez-vous « document.kind »"),
        ("housing == 'proprio'", 12, "proprio", "il y a tenant, owner, hosted"),
        ("'proprio' == housing", 1, "proprio", "il y a tenant, owner, hosted"),
        ("housing in ['tenant', 'squat']", 23, "squat", "il y a tenant, owner, hosted"),
        ("help has 'writing'", 10, "writing", "il y a reading, signing"),
        ("help == 'reading'", 5, "==", "écrivez has"),
        ("help in ['reading']", 5, "in", "écrivez == ou has"),
        ("housing has 'owner'", 8, "has", "qu'à plusieurs choix"),
        ("help has 3", 9, "3", "n'est pas un texte"),
        ("n == 'deux'", 2, "==", "compare un nombre entier à un texte"),
        ("a == 1", 2, "==", "compare oui ou non à un nombre entier"),
        ("n in ['deux']", 7, "deux", "n'est pas un nombre entier"),
        ("n in []", 6, "]", "n'est pas une valeur"),
        ("n in [1", 7, "fin", "écrivez « ] »"),
        ("city < 'b'", 5, "<", "n'ordonne que des nombres ou des dates"),
        ("n", 0, "n", "vaut un nombre entier, pas oui ou non"),
        ("a and n", 6, "n", "vaut un nombre entier"),
        ("not n", 4, "n", "vaut un nombre entier"),
        ("years(n, day) > 1", 6, "n", "years attend deux dates"),
        ("years(day) > 1", 9, ")", "écrivez « , »"),
        ("(a", 2, "fin", "écrivez « ) »"),
        ("known(3)", 6, "3", "n'est ni une question"),
        ("day == 2025-02-30", 7, "2025-02-30", "n'existe pas dans le calendrier"),
        ("a && b", 2, "&&", "ne se lit pas ici"),
        ("__import__('os')", 0, "__import__('os')", "ne se lit pas ici"),
        ("a.b.c", 0, "a.b.c", "ni un fait connu"),
        ("n == 1234567890123", 5, "1234567890123", "ne se lit pas ici"),
        ("city == 'Évry", 8, "'Évry", "ne se lit pas ici"),
        ("a not b", 6, "b", "écrivez « in »"),
        ("in", 0, "in", "écrivez un nom ou une valeur"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_would_be_right(
    text: str, at: int, wrong: str, says: str
) -> None:
    with pytest.raises(Malformed) as refused:
        read_condition(text, NAMES)
    assert (refused.value.at, refused.value.wrong) == (at, wrong)
    assert says in refused.value.says
    assert refused.value.says.endswith((".", "?"))


def test_a_condition_is_bounded() -> None:
    with pytest.raises(Malformed, match="caractères"):
        read_condition(" " * MOST_CHARACTERS + "a", NAMES)
    with pytest.raises(Malformed, match="niveaux"):
        read_condition("(" * (MOST_NESTED + 1) + "a" + ")" * (MOST_NESTED + 1), NAMES)
    with pytest.raises(Malformed, match="niveaux"):
        read_condition("not " * (MOST_NESTED + 1) + "a", NAMES)
    with pytest.raises(Malformed, match="termes"):
        read_condition(" or ".join("a" for _ in range(MOST_NODES + 1)), NAMES)
    assert worth("(" * MOST_NESTED + "a" + ")" * MOST_NESTED, a=True)


@given(st.text(max_size=60))
@example("a == 'é")
@example("not in")
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    refused = ""
    try:
        read = read_condition(text, NAMES)
    except Malformed as error:
        refused = str(error)
    assert refused.endswith((".", "?")) if refused else read.evaluate({}).value in WORTH


_ATOMS = st.sampled_from(
    ["a", "b", "n < 3", "housing == 'owner'", "help has 'reading'", "known(day)", "day < until"]
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
    ),
    max_leaves=4,
)
_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.booleans(),
        "b": st.booleans(),
        "n": st.integers(0, 5),
        "housing": st.sampled_from(["tenant", "owner"]),
        "help": st.sampled_from([(), ("reading",)]),
        "day": st.dates(date(2025, 1, 1), date(2025, 1, 3)),
        "until": st.dates(date(2025, 1, 1), date(2025, 1, 3)),
    },
)


@given(_CONDITIONS, _VALUES, _VALUES)
def test_an_answer_more_never_contradicts_what_was_decided(
    text: str, values: dict[str, Any], more: dict[str, Any]
) -> None:
    """True and false stay what they are when the unknown becomes known (« known » set aside)."""
    read = read_condition(text.replace("known(day)", "a"), NAMES)
    before = read.evaluate(values).value
    after = read.evaluate({**more, **values}).value
    assert before is None or after is before


@given(_CONDITIONS, _VALUES)
def test_the_names_told_suffice_to_decide(text: str, values: dict[str, Any]) -> None:
    read = read_condition(text, NAMES)
    value, names = read.evaluate(values)
    assert set(names) <= set(read.names)
    told = {name: values[name] for name in names if name in values}
    assert value is None or read.evaluate(told).value is value


@pytest.mark.parametrize(
    ("name", "right"),
    [("housing", True), ("n1_x", True), ("and", False), ("Été", False), ("1a", False), ("", False)],
)
def test_names_a_question_may_bear(name: str, right: bool) -> None:
    assert is_name(name) is right
