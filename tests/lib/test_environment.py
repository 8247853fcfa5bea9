"""Settings from the environment: typed, and refused in a sentence that says what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from droitfil.lib.environment import BadEnvironment, Environment


def env(**variables: str) -> Environment:
    return Environment(variables)


def refusal(environment: Environment, reader: str, *arguments: object, **named: object) -> str:
    with pytest.raises(BadEnvironment) as refused:
        getattr(environment, reader)(*arguments, **named)
    return str(refused.value)


def test_a_text_is_trimmed_and_an_empty_one_is_absent() -> None:
    assert env(A="  b ").text("A") == "b"
    assert env(A="  ").text("A", "défaut") == "défaut"
    assert env().text("A", "défaut") == "défaut"


def test_a_choice_is_one_of_those_given() -> None:
    assert env(A="deux").choice("A", ("un", "deux"), "un") == "deux"
    assert env().choice("A", ("un", "deux"), "un") == "un"
    said = refusal(env(A="prodution"), "choice", "A", ("demo", "production"), "demo")
    assert said == (
        "A vaut « prodution », valeur inconnue (vouliez-vous dire « production » ?). "
        "Valeurs admises : demo, production."
    )
    said = refusal(env(A="zzz"), "choice", "A", ("demo", "production"), "demo")
    assert said == "A vaut « zzz », valeur inconnue. Valeurs admises : demo, production."


@pytest.mark.parametrize(
    ("value", "means"),
    [("1", True), ("oui", True), ("True", True), ("0", False), ("non", False), ("false", False)],
)
def test_a_boolean_is_written_in_few_ways(value: str, means: bool) -> None:
    assert env(A=value).boolean("A", default=not means) is means
    assert env().boolean("A", default=means) is means


@pytest.mark.parametrize("value", ["2", "yes", "o"])
def test_another_boolean_is_refused(value: str) -> None:
    assert refusal(env(A=value), "boolean", "A", False) == (
        f"A vaut « {value} » : écrivez 1 (oui) ou 0 (non)."
    )


def test_an_integer_stays_within_its_bounds() -> None:
    assert env(A="1").integer("A", 4, least=1, most=9) == 1
    assert env(A="9").integer("A", 4, least=1, most=9) == 9
    assert env().integer("A", 4, least=1, most=9) == 4
    for value in ("0", "10", "-1", "2.5", "²", "deux"):
        said = refusal(env(A=value), "integer", "A", 4, least=1, most=9)
        assert said == f"A vaut « {value} » : écrivez un nombre entier de 1 à 9."


def test_words_are_separated_by_commas() -> None:
    assert env(A="a.fr, b.fr ,,").words("A") == ["a.fr", "b.fr"]
    assert env().words("A") == []


def test_a_folder_exists(tmp_path: Path) -> None:
    assert env(A=str(tmp_path)).folder("A") == tmp_path.resolve()
    assert env().folder("A") is None
    assert "n'est pas un dossier" in refusal(env(A=str(tmp_path / "x")), "folder", "A")


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("  mystère \nreste\n", encoding="utf-8")
    assert env(A_FILE=str(file)).secret("A") == "mystère"
    assert env(A="direct").secret("A") == "direct"
    assert env().secret("A") == ""


def test_a_secret_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("\n", encoding="utf-8")
    assert "est vide" in refusal(env(A_FILE=str(file)), "secret", "A")
    assert "ne se lit pas" in refusal(env(A_FILE=str(tmp_path / "x")), "secret", "A")
    said = refusal(env(A="mystère", A_FILE=str(file)), "secret", "A")
    assert said == "A et A_FILE sont donnés tous deux : gardez-en un."


def test_a_database_address_is_read_whole() -> None:
    address = "postgresql://amina:a%40b@base.example:5433/droits?sslmode=require"
    assert env(A=address).database("A") == {
        "NAME": "droits",
        "USER": "amina",
        "PASSWORD": "a@b",
        "HOST": "base.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert env().database("A") is None


def test_a_database_may_have_several_servers() -> None:
    found = env(A="postgresql://u:p@un.example:5432,deux.example:5433/droits").database("A")
    assert found is not None
    assert (found["HOST"], found["PORT"]) == ("un.example,deux.example", "5432,5433")
    assert found["OPTIONS"] == {"target_session_attrs": "read-write"}
    sockets = env(
        A="postgresql://u@%2Frun%2Fa:5432,%2Frun%2Fa:5433/droits?target_session_attrs=any"
    )
    found = sockets.database("A")
    assert found is not None
    assert (found["HOST"], found["PORT"]) == ("/run/a,/run/a", "5432,5433")
    assert found["OPTIONS"] == {"target_session_attrs": "any"}


def test_a_database_may_be_reached_by_a_socket() -> None:
    found = env(A="postgres:///droits?host=/run/postgresql").database("A")
    assert found is not None
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "", {})


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://u:sésame@h/b", "Droitfil ne connaît que PostgreSQL"),
        ("postgresql://u:sésame@h", "ne nomme pas de base"),
        ("postgresql://u:sésame@h:x/b", "ne se lit pas comme une adresse"),
        ("postgresql://u:sésame@h/b?sslmod=x", "« sslmod », inconnue (vouliez-vous dire « sslmode"),
    ],
)
def test_a_bad_database_address_is_refused_without_its_password(address: str, says: str) -> None:
    said = refusal(env(A=address), "database", "A")
    assert says in said
    assert "sésame" not in said


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    environment = env(DROITFIL_HTPS="1", AUTRE="x")
    environment.boolean("DROITFIL_HTTPS", default=False)
    said = refusal(environment, "refuse_unknown", "DROITFIL_", known=["DROITFIL_LAW"])
    assert said == (
        "La variable DROITFIL_HTPS n'existe pas (vouliez-vous dire « DROITFIL_HTTPS » ?). "
        "Variables connues : DROITFIL_HTTPS, DROITFIL_LAW."
    )


def test_known_names_and_those_of_others_are_left_alone() -> None:
    environment = env(DROITFIL_LAW="x", AUTRE="y")
    environment.refuse_unknown("DROITFIL_", known=["DROITFIL_LAW"])
    assert environment.asked == set()


@pytest.mark.parametrize(
    "address", ["https://sms.example/envois", "http://127.0.0.1:8100/messages", "http://[::1]/m"]
)
def test_a_service_is_reached_in_secret_or_on_this_machine(address: str) -> None:
    assert env(A=address).web_service("A") == address
    assert env().web_service("A") == ""


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://sms.example/envois", "en clair"),
        ("ftp://sms.example", "ne nomme pas de service"),
        ("sms.example", "ne nomme pas de service"),
        ("https://u:sésame@sms.example", "sans mot de passe"),
        ("https://sms.example:x", "ne se lit pas comme une adresse"),
        ("http://[::1", "ne se lit pas comme une adresse"),
    ],
)
def test_a_bad_service_is_refused_without_its_password(address: str, says: str) -> None:
    said = refusal(env(A=address), "web_service", "A")
    assert says in said
    assert "sésame" not in said
