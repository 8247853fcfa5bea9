"""The people of the tests: always the same, each with what they may and may not do.

Amina holds a card of an employee and has an account; Ilyès is her son, a minor; Mariam is the
mother of a French child; Nadia and Sonia are agents of Essonne, Hugo their head of office, Paul an
agent of another territory, Claire of the contact centre, Denis of the ministry; the stranger has
an account and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from allauth.account.models import EmailAddress
from django.db.backends.postgresql.psycopg_any import DateRange

from droitfil.people.actions import files, staff
from droitfil.people.models import Account, FamilyLink, Person, Staff
from droitfil.rules.facts import Kind
from droitfil.territory.actions import KNOWN_FROM
from droitfil.territory.models import Arrondissement, Commune, Competence, Department, Office

#: The day and the instant of the tests.
TODAY = date(2025, 6, 2)
NOW = datetime(2025, 6, 2, 9, 30, tzinfo=UTC)
#: Who writes the files of the personas.
BY = "system:tests"
NUMBER, CARD = "9912345678", "FRA1234567"


def place(code: str, name: str, department: str) -> Commune:
    """A commune alone in its arrondissement, made when it does not exist yet."""
    of, _ = Department.objects.get_or_create(
        code=department, defaults={"name": f"Département {department}", "region": "Région"}
    )
    within, _ = Arrondissement.objects.get_or_create(
        code=f"{department}1", defaults={"name": name, "department": of}
    )
    commune, _ = Commune.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "key": name.lower(),
            "department": of,
            "arrondissement": within,
            "population": 1000,
        },
    )
    return commune


def office(name: str, seat: Commune) -> Office:
    """An office in ``seat``."""
    found, _ = Office.objects.get_or_create(
        id=name,
        defaults={
            "name": f"Préfecture {name}",
            "kind": Office.Kind.PREFECTURE,
            "department": seat.department,
            "seat": seat,
            "active_from": date(2020, 1, 1),
        },
    )
    return found


def competent(name: str, seat: Commune) -> Office:
    """The office in ``seat``, which receives those who live there."""
    found = office(name, seat)
    if not Competence.objects.filter(arrondissement=seat.arrondissement).exists():
        Competence.objects.create(
            office=found,
            arrondissement=seat.arrondissement,
            valid=DateRange(KNOWN_FROM, None),
        )
    return found


def link(person: Person, holder: Account) -> Account:
    """``holder`` signs in and finds the file of ``person``."""
    person.account, person.linked_at = holder, NOW
    person.save(update_fields=["account", "linked_at"])
    return holder


def account(email: str) -> Account:
    """An account whose address is verified."""
    made = Account.objects.create_user(email)
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


@dataclass
class Personas:
    """Each persona is made when first asked for, by the actions that everyone uses."""

    @cached_property
    def evry(self) -> Commune:
        return place("91228", "Évry-Courcouronnes", "91")

    @cached_property
    def lyon(self) -> Commune:
        return place("69123", "Lyon", "69")

    @cached_property
    def amina(self) -> Person:
        """Holds a card of an employee, lives in Évry, has no account yet."""
        person = files.register_person(
            BY,
            now=NOW,
            foreigner_number=NUMBER,
            family_name="El Fassi",
            given_names="Amina",
            sex=Person.Sex.FEMALE,
            born_on=date(1990, 3, 2),
            nationality="MAR",
            birth_place="Fès",
            birth_country="MAR",
            email="amina@ancienne.example",
            phone="+33612345678",
            address_line="3 rue des Mazières",
            postal_code="91000",
            commune=self.evry,
        )
        files.add_document(
            BY,
            person,
            now=NOW,
            source="import",
            kind=Kind.CSP.value,
            article="L421-1",
            card_number=CARD,
            valid_from=date(2021, 7, 1),
            valid_to=date(2025, 6, 30),
        )
        return person

    @cached_property
    def mariam(self) -> Person:
        """Holds a card of the parent of a French child, lives in Évry, has an account."""
        person = files.register_person(
            BY, now=NOW, foreigner_number="9923456789", family_name="Diallo",
            given_names="Mariam", sex=Person.Sex.FEMALE, born_on=date(1988, 11, 20),
            nationality="SEN", birth_place="Thiès", birth_country="SEN", commune=self.evry,
            address_line="8 cours Blaise-Pascal", postal_code="91000",
        )  # fmt: skip
        files.add_document(
            BY, person, now=NOW, source="import", kind=Kind.CSP.value, article="L423-7",
            card_number="FRA7654321", valid_from=date(2023, 10, 1), valid_to=date(2025, 9, 30),
        )  # fmt: skip
        return person

    @cached_property
    def mariam_account(self) -> Account:
        return link(self.mariam, account("mariam@exemple.example"))

    @cached_property
    def amina_linked(self) -> Account:
        """Amina's account, once linked to her file."""
        return link(self.amina, self.amina_account)

    @cached_property
    def at_evry(self) -> Office:
        """The office competent for Évry."""
        return competent("91-evry", self.evry)

    @cached_property
    def at_lyon(self) -> Office:
        return competent("69-lyon", self.lyon)

    @cached_property
    def ilyes(self) -> Person:
        """Amina's son, nine years old."""
        son = files.register_person(
            BY, now=NOW, family_name="El Fassi", given_names="Ilyès",
            born_on=date(2016, 5, 4), nationality="MAR", commune=self.evry,
        )  # fmt: skip
        files.link_family(BY, self.amina, son, kind=FamilyLink.Kind.CHILD, now=NOW)
        return son

    @cached_property
    def amina_account(self) -> Account:
        """The account that Amina opens."""
        return account("amina@nouvelle.example")

    @cached_property
    def stranger(self) -> Account:
        return account("inconnu@exemple.example")

    def _staff(self, email: str, name: str, role: Staff.Role, at: Office | None) -> Account:
        made, _key = staff.add_staff(
            BY, email=email, name=name, role=role, office=at,
            active_from=date(2024, 1, 1), now=NOW,
        )  # fmt: skip
        return made.account

    @cached_property
    def nadia(self) -> Account:
        return self._staff(
            "nadia@91.example", "Nadia Roussel", Staff.Role.AGENT, office("91-evry", self.evry)
        )

    @cached_property
    def sonia(self) -> Account:
        return self._staff(
            "sonia@91.example", "Sonia Lenoir", Staff.Role.AGENT, office("91-evry", self.evry)
        )

    @cached_property
    def hugo(self) -> Account:
        return self._staff(
            "hugo@91.example", "Hugo Vidal", Staff.Role.HEAD, office("91-evry", self.evry)
        )

    @cached_property
    def paul(self) -> Account:
        return self._staff(
            "paul@69.example", "Paul Mercier", Staff.Role.AGENT, office("69-lyon", self.lyon)
        )

    @cached_property
    def denis(self) -> Account:
        return self._staff("denis@ministere.example", "Denis Aubert", Staff.Role.MINISTRY, None)

    @cached_property
    def head(self) -> Account:
        return self._staff(
            "cheffe@91.example", "Hélène Garnier", Staff.Role.HEAD, office("91-evry", self.evry)
        )

    @cached_property
    def claire(self) -> Account:
        """Of the contact centre, which reads the files of Essonne and decides nothing."""
        assert self.evry
        made, _key = staff.add_staff(
            BY, email="claire@contact.example", name="Claire Lopez", role=Staff.Role.SUPPORT,
            office=None, territory=["91"], active_from=date(2024, 1, 1), now=NOW,
        )  # fmt: skip
        return made.account

    @cached_property
    def admin(self) -> Account:
        return self._staff("admin@etat.example", "Agathe Moreau", Staff.Role.ADMIN, None)
