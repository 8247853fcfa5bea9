"""``droitfil law``: a jurist finds the article, the value in force, its history, the doubts."""

from __future__ import annotations

import pytest

from droitfil.lawbook import load_law
from tests.cli.conftest import Run

LAW = load_law()
WIDTH = 80


def test_a_parameter_shows_its_values_in_force_past_and_sure_or_not(run: Run) -> None:
    shown = run("law", "show", "tax_table").out
    assert "Paramètre tax_table : Taxes et droits de timbre" in shown
    assert "Article : L436-1" in shown
    assert shown.index("depuis le 1er mai 2026") < shown.index("depuis toujours")
    assert "stamp : 50" in shown
    assert "stamp : 25" in shown
    assert "S, lu de seconde main" in shown
    # The head tells how sure the value in force is; each value tells its own.
    assert "Confiance : S" in shown
    assert "L436-7] V, lu dans le texte" in " ".join(shown.split())


@pytest.mark.parametrize("name", ["R431-5", "r431-5", "R. 431-5", "R*431-5"])
def test_an_article_shows_its_rules_and_parameters_however_it_is_written(
    run: Run, name: str
) -> None:
    shown = run("law", "show", name).out
    assert "Règle R431-5-1-listed" in shown
    assert "Paramètre window_listed_days" in shown


@pytest.mark.parametrize("name", ["L421-1", "salarie"])
def test_a_title_shows_by_article_or_short_name(run: Run, name: str) -> None:
    shown = run("law", "show", name).out
    assert "Titre L421-1 : Carte « salarié »" in shown
    assert "Travail : permis (règle L414-10)" in shown


@pytest.mark.parametrize("name", [*LAW.titles, *LAW.rules, *LAW.parameters])
def test_every_name_of_the_law_can_be_shown(run: Run, name: str) -> None:
    ran = run("law", "show", name)
    assert ran.status == 0
    assert name in ran.out


@pytest.mark.parametrize("name", list(LAW.rules))
def test_the_holes_of_a_sentence_are_named_in_french(run: Run, name: str) -> None:
    shown = run("law", "show", name).out
    assert "{" not in shown
    assert "[…]" not in shown


def test_a_rule_shows_its_sentence_with_words_for_its_dates(run: Run) -> None:
    shown = " ".join(run("law", "show", "R431-4").out.split())
    assert "se dépose du [premier jour] au [dernier jour]" in shown
    assert "Dit (" not in shown


@pytest.mark.parametrize("name", ["renouvellement-salarie", "L421-1"])
def test_a_procedure_shows_its_questions_and_pieces_with_their_conditions(
    run: Run, name: str
) -> None:
    shown = run("law", "show", name).out
    assert "Démarche renouvellement-salarie : Renouveler une carte « salarié »" in shown
    assert "Voie : au guichet" in shown
    assert "work_situation : Quelle est votre situation de travail ?" in shown
    assert "pièce unemployment_rights" in shown
    assert "si work_situation == 'lost_job'" in " ".join(shown.split())


def test_a_procedure_is_found_by_a_name_nearly_right(run: Run) -> None:
    assert (
        "vouliez-vous « renouvellement-salarie »" in run("law", "show", "renouvellement-salari").err
    )


def test_a_piece_that_nobody_vouches_for_is_listed_as_uncertain(run: Run) -> None:
    shown = " ".join(run("law", "uncertain").out.split())
    assert "pièce passport_request : Preuve de la demande d'un passeport" in shown
    assert "R, de mémoire ; à confirmer par la préfecture." in shown
    assert "pièce employment_contract" not in shown


def test_an_unknown_name_is_refused_with_the_nearest_one(run: Run) -> None:
    ran = run("law", "show", "tax_tabel")
    assert (ran.status, ran.out) == (2, "")
    assert "vouliez-vous" in run("law", "show", "tax_tabl").err
    assert "ne nomme ni article, ni titre, ni règle, ni paramètre" in ran.err


def test_everything_uncertain_is_listed_with_its_sentence(run: Run) -> None:
    shown = "\n" + run("law", "uncertain").out
    for parameter in LAW.parameters.values():
        assert (f"\n{parameter.name} : " in shown) == (
            "U" in {parameter.confidence, *(dated.confidence for dated in parameter.values)}
        )
    for rule in LAW.rules.values():
        assert (f"règle {rule.id} :" in shown) == (rule.confidence == "U")
    first_words = LAW.parameters["late_fee_trigger"].says.split()[:4]
    assert " ".join(first_words) in shown
