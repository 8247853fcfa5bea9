"""titles.yaml and the dated lists, put side by side, are the master table of titles."""

from __future__ import annotations

from datetime import date

import pytest

from droitfil.lawbook import load_law
from droitfil.rules.law import Law, Title

#: Before the finance law for 2026: the table's amounts are those of the code as it was read.
READ_ON = date(2025, 7, 15)

#: One row a title, transcribed by hand. A cell that ends with « ? » is uncertain in the source.
#: api rec   work under API, under récépissé, on a first request: Y, with a work authorisation
#:           (WA), with a visa (VLS), after one year (1y)
#: ren       work while a renewal is pending (n/a: the card is not renewed)
#: silence   4 months, or days; after « / » the family of a blue card, then mobility
#: tax1 taxr tax of a first card and of a renewal, in euros, without the stamp (exo: nothing at all)
#: reg       exempt from the régularisation visa    19    to be asked before the 19th birthday
#: com       commission before a refusal            dcem  short document for the child
#: free      no long-stay visa is required for a first card
TABLE = """
code     article    api  rec  ren  silence     tax1  taxr  reg   19    com   dcem  free
salarie  L421-1     WA   WA   Y    4m          200   200   -     -     -     -     -
tt       L421-3     WA   WA   Y    4m          200   200   -     -     -     Y     -
entrep   L421-5     -    -    Y    4m          200   200   -     -     -     -     -
tsq      L421-9     VLS  VLS  Y    4m          200   200   -     -     -     -     -
cbe      L421-11    VLS  VLS  Y    90d/30d     200   200   -     -     -     -     -
med      L421-13-1  VLS  VLS  Y    4m          200   200   -     -     -     -     -
cherch   L421-14    VLS  VLS  Y    60d         200   200   -     -     -     -     -
porteur  L421-16    VLS  VLS  Y    4m          200   200   -     -     -     -     -
mand     L421-19    VLS  VLS  Y    4m          200   200   -     -     -     -     -
art      L421-20    VLS  VLS  Y    4m          200   200   -     -     -     -     -
renom    L421-21    VLS  VLS  Y    4m          200   200   -     -     -     -     -
tfam     L421-22    Y    Y    Y    4m/90d/30d  200   200   -     Y     -     Y?    -
tfamcbe  L421-23    Y    Y    Y    30d         200   200   -     Y     -     -     Y
ict      L421-26    Y    Y    n/a  90d         200   200   -     Y     -     Y     -
ictm     L421-27    Y    Y    Y    90d         200   200   -     Y     -     Y     Y
ictf     L421-28    Y    Y    Y    4m          200   200   -     Y     -     Y     -
ictmf    L421-29    Y    Y    Y    4m          200   200   -     Y     -     Y     Y
sict     L421-30    -    -    n/a  90d         200   200   -     Y     -     Y     -
smict    L421-31    -    -    n/a  90d         200   200   -     Y     -     Y     Y
sictf    L421-32    -    -    Y    4m          200   200   -     Y     -     Y     -
smictf   L421-33    -    -    Y    4m          200   200   -     Y     -     Y     -
sais     L421-34    WA   WA   Y    90d         50    50    -     -     -     -     -
etu      L422-1     -    -    60%  90d         50    50    -     -     -     Y     -
etuc     L422-2     -    -    60%  90d         50    50    -     -     -     Y     Y
etum     L422-5     -    -    60%  90d         50    50    -     -     -     Y     -
etump    L422-6     -    -    60%  90d         50    50    -     -     -     -     -
rece     L422-10    -    Y    n/a  90d         50    50    -     -     -     Y     -
recea    L422-14    Y    Y    n/a? 90d         50    50    -     -     -     Y     -
cf       L423-1     Y    Y    Y    4m          200   200   -     -     Y     -     -
cfs      L423-2     -    -    Y    4m          200   200   -     -     -     -     Y
cfcr     L423-6     Y    Y    Y    4m          200   200   -     -     -     -     Y
pef      L423-7     Y    Y    Y    4m          200   200   -     -     Y     -     Y
pefcr    L423-10    -    -    Y    4m          200   200   -     -     -     -     Y
asc      L423-11    Y    Y    Y    4m          200   200   -     -     Y     -     -
enf      L423-12    Y    Y    Y    4m          200   200   -     -     Y     -     -
nef      L423-13    Y    Y    Y    4m          200   200   -     -     Y     -     Y
rfc      L423-14    Y    Y    Y    4m          50    50    -     Y     Y     -     -
rfe      L423-15    Y    Y    Y    4m          50    50    -     Y     Y     -     -
rfcr     L423-16    Y    Y    Y    4m          200   200   -     -     -     -     Y
j13      L423-21    -    -    Y    4m          200   200   -     Y     Y     -     Y
ase      L423-22    Y    Y    Y    4m          0     200   Y     Y     Y     -     Y
lpf      L423-23    -    -    Y    4m          200   200   -     -     Y     -     Y
ref      L424-1     Y    Y    Y    4m          0     200   Y     Y     Y     -     Y
reff     L424-3     Y    Y    Y    4m          0     200   Y     Y     Y     -     Y
ps       L424-9     Y    Y    Y    4m          0     200   Y     -     -     -     Y
psf      L424-11    Y    Y    Y    4m          0     200   Y     -     -     -     Y
pscr     L424-13    Y    Y    Y    4m          200   200   -     -     Y     -     Y
apa      L424-18    Y    Y    Y    4m          0     200   Y     -     -     -     Y
apaf     L424-19    Y    Y    Y    4m          0     200   Y     -     -     -     Y
apacr    L424-21    Y    Y    Y    4m          200   200   -     Y?    Y     -     Y
teh      L425-1     Y    Y    Y    4m          exo   exo   -     -     -     Y     Y
tehcr    L425-3     Y    Y    Y    4m          exo   exo   -     -     Y     -     Y
op       L425-6     -    -    Y    4m          exo   exo   -     -     -     -     Y
opmf     L425-7     -    -    Y    4m          exo?  exo?  -     -     -     -     Y
opcr     L425-8     -    -    Y    4m          exo   exo   -     -     -     -     Y
soins    L425-9     -    -    Y    4m          0     200   -     -     Y     Y     Y
n217     L426-1     Y    Y    Y    4m          200   200   Y     Y     Y     -     Y
combat   L426-2     Y    Y    Y    4m          0     200   Y     -     Y     -     Y
legion   L426-3     Y    Y    Y    4m          200   200   Y     -     Y     -     Y
rente    L426-5     Y    Y    Y    4m          50    50    -     -     Y     -     Y
rentecr  L426-6     Y    Y    Y    4m          50    50    -     -     Y     -     Y
ayd      L426-7     Y    Y    Y    4m          50    50    -     -     Y     -     Y
retr     L426-8     -    -    N    4m          0     0     -     -     -     -     Y
retrc    L426-9     -    -    N    4m          0     0     -     -     -     -     Y
retcr    L426-10    Y    Y    Y    4m          200   200   -     -     Y     -     Y
rldc     L426-12    -    -    Y    4m          200   200   -     -     -     -     Y
rlde     L426-13    1y   1y   Y    4m          200   200   -     -     -     -     Y
rld      L426-17    -    -    Y    4m          200   200   -     -     -     -     Y
visit    L426-20    -    -    N    4m          200   200   -     -     -     Y     -
aupair   L426-22    -    -    Y    90d         50    50    -     -     -     -     -
stag     L426-23    -    -    N    90d         50    50    -     -     -     Y     -
aes      L435-1     -    -    Y    4m          200   200   -     -     -     -     Y
asef     L435-3     -    -    Y    4m          200   200   -     -     -     -     Y
metier   L435-4     -    -    Y    4m          200   200   -     -     -     -     Y
"""

#: Titles named under the table, without a row of their own.
BESIDE = """
L425-4 L425-10 L426-21 L426-4 L421-2 L421-6 L421-12 L421-25 L424-5 L424-14 L426-11 EU-family
CRA-etudiant CRA-salarie CRA-commercant CRA-visiteur CRA-vpf CRA-7bis CRA-7ter DCEM TVR TIV TVA
"""

COLUMNS, *ROWS = (line.split() for line in TABLE.split("\n") if line)


def row(law: Law, title: Title) -> dict[str, str]:
    """The row of the table that our data make for a title."""
    return {
        "code": title.code,
        "article": title.article,
        "api": _first_work(law, "api_first_work", title),
        "rec": _first_work(law, "recepisse_first_work", title),
        "ren": _while_renewing(law, title),
        "silence": _silence(law, title),
        "tax1": _tax(law, title, "first"),
        "taxr": _tax(law, title, "renewal"),
        "reg": _without_regularisation(law, title),
        "19": _listed(law, "nineteen_titles", title, "nineteen_by_correction"),
        "com": _commission(law, title),
        "dcem": _short_for_a_child(law, title),
        "free": _listed(law, "visa_free_titles", title),
    }


def _listed(law: Law, parameter: str, title: Title, doubtful: str | None = None) -> str:
    sure = title.article in law.value(parameter, READ_ON)
    return "Y" if sure or (doubtful and _counts(law, doubtful, title)) else "-"


def _counts(law: Law, parameter: str, title: Title) -> bool:
    row = law.value(parameter, READ_ON)
    return bool(row["counts"]) and title.article in row["titles"]


def _short_for_a_child(law: Law, title: Title) -> str:
    sure = title.article in law.value("dcem", READ_ON)["short_titles"]
    return "Y" if sure or _counts(law, "dcem_short_by_correction", title) else "-"


def _without_regularisation(law: Law, title: Title) -> str:
    families = law.value("regularisation_exempt_families", READ_ON)
    if title.article in families["titles"]:
        assert _listed(law, "regularisation_exempt_titles", title) == "-"
        return "Y" if families["exempt"] else "-"
    return _listed(law, "regularisation_exempt_titles", title)


def _first_work(law: Law, parameter: str, title: Title) -> str:
    lists = law.value(parameter, READ_ON)
    marks = {
        "unconditional": "Y",
        "if_work_authorisation": "WA",
        "if_visa": "VLS",
        "after_one_year": "1y",
    }
    found = [mark for name, mark in marks.items() if title.article in lists[name]]
    assert len(found) <= 1, f"{title.article} stands in several lists of {parameter}"
    return found[0] if found else "-"


def _while_renewing(law: Law, title: Title) -> str:
    if _listed(law, "not_renewable", title, "not_renewable_by_extension") == "Y":
        return "n/a"
    return {"full": "Y", "authorised_only": "Y", "sixty_percent": "60%", "none": "N"}[title.work]


def _silence(law: Law, title: Title) -> str:
    delays = law.value("silence_delays", READ_ON)
    article = title.article
    own = delays["special"].get(article)
    family, mobility = delays["family_of_cbe"].get(article), delays["mobility"].get(article)
    cells = [f"{own['days']}d"] if own else []
    if not own and (family or not mobility):
        cells.append(f"{delays['default']['months']}m")
    cells += [f"{other['days']}d" for other in (family, mobility) if other]
    return "/".join(cells)


def _tax(law: Law, title: Title, request: str) -> str:
    article = title.article
    gratis = law.value("l425_7_fee", READ_ON)
    if article in law.value("tax_exempt_titles", READ_ON):
        return "exo"
    if article in gratis["titles"] and gratis["exempt"]:
        return "exo"
    if article in law.value("tax_none_titles", READ_ON):
        return "0"
    if request == "first" and article in law.value("tax_free_first_titles", READ_ON):
        return "0"
    reduced = article in law.value("tax_reduced_titles", READ_ON)
    return str(law.value("tax_table", READ_ON)["reduced" if reduced else "standard"][request])


def _commission(law: Law, title: Title) -> str:
    lists = law.value("commission_titles", READ_ON)
    return "Y" if title.article in (*lists["any"], *lists["first_only"]) else "-"


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[1])
def test_a_title_has_the_rights_clocks_and_fees_of_the_table(cells: list[str]) -> None:
    law = load_law()
    expected = dict(zip(COLUMNS, (cell.rstrip("?") for cell in cells), strict=True))
    assert row(law, law.titles[expected["article"]]) == expected


def test_the_table_and_the_titles_named_beside_it_are_all_our_titles() -> None:
    named = [cells[1] for cells in ROWS] + BESIDE.split()
    assert len(ROWS) == 74
    assert sorted(named) == sorted(load_law().titles)


def test_commission_on_a_first_resident_card_only() -> None:
    law = load_law()
    lists = law.value("commission_titles", READ_ON)
    for article in lists["first_only"]:
        assert law.titles[article].kinds == ("CR",)
    assert not set(lists["any"]) & set(lists["first_only"])
    assert not {"L423-6", "L423-10", "L423-16"} & {*lists["any"], *lists["first_only"]}


def test_each_uncertain_cell_is_told() -> None:
    law = load_law()
    uncertain = {(c[1], COLUMNS[i]) for c in ROWS for i, cell in enumerate(c) if cell.endswith("?")}
    assert uncertain == {
        ("L425-7", "tax1"),
        ("L425-7", "taxr"),
        ("L424-21", "19"),
        ("L421-22", "dcem"),
        ("L422-14", "ren"),
    }
    for name, article in {
        "l425_7_fee": "L425-7",
        "nineteen_by_correction": "L424-21",
        "dcem_short_by_correction": "L421-22",
        "not_renewable_by_extension": "L422-14",
    }.items():
        assert law.parameters[name].confidence == "U"
        assert law.value(name, READ_ON)["titles"] == (article,)


def test_a_card_is_found_by_the_words_printed_on_it() -> None:
    for title in load_law().titles.values():
        assert title.printed == title.printed.strip()
        assert any(letter.isupper() for letter in title.printed)


def test_families_of_the_union_travel_documents_and_minors_are_marked() -> None:
    titles = load_law().titles.values()
    assert [t.article for t in titles if t.book_two] == ["EU-family"]
    assert [t.article for t in titles if t.minor_document] == ["DCEM"]
    assert [t.article for t in titles if t.travel_document] == ["TVR", "TIV", "TVA"]
