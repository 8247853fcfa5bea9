"""How many of what: each figure with where it comes from. Nothing else sets a proportion.

``source`` names public figures as read in 2026; "estimated" says that none was found, and that
the figure is ours, chosen to be plausible and easy to change. Durations are in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Figure(Generic[Value]):
    """A figure and its source."""

    value: Value
    source: str


# -- how many ask, and for what

#: Requests filed in a year, for each person who lives here.
FILED_A_YEAR = Figure(
    1_120_942 / 4_330_000,
    "requests filed online in 2024 (answer to written question 6439) over valid permits at the "
    "end of 2024 (DGEF)",
)
#: Of a hundred requests.
REQUESTS: Figure[Mapping[str, int]] = Figure(
    {"renewal": 62, "first": 24, "change": 7, "child": 6},
    "permits given in 2024: about 885,000 renewals, 343,024 first ones (DGEF); changes and "
    "children's documents estimated",
)
#: Of a hundred renewals, by procedure.
RENEWALS: Figure[Mapping[str, int]] = Figure(
    {
        "renouvellement-parent-enfant-francais": 27,
        "renouvellement-resident-conjoint-francais": 10,
        "renouvellement-etudiant": 25,
        "renouvellement-salarie": 25,
        "renouvellement-resident-refugie": 13,
    },
    "family is 37 % of renewals in 2024 (DGEF); the other grounds estimated from first permits",
)
#: Of a hundred first requests, by procedure.
FIRSTS: Figure[Mapping[str, int]] = Figure(
    {
        "premiere-carte-etudiant": 50,
        "carte-resident-refugie": 25,
        "premiere-carte-jeune-arrive": 17,
        "premiere-carte-jeune-confie": 8,
    },
    "students 32.3 %, humanitarian 15.9 % of first permits in 2024 (DGEF), brought to a hundred "
    "over the four procedures that exist here; young adults estimated",
)
#: Of a hundred who hold a card and ask nothing this year, by title (its code in law/titles.yaml).
STOCK: Figure[Mapping[str, int]] = Figure(
    {"pef": 26, "cfcr": 17, "etu": 10, "salarie": 17, "ref": 16, "lpf": 14},
    f"first permits by ground in 2024 (DGEF), weighted by how long each card lasts: {ESTIMATED}",
)

# -- when they ask

#: (percent, days before the card ends: most, least); negative days come after its end.
FILING: Figure[tuple[tuple[int, int, int], ...]] = Figure(
    ((60, 118, 61), (30, 59, 1), (10, -1, -45)), f"{ESTIMATED}: no figure is published"
)
#: Counters receive in the last two months.
FILING_AT_COUNTER: Figure[tuple[tuple[int, int, int], ...]] = Figure(
    ((90, 58, 3), (10, -1, -45)), f"{ESTIMATED}: no figure is published"
)
#: Requests of students by month, January first.
STUDENT_MONTHS: Figure[tuple[int, ...]] = Figure(
    (3, 3, 4, 6, 15, 18, 20, 15, 6, 5, 3, 2),
    "4,585 received in Essonne from May to August 2025, the ends of cards in August to October "
    f"(press, university offices); month by month {ESTIMATED}",
)
#: Children's documents, before the school holidays.
CHILD_MONTHS: Figure[tuple[int, ...]] = Figure(
    (4, 5, 6, 9, 16, 22, 8, 4, 5, 6, 8, 12), f"{ESTIMATED}: before June and December"
)
EVERY_MONTH: Figure[tuple[int, ...]] = Figure(
    (8, 8, 9, 8, 9, 9, 8, 6, 9, 9, 8, 7), f"{ESTIMATED}: fewer in August"
)
#: Of a hundred requests, begun and left there; filed though pieces lack.
ABANDONED = Figure(7, f"{ESTIMATED}: 5 to 15 % of sessions")
INCOMPLETE = Figure(9, f"{ESTIMATED}: no figure is published")

#: Of those who ask for their children, for how many at once.
CHILDREN: Figure[tuple[int, ...]] = Figure((1, 1, 2, 2, 3), ESTIMATED)

# -- how long it takes

#: Mean days from filing to decision, by office; a renewal, then a first request.
DELAYS: Figure[Mapping[str, tuple[int, int]]] = Figure(
    {
        "69-lyon": (123, 291), "69-villefranche-sur-saone": (93, 160),
        "13-marseille": (70, 245), "13-aix-en-provence": (85, 245),
        "13-arles": (61, 200), "13-istres": (32, 160),
        "91-evry": (93, 160), "91-palaiseau": (110, 190), "91-etampes": (80, 150),
        "93-bobigny": (125, 220), "93-saint-denis": (130, 230), "93-le-raincy": (115, 200),
    },
    "Rhône in 2025: 144, of which 21 to make the card, 291 for a first one; Bouches-du-Rhône "
    "2025: 91 and 245 with the card; Istres, Arles, Aix in 2022: 32, 82, 117; elsewhere the "
    f"national means (93 and 160), more or less: {ESTIMATED}",
)  # fmt: skip
#: Of the logarithm of these delays.
SPREAD = Figure(0.7, f"{ESTIMATED}: 0.6 to 0.8")
CARD_MADE = Figure(21, "Rhône 2025: days to make a card")
#: Of a hundred people called to take their card, how many do not come the first time.
NO_SHOW = Figure(15, "French consulates: 10 to 20 %; prefectures not published")

# -- what happens meanwhile (of a hundred requests)

COMPLEMENT = Figure(35, f"{ESTIMATED}: 15 to 60 %")
UNANSWERED = Figure(12, f"{ESTIMATED}: of a hundred requests for pieces")
REFUSED: Figure[Mapping[str, float]] = Figure(
    {"renewal": 0.7, "first": 7.0, "change": 2.0, "child": 3.0},
    "2024: 0.8 % of multi-year cards, 0.5 % of resident cards (National Assembly); first "
    f"requests {ESTIMATED}",
)
WITHDRAWN = Figure(2, f"{ESTIMATED}: no figure is published")
WRITES = Figure(30, f"{ESTIMATED}: 0.3 contact a file when its state is told, 1.2 when it is not")
RELEASED = Figure(3, f"{ESTIMATED}: an agent gives a case back")
SHARES = Figure(18, f"{ESTIMATED}: who shows their rights to an employer by a code")
MOVES = Figure(8, "about one person in ten moves in a year (Insee), some within the same office")
#: Of a hundred who hold a card that ends within the year, those who ask nothing.
NEVER_ASKS = Figure(4, f"{ESTIMATED}: who leaves, or becomes French")

# -- who they are

#: People by department, in thousands of foreigners; only their proportions count.
DEPARTMENTS: Figure[Mapping[str, int]] = Figure(
    {"91": 200, "93": 420, "69": 190, "13": 160},
    "foreign population of these departments (Insee, 2021), rounded: from memory",
)
LANGUAGES: Figure[Mapping[str, int]] = Figure({"fr": 80, "en": 12, "ar": 8}, ESTIMATED)
#: Of a hundred, who have an account, an e-mail address, a telephone.
ACCOUNT, EMAIL, PHONE = (
    Figure(45, f"{ESTIMATED}: who asked nothing this year"), Figure(85, ESTIMATED),
    Figure(92, ESTIMATED),
)  # fmt: skip
