"""The sentences of ``droitfil verify``: French, for a terminal, without Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from droitfil.attestations.answers import Answer, Fault, Said, Standing
from droitfil.attestations.documents import PARIS, Flaw
from droitfil.attestations.trust import Trust
from droitfil.rules.facts import Work
from droitfil.rules.sentences import french_date

FAULTS = {
    Fault.NO_CODE: "Aucun code de papier ne s'y lit. Montrez le code entier, net et bien éclairé.",
    Fault.RECEIPT: "C'est le reçu d'une vérification, authentique, mais pas un papier.",
    Fault.OTHER_CODE: "C'est un 2D-Doc, mais pas celui d'un papier d'étranger de ce format.",
    Fault.UNREADABLE: "Le code ne suit pas son format : il est abîmé ou fabriqué.",
    Fault.UNKNOWN_AUTHORITY: "Il est signé d'une autorité que cette liste ne connaît pas.",
    Fault.UNKNOWN_CERTIFICATE: "Il est signé d'un certificat que cette liste ne connaît pas à "
    "cette date. La liste est peut-être plus ancienne que le papier : téléchargez-la de nouveau.",
    Fault.BAD_SIGNATURE: "La signature n'est pas la bonne : ce qui est écrit a été changé.",
    Fault.NOT_SEALED: "Ce PDF ne porte pas de sceau : ce n'est pas le fichier délivré. Demandez le "
    "fichier d'origine, ou vérifiez une photo du code.",
    Fault.ALTERED: "Ce PDF a été changé depuis qu'il a été scellé, ne serait-ce que d'un octet.",
}
KINDS = {
    "API": "Attestation de prolongation d'instruction",
    "RECEPISSE": "Récépissé de demande de titre de séjour",
    "ADF": "Attestation de décision favorable",
    "DCEM": "Document de circulation pour étranger mineur",
    "COMMISSION": "Document provisoire de séjour",
    "EU_ATTESTATION": "Attestation de demande, famille d'un citoyen de l'Union",
    "FILING": "Attestation de dépôt",
}
WORK = {
    Work.FULL: "peut travailler",
    Work.SIXTY_PERCENT: "peut travailler jusqu'à soixante pour cent d'un temps plein",
    Work.PROBABLE_SIXTY_PERCENT: "peut probablement travailler jusqu'à soixante pour cent d'un "
    "temps plein",
    Work.AUTHORISED_ONLY: "peut travailler avec une autorisation de travail",
    Work.NONE: "pas de droit au travail par ce papier",
}
LIMITS = {
    "with_expired_card": "à présenter avec la carte expirée",
    "as_the_title_says": "travail limité à ce que dit le titre",
}
REASONS = {
    "decision": "une décision a été prise",
    "replaced": "un autre papier le remplace",
    "withdrawn": "la demande a été retirée",
    "error": "il contenait une erreur",
    "lost": "il a été perdu ou volé",
}
FLAWS = {
    Flaw.UNREADABLE: "Ce fichier n'est pas un document JSON lisible.",
    Flaw.UNSIGNED: "Ce document ne porte pas de signature : rien ne prouve qu'il n'a pas changé.",
    Flaw.UNKNOWN_CERTIFICATE: "Il est signé d'un certificat que cette liste ne connaît pas à cette "
    "date. La liste est peut-être plus ancienne que le document : téléchargez-la de nouveau.",
    Flaw.ALTERED: "Ce document a été changé depuis qu'il a été signé, ne serait-ce que d'un octet.",
}
#: The figures of a proof of continuity, in the order of ``droitfil proof``.
TOTALS = {
    "people": "personnes",
    "entitled": "en droit",
    "covered": "  couvertes",
    "not_covered": "  non couvertes",
    "not_entitled": "sans droit ce jour-là",
    "undecided": "indécises",
}


def lines(answer: Answer, trust: Trust) -> list[str]:
    """The whole answer, line by line."""
    if answer.fault is not None:
        return [f"✗ Refusé. {FAULTS[answer.fault]}", _as_known(trust)]
    assert answer.said is not None
    return [
        "✓ Authentique : ce papier a bien été délivré, et n'a pas été changé.",
        *_said(answer.said),
        _standing(answer),
        _as_known(trust),
        *_authorities(trust),
    ]


def lines_of_document(document: Mapping[str, Any], trust: Trust) -> list[str]:
    """What a genuine document is; of a proof of continuity, its figures."""
    made = datetime.fromisoformat(document["made_at"]).astimezone(PARIS)
    said = [f"✓ Authentique : ce document n'a pas changé depuis sa signature ({made:%d/%m/%Y})."]
    if "totals" in document:
        said.append(
            f"  Preuve de continuité du {french_date(date.fromisoformat(document['date']))}"
        )
        said += [f"  {label:<24}{document['totals'][name]:>12}" for name, label in TOTALS.items()]
    return [*said, _as_known(trust), *_authorities(trust)]


def refused_document(flaw: Flaw, trust: Trust) -> list[str]:
    """Why a document is refused."""
    return [f"✗ Refusé. {FLAWS[flaw]}", _as_known(trust)]


def _as_known(trust: Trust) -> str:
    known = trust.known_at.astimezone(PARIS)
    return f"Selon ce qui était connu le {french_date(known.date())} à {known:%H:%M}."


def _authorities(trust: Trust) -> list[str]:
    return [f"Autorité {name} : {print_}" for name, print_ in trust.fingerprints.items()]


def _said(said: Said) -> list[str]:
    if said.kind == "FILING":
        return [f"  {KINDS[said.kind]}, {said.holder}", "  Elle ne prouve aucun droit."]
    until = "sans date de fin" if said.valid_to is None else f"au {french_date(said.valid_to)}"
    stay = "peut séjourner en France" if said.may_stay else "pas de droit au séjour par ce papier"
    limits = [f"  Limite : {LIMITS[limit]}" for limit in said.limits]
    return [
        f"  {KINDS[said.kind]}" + (f", n° {said.reference}" if said.reference else ""),
        f"  Titulaire : {said.holder}",
        f"  Séjour : {stay}",
        f"  Travail : {WORK[Work(said.may_work)]}",
        *limits,
        f"  Du {french_date(said.valid_from)} {until}",
    ]


def _standing(answer: Answer) -> str:
    day, said = french_date(answer.day), answer.said
    assert said is not None
    if answer.standing is Standing.HOLDS:
        return f"✓ Valable le {day}."
    if answer.standing is Standing.NOT_YET:
        return f"✗ Pas encore valable le {day} : à partir du {french_date(said.valid_from)}."
    if answer.standing is Standing.EXPIRED:
        assert said.valid_to is not None
        return f"✗ Plus valable le {day} : fini depuis le {french_date(said.valid_to)}."
    if answer.standing in (Standing.REVOKED, Standing.REPLACED):
        assert answer.ended_on is not None
        why = REASONS.get(answer.reason, answer.reason)
        return f"✗ Plus valable depuis le {french_date(answer.ended_on)} : {why}."
    if answer.standing is Standing.PROVES_NOTHING:
        return "✗ N'ouvre aucun droit, et n'en a jamais ouvert."
    return "✗ Inconnu ici : rien ne peut être dit de sa validité."
