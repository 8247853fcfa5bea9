"""A question is taken as written: nothing is guessed, what cannot be sure is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droitfil.lawbook.reading import MOST_BYTES, Unreadable, read_documents, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2025-06-30", "2025-06-30"),
        ("'2025-06-30'", "2025-06-30"),
        ("2025-02-30", "2025-02-30"),
        ("2025-06-30T10:00:00Z", "2025-06-30T10:00:00Z"),
        ("01", "01"),
        ("91", "91"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1.5", "1.5"),
        (".inf", ".inf"),
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("true", True),
        ("false", False),
        ("'true'", "true"),
        ('"null"', "null"),
        ("null", None),
        ("~", None),
        ("", None),
        ("''", ""),
        ("[]", []),
        ("{}", {}),
        ("[a, 01, true]", ["a", "01", True]),
        ("|\n  deux\n  lignes\n", "deux\nlignes\n"),
    ],
)
def test_a_yaml_scalar_is_what_is_written(text: str, value: Any) -> None:
    assert read_documents(f"champ: {text}") == [{"champ": value}]


def test_no_key_of_the_contract_is_read_as_a_boolean() -> None:
    assert read_documents("on: 1\nyes: 2\nno: 3\n<<: 4") == [
        {"on": "1", "yes": "2", "no": "3", "<<": "4"}
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"a": "01", "b": true, "c": null, "d": [1, {"e": "x"}]}',
            {"a": "01", "b": True, "c": None, "d": [1, {"e": "x"}]},
        ),
        ('\ufeff {"a": "é"}', {"a": "é"}),
        ('{\n\t"a": "b"\n}', {"a": "b"}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"a": "2025-06-30"}', {"a": "2025-06-30"}),
    ],
)
def test_json_is_read_as_json(text: str, value: Any) -> None:
    assert read_documents(text) == [value]
    assert read_json(text) == value


def test_yaml_between_braces_is_read_too() -> None:
    assert read_documents("{today: 2025-06-30, person: {lives_in: 01}}") == [
        {"today": "2025-06-30", "person": {"lives_in": "01"}}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n---\na: 2\n",
        "---\na: 1\n---\na: 2\n",
        "# deux questions\n---\na: 1\n...\n---\na: 2\n",
    ],
)
def test_many_documents_are_read_in_order(text: str) -> None:
    assert read_documents(text) == [{"a": "1"}, {"a": "2"}]


REFUSED = {
    "nothing": ("", "est vide"),
    "spaces": (" \n\t\n", "est vide"),
    "a comment only": ("# rien", "est vide"),
    "a key twice": ("a: 1\nb: 2\na: 3", "Ligne 3, colonne 1 : a : « a » est écrit deux fois"),
    "a key twice, deep": ("p: {x: 1, x: 2}", "p.x : « x » est écrit deux fois"),
    "an anchor": ("a: &x 1", "a : « &x » nomme une valeur"),
    "an alias": ("a: *x", "a : « *x » renvoie à une autre valeur"),
    "an anchor on a list": ("a: &x [1]", "« &x » nomme une valeur"),
    "a tag": ("a: !!int 3", "impose un type"),
    "a tag of Python's": ("a: !!python/object/apply:os.system [ls]", "impose un type"),
    "a list": ("- a", "n'est pas un ensemble de champs"),
    "a text": ("bonjour", "n'est pas un ensemble de champs"),
    "a key that is a list": ("[a]: 1", "un nom de champ doit être un texte simple"),
    "a key that is a mapping": ("? {a: 1}\n: 2", "un nom de champ doit être un texte simple"),
    "a wrong indent": ("a: 1\n  b: 2", "Ligne 2, colonne 4 : ce n'est pas du YAML valable"),
    "an open bracket": ("a: [1, 2", "ce n'est pas du YAML valable"),
    "a tab": ("a:\n\tb: 1", "ce n'est pas du YAML valable"),
    "a control character": ("a: \x00", "ne peut pas être lu"),
    "half a character": ("a: \ud800", "ne peut pas être lu"),
    "half a character, escaped": ('{"a": "\\ud800"}', "ne peut pas être lu"),
    "too deep": ("a: " + "[" * 25 + "]" * 25, "niveaux sont emboîtés"),
    "very deep": ("[" * 30000, "niveaux sont emboîtés"),
    "very deep JSON": ('{"a":' * 5000 + "1" + "}" * 5000, "niveaux sont emboîtés"),
    "too long": ("a: " + "x" * MOST_BYTES, "c'est trop"),
    "too long in bytes": ("a: " + "é" * (MOST_BYTES // 2), "c'est trop"),
    "NaN": ('{"a": NaN}', "« NaN » n'est pas une valeur"),
    "infinity": ('{"a": [-Infinity]}', "« -Infinity » n'est pas une valeur"),
    "a JSON key twice": ('{"a": {"b": 1, "b": 2}}', "a.b : « b » est écrit deux fois"),
    "a JSON list": ("[1]", "n'est pas un ensemble de champs"),
    "the second document": ("a: 1\n---\nb: *x", "Document 2. Ligne 3"),
    "the first of two": ("a: *x\n---\nb: 1", "Document 1. Ligne 1"),
    "a second document that is no question": ("a: 1\n---\n- 2", "Document 2. La question n'est"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_sure_is_refused(case: str) -> None:
    text, says = REFUSED[case]
    with pytest.raises(Unreadable) as refused:
        read_documents(text)
    assert says in refused.value.says
    assert refused.value.says[0].isupper() or refused.value.path
    assert refused.value.says.endswith(".")


def test_a_number_of_json_is_no_text_and_never_too_long_to_read() -> None:
    assert read_documents('{"a": 3}') == [{"a": 3}]
    found = read_documents('{"a": ' + "9" * 6000 + "}")[0]["a"]
    assert not isinstance(found, str | int)


def test_the_refusal_of_one_document_of_many_tells_which() -> None:
    with pytest.raises(Unreadable) as refused:
        read_documents("a: 1\n---\na: 1\n---\na: 1\na: 2")
    assert refused.value.document == 3
    with pytest.raises(Unreadable) as alone:
        read_documents("a: 1\na: 2")
    assert alone.value.document is None


@given(
    st.dictionaries(
        st.text("abcdefgh_", min_size=1),
        st.recursive(
            st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner),
            max_leaves=10,
        ),
    )
)
def test_what_json_can_say_is_read_back(question: dict[str, Any]) -> None:
    assert read_documents(json.dumps(question)) == [question]


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    found: list[dict[str, Any]] = []
    with suppress(Unreadable):
        found = read_documents(text)
    assert all(isinstance(document, dict) for document in found)
