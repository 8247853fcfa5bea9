"""A trial procedure that is right, and each way of breaking it with what must be said."""

from __future__ import annotations

from typing import NamedTuple

ESSAI = """\
code: essai
title: L421-3
request: renewal
versions:
  - from: 2025-06-16
    channel: counter
    holds: [CST]
    outputs: [RECEPISSE, ADF]
    label: "Un essai"
    summary: "Un essai."
    prepare: "Rien à préparer."
    pages:
      - include: address
        without: [housed_since]
      - id: work
        label: "Le travail"
        questions:
          - id: job
            asks: choice
            label: "Quel emploi ?"
            choices:
              - {value: same, label: "Le même"}
              - {value: other, label: "Un autre"}
          - id: since
            asks: date
            label: "Depuis quand ?"
            past: true
            when: "job == 'other'"
        pieces:
          - code: contract
            label: "Contrat"
            why: "Montrer l'emploi."
            article: L421-3
            when: "job == 'other' and housing != 'hotel'"
            accepts:
              - {code: signed_contract, label: "Contrat signé"}
"""
SHARED = "blocks"


class Broken(NamedTuple):
    """``old`` becomes ``new`` in the procedure « essai », or in the shared pages."""

    old: str
    new: str
    field: str
    value: str
    right: str
    file: str = "essai"
    at: str = ""  # a text of the line that is named, when it is not the one written


CASES = {
    "another name than the file's": Broken(
        "code: essai", "code: esai", "code", "esai", "écrivez essai"
    ),
    "a title unknown": Broken("title: L421-3", "title: L421-99", "title", "L421-99", "titles.yaml"),
    "a request unknown": Broken(
        "request: renewal", "request: again", "request", "again", "first, renewal ou change"
    ),
    "a request that another procedure answers": Broken(
        "title: L421-3",
        "title: L421-1",
        "title",
        "L421-1",
        "essai ; ajoutez-y une version",
        file="renouvellement-salarie",
    ),
    "no version": Broken(
        ESSAI[ESSAI.index("versions:") :], "versions: []\n", "versions", "", "au moins une valeur"
    ),
    "a date that is none": Broken(
        "from: 2025-06-16", "from: bientôt", "versions[0].from", "bientôt", "AAAA-MM-JJ"
    ),
    "a channel unknown": Broken(
        "channel: counter", "channel: post", "versions[0].channel", "post", "teleservice ou counter"
    ),
    "a channel that the list contradicts": Broken(
        "channel: counter",
        "channel: teleservice",
        "versions[0].channel",
        "teleservice",
        "listed_titles de parameters.yaml ce jour-là ; écrivez counter",
    ),
    "a paper of the other channel": Broken(
        "outputs: [RECEPISSE, ADF]",
        "outputs: [API, ADF]",
        "versions[0].outputs",
        "API, ADF",
        "écrivez RECEPISSE, pas API",
    ),
    "a card that the title does not have": Broken(
        "holds: [CST]", "holds: [CST, CR]", "versions[0].holds[1]", "CR", "il y a CST, VLS_TS"
    ),
    "a renewal of nothing": Broken(
        "holds: [CST]", "holds: []", "versions[0].holds", "", "part d'un document ; nommez-le"
    ),
    "a ground unknown": Broken(
        "outputs: [RECEPISSE, ADF]",
        "outputs: [RECEPISSE, ADF]\n    basis: turning_19",
        "versions[0].basis",
        "turning_19",
        "turning_18",
        at="basis: turning_19",
    ),
    "a proposal on an answer": Broken(
        "outputs: [RECEPISSE, ADF]",
        "outputs: [RECEPISSE, ADF]\n    proposed_when: \"job == 'same'\"",
        "versions[0].proposed_when",
        "job",
        "ni un fait connu",
        at="proposed_when",
    ),
    "a page shared by half": Broken(
        "        without: [housed_since]",
        "        without: [housed_since]\n        shared: oui",
        "versions[0].pages[0].shared",
        "oui",
        "true",
        at="shared: oui",
    ),
    "a field unknown": Broken(
        '    label: "Un essai"\n',
        '    lable: "Un essai"\n',
        "versions[0].lable",
        "lable",
        "les champs sont from, channel",
    ),
    "a field missing": Broken(
        '    summary: "Un essai."\n', "", "versions[0]", "", "« summary » manque", at="- from:"
    ),
    "no page": Broken(
        ESSAI[ESSAI.index("    pages:") :],
        "    pages: []\n",
        "versions[0].pages",
        "",
        "au moins une valeur",
    ),
    "a shared page unknown": Broken(
        "include: address",
        "include: adress",
        "versions[0].pages[0].include",
        "adress",
        "il y a identity, address",
    ),
    "a part left out that is not there": Broken(
        "without: [housed_since]",
        "without: [housed_sine]",
        "versions[0].pages[0].without[0]",
        "housed_sine",
        "n'est pas dans address",
    ),
    "a part left out that others need": Broken(
        "without: [housed_since]",
        "without: [housing]",
        "blocks.address.versions[0].questions[2].when",
        "housing",
        "ni une question posée avant",
        file=SHARED,
        at="when: \"housing == 'hosted'\"",
    ),
    "a page twice": Broken(
        "      - id: work\n",
        "      - include: address\n        without: [housed_since]\n      - id: work\n",
        "blocks",
        "address",
        "deux fois",
        file=SHARED,
        at="blocks:",
    ),
    "a question's name that is no name": Broken(
        "id: job", "id: Emploi", "versions[0].pages[1].questions[0].id", "Emploi", "minuscules"
    ),
    "a question's name that is a word of the language": Broken(
        "id: since", "id: not", "versions[0].pages[1].questions[1].id", "not", "minuscules"
    ),
    "a question that takes a fact's name": Broken(
        "id: since",
        "id: filing.on",
        "versions[0].pages[1].questions[1].id",
        "filing.on",
        "minuscules",
    ),
    "a question twice": Broken(
        "id: since",
        "id: host_name",
        "versions[0].pages[1].questions[1].id",
        "host_name",
        "nomme déjà une question",
    ),
    "an answer of no kind": Broken(
        "asks: date",
        "asks: day",
        "versions[0].pages[1].questions[1].asks",
        "day",
        "boolean, choice",
    ),
    "a choice without choices": Broken(
        "asks: date\n",
        "asks: choice\n",
        "versions[0].pages[1].questions[1].asks",
        "choice",
        "attend une liste choices",
    ),
    "choices where there is no choice": Broken(
        "asks: choice",
        "asks: boolean",
        "versions[0].pages[1].questions[0].asks",
        "boolean",
        "n'a pas de choices",
    ),
    "a choice twice": Broken(
        "value: other",
        "value: same",
        "versions[0].pages[1].questions[0].choices[1].value",
        "same",
        "est écrit deux fois",
        at='label: "Un autre"',
    ),
    "bounds on a date": Broken(
        "past: true",
        "most: 3",
        "versions[0].pages[1].questions[1].most",
        "most",
        "ne convient pas à date",
    ),
    "a past that is no date's": Broken(
        '            label: "Quel emploi ?"\n',
        '            label: "Quel emploi ?"\n            past: true\n',
        "versions[0].pages[1].questions[0].past",
        "past",
        "ne convient pas à choice",
        at="past: true",
    ),
    "bounds the wrong way round": Broken(
        "            asks: date\n",
        "            asks: integer\n            least: 5\n            most: 3\n",
        "versions[0].pages[1].questions[1].past",
        "past",
        "ne convient pas à integer",
        at="past: true",
    ),
    "a condition that names nothing": Broken(
        "job == 'other'\"",
        "jobb == 'other'\"",
        "versions[0].pages[1].questions[1].when",
        "jobb",
        "vouliez-vous « job »",
    ),
    "a condition on a later question": Broken(
        '            label: "Quel emploi ?"\n',
        '            label: "Quel emploi ?"\n            when: "known(since)"\n',
        "versions[0].pages[1].questions[0].when",
        "since",
        "posée avant",
        at="known(since)",
    ),
    "a condition on a value that is not there": Broken(
        "job == 'other' and",
        "job == 'othr' and",
        "versions[0].pages[1].pieces[0].when",
        "othr",
        "il y a same, other",
    ),
    "a condition of a way that cannot be read": Broken(
        'label: "Contrat signé"}',
        'label: "Contrat signé", when: "job =="}',
        "versions[0].pages[1].pieces[0].accepts[0].when",
        "fin",
        "écrivez un nom ou une valeur",
    ),
    "a piece without why": Broken(
        '            why: "Montrer l\'emploi."\n',
        "",
        "versions[0].pages[1].pieces[0]",
        "",
        "« why » manque",
        at="- code: contract",
    ),
    "an article written with a point": Broken(
        "article: L421-3",
        "article: L.421-3",
        "versions[0].pages[1].pieces[0].article",
        "L.421-3",
        "sans point",
    ),
    "a piece that takes another's code": Broken(
        "code: contract",
        "code: host_identity",
        "versions[0].pages[1].pieces[0].code",
        "host_identity",
        "nomme déjà une pièce",
    ),
    "a way that takes a piece's code": Broken(
        "code: signed_contract",
        "code: contract",
        "versions[0].pages[1].pieces[0].accepts[0].code",
        "contract",
        "nomme déjà une pièce",
        at='label: "Contrat signé"',
    ),
    "a form unknown": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            forms: [fax]\n",
        "versions[0].pages[1].pieces[0].forms[0]",
        "fax",
        "copy, original, signed ou data",
        at="forms: [fax]",
    ),
    "a moment unknown": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            due: later\n",
        "versions[0].pages[1].pieces[0].due",
        "later",
        "filing ou handover",
        at="due: later",
    ),
    "an age that is no length": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            max_age: 6\n",
        "versions[0].pages[1].pieces[0].max_age",
        "6",
        "un nombre suivi de y, m ou d",
        at="max_age: 6",
    ),
    "no copy at all": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            count: 0\n",
        "versions[0].pages[1].pieces[0].count",
        "0",
        "au moins 1",
        at="count: 0",
    ),
    "a confidence that nothing explains": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            confidence: S\n",
        "versions[0].pages[1].pieces[0].confidence",
        "S",
        "n'a ni sources ni note",
        at="confidence: S",
    ),
    "a confidence unknown": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            confidence: X\n",
        "versions[0].pages[1].pieces[0].confidence",
        "X",
        "V, S, R ou U",
        at="confidence: X",
    ),
    "a source that is not listed": Broken(
        "            article: L421-3\n",
        "            article: L421-3\n            sources: [A11]\n",
        "versions[0].pages[1].pieces[0].sources[0]",
        "A11",
        "n'est pas une source de blocks.yaml",
        at="sources: [A11]",
    ),
    "not YAML": Broken("    pages:\n", "    pages: [\n", "", "", "ce n'est pas du YAML valable"),
    "a field twice": Broken(
        "code: essai\n", "code: essai\ncode: essai\n", "code", "", "est écrit deux fois"
    ),
    "a shared version without order": Broken(
        "      - from: 2026-01-01\n",
        "      - from: null\n",
        "blocks.language.versions[1].from",
        "null",
        "null seulement pour la première",
        file=SHARED,
        at="",
    ),
    "a shared field unknown": Broken(
        '    help: "Il désigne',
        '    hlep: "Il désigne',
        "blocks.address.hlep",
        "hlep",
        "les champs sont label",
        file=SHARED,
    ),
    "a shared condition that a procedure cannot answer": Broken(
        "housing == 'hosted' and not host_address_current",
        "housing == 'hosted' and not job_is_current",
        "blocks.address.versions[0].pieces[5].when",
        "job_is_current",
        "ni un fait connu",
        file=SHARED,
    ),
}
