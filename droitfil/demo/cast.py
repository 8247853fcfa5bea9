"""Who plays in the demonstration: offices, staff, where people live, what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from droitfil.people.models import Staff

#: Who writes the files of the demonstration, in the journal.
BY = "system:demo"
EVRY, PALAISEAU, LYON = "91-evry", "91-palaiseau", "69-lyon"
#: The person that the demonstration is about.
APPLICANT = "mariam.diallo@demo.example"
#: Others who ask for something, and show another side of it.
STUDENT, PARENT = "jun.zhang@demo.example", "fatou.sarr@demo.example"
AGENT, HEAD = "nadia.roussel@demo.example", "hugo.vidal@demo.example"
ELSEWHERE = "paul.mercier@demo.example"
MINISTRY, ADMIN = "denis.aubert@demo.example", "agathe.moreau@demo.example"


@dataclass(frozen=True, slots=True)
class Player:
    """Someone who works for the State in the demonstration."""

    email: str
    name: str
    role: Staff.Role
    office: str | None = None


STAFF = (
    Player(ADMIN, "Agathe Moreau", Staff.Role.ADMIN),
    Player(HEAD, "Hugo Vidal", Staff.Role.HEAD, EVRY),
    Player(AGENT, "Nadia Roussel", Staff.Role.AGENT, EVRY),
    Player("sonia.lenoir@demo.example", "Sonia Lenoir", Staff.Role.AGENT, EVRY),
    Player("karim.benali@demo.example", "Karim Benali", Staff.Role.AGENT, PALAISEAU),
    Player(ELSEWHERE, "Paul Mercier", Staff.Role.AGENT, LYON),
    Player(MINISTRY, "Denis Aubert", Staff.Role.MINISTRY),
)

#: Who examines the cases of each office.
EXAMINES: Mapping[str, tuple[str, ...]] = {
    EVRY: (AGENT, "sonia.lenoir@demo.example"),
    PALAISEAU: ("karim.benali@demo.example",),
}

#: Where people live: code of the commune, postal code, streets.
HOMES = (
    ("91228", "91000", "cours Blaise-Pascal"),
    ("91228", "91080", "rue des Mazières"),
    ("91174", "91100", "rue de Paris"),
    ("91286", "91350", "rue des Ateliers"),
    ("91521", "91130", "rue Albert-Rémy"),
    ("91477", "91120", "rue de Paris"),
    ("91377", "91300", "avenue Carnot"),
    ("91692", "91940", "avenue du Hoggar"),
)


@dataclass(frozen=True, slots=True)
class Nation:
    """Names that are plausible together; ``weight`` is how many of a hundred people."""

    code: str
    weight: int
    cities: tuple[str, ...]
    families: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]


NATIONS = (
    Nation("MAR", 16, ("Fès", "Oujda", "Agadir"),
           ("El Fassi", "Bennani", "Amrani", "Tazi", "Ouahbi", "Chraïbi"),
           ("Amina", "Khadija", "Salma", "Hanane"), ("Youssef", "Rachid", "Hamza", "Driss")),
    Nation("DZA", 6, ("Oran", "Sétif", "Béjaïa"),
           ("Belkacem", "Haddad", "Meziane", "Ziani"),
           ("Nassima", "Lynda", "Samira"), ("Sofiane", "Mourad", "Farid")),
    Nation("TUN", 10, ("Sfax", "Sousse", "Gabès"),
           ("Trabelsi", "Gharbi", "Jaziri", "Mansouri"),
           ("Rim", "Ines", "Olfa"), ("Anis", "Skander", "Walid")),
    Nation("SEN", 12, ("Thiès", "Dakar", "Ziguinchor"),
           ("Diop", "Ndiaye", "Fall", "Sarr", "Diallo"),
           ("Aïssatou", "Fatou", "Awa"), ("Ibrahima", "Moussa", "Cheikh")),
    Nation("MLI", 10, ("Kayes", "Bamako", "Ségou"),
           ("Traoré", "Coulibaly", "Keïta", "Sissoko"),
           ("Oumou", "Rokia", "Kadiatou"), ("Modibo", "Amadou", "Seydou")),
    Nation("CIV", 9, ("Abidjan", "Bouaké"),
           ("Kouassi", "Koné", "Yao", "N’Guessan"),
           ("Adjoua", "Mariame", "Affoué"), ("Kouadio", "Serge", "Aboubakar")),
    Nation("COD", 7, ("Kinshasa", "Goma"),
           ("Mbuyi", "Kabongo", "Ilunga"), ("Béatrice", "Grâce"), ("Patrick", "Christian")),
    Nation("TUR", 7, ("Ankara", "Konya"),
           ("Yılmaz", "Kaya", "Şahin", "Çelik"), ("Elif", "Zeynep"), ("Mehmet", "Emre")),
    Nation("LKA", 6, ("Jaffna", "Colombo"),
           ("Sivakumar", "Rajendran", "Perera"), ("Anjali", "Tharani"), ("Suresh", "Ravi")),
    Nation("CHN", 6, ("Wenzhou", "Shenyang"),
           ("Zhang", "Chen", "Lin"), ("Xiaomei", "Li"), ("Wei", "Jun")),
    Nation("BRA", 5, ("Belém", "Recife"),
           ("da Silva", "Oliveira", "Souza"), ("Juliana", "Beatriz"), ("Thiago", "João")),
    Nation("UKR", 6, ("Lviv", "Kharkiv"),
           ("Kovalenko", "Shevchenko", "Bondar"), ("Oksana", "Iryna"), ("Andriy", "Taras")),
)  # fmt: skip
