"""Reading places. They are public: nobody's rights are asked here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from droitfil.territory.models import Arrondissement, Commune, Competence, Office
from droitfil.territory.names import place_key


class UnknownPlace(LookupError):
    """A code that leads to no commune; the text is a sentence."""


class NoOffice(LookupError):
    """No office is known to be competent on that day; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class FoundCommune:
    """A commune that answers a search.

    ``found_as`` is the name that was recognised, when it is not the commune's own:
    « Courcouronnes » for Évry-Courcouronnes, « Paris 15e Arrondissement » for Paris.
    """

    code: str
    name: str
    department_code: str
    department_name: str
    postal_codes: tuple[str, ...]
    found_as: str | None


def commune_of(code: str) -> Commune:
    """The commune of an INSEE code: its own, that of an absorbed commune, of a part of one.

    :raises UnknownPlace: when the code leads nowhere.
    """
    communes = Commune.objects.select_related("department")
    found = communes.filter(code=code).first()
    if found is None or not found.is_current:
        # An absorbed commune that is still held gives way to the one that it has joined.
        found = communes.filter(other_codes__code=code).first() or found
    if found is None:
        raise UnknownPlace(_("Aucune commune n’a le code %s.") % code)
    return found


def competent_office(commune_code: str, on: date) -> Office:
    """The office that receives those who live in this commune on the day ``on``.

    :raises UnknownPlace: when the code leads to no commune.
    :raises NoOffice: before ``actions.KNOWN_FROM``.
    """
    commune = commune_of(commune_code)
    office = Office.objects.filter(
        competences__arrondissement=commune.arrondissement_id, competences__valid__contains=on
    ).first()
    if office is None:
        raise NoOffice(
            _("Le bureau compétent pour %(commune)s le %(day)s n’est pas connu.")
            % {"commune": commune.name, "day": f"{on:%d/%m/%Y}"}
        )
    return office


def offices_of(department: str, on: date) -> QuerySet[Office]:
    """The offices open on the day ``on`` that stand in the department or receive its people.

    The prefecture first, then by identifier.
    """
    competent = Competence.objects.filter(
        office=OuterRef("pk"), arrondissement__department=department, valid__contains=on
    )
    return (
        Office.objects.filter(Q(department=department) | Exists(competent))
        .filter(active_from__lte=on)
        .filter(Q(active_to__isnull=True) | Q(active_to__gte=on))
        .order_by("kind", "id")
    )


@dataclass(frozen=True, slots=True)
class Area:
    """An arrondissement and who receives its people; ``office`` is empty when nobody does."""

    code: str
    name: str
    office: str


def areas_of(department: str, on: date) -> list[Area]:
    """The arrondissements of ``department``, and the office competent for each on ``on``."""
    competent = Competence.objects.filter(arrondissement=OuterRef("pk"), valid__contains=on)
    rows = (
        Arrondissement.objects.filter(department=department)
        .annotate(competent=Subquery(competent.values("office__name")[:1]))
        .order_by("code")
    )
    return [Area(row.code, row.name, row.competent or "") for row in rows]


def without_office(on: date) -> QuerySet[Arrondissement]:
    """The arrondissements for which nobody is competent on the day ``on``: there should be none."""
    competent = Competence.objects.filter(arrondissement=OuterRef("pk"), valid__contains=on)
    return Arrondissement.objects.filter(~Exists(competent)).order_by("code")


def search_communes(text: str, limit: int = 10) -> list[FoundCommune]:
    """The communes that ``text`` may name, the likeliest first, in one statement or three.

    ``text`` is a name or its beginning, a postal code or its beginning, or both: « st etienne »,
    « evry courcouronnes », « 91 », « 75015 paris ». Accents, hyphens and capitals do not matter.
    The whole name comes before its beginning, its beginning before its middle, and among these
    the most peopled commune. A postal code that we do not know (those of « cedex » are not
    published) still tells the department. Nothing is found for an empty text.
    """
    words = place_key(text).split()
    alone = len(words) == 1
    postal = [word for word in words if word.isdecimal() and (alone or is_postal_code(word))]
    names = [word for word in words if word not in postal]
    if not postal:
        return _search(names, "", limit) if names else []
    code = postal[0]
    found = _search(names, code, limit)
    if not found and names:
        found = _search(names, code[:_DEPARTMENT_LENGTH], limit) or _search(names, "", limit)
    return found


_CODE_LENGTH = 5
#: Of a postal code, what is that of the department, or nearly: "20" for Corsica, "97" overseas.
_DEPARTMENT_LENGTH = 2
#: Longer than any name; nobody types more words than this.
_MOST_WORDS = 12

_SEARCH = """
    WITH named AS (
        SELECT commune_id, name, CASE WHEN key = %(key)s THEN 0 WHEN key LIKE %(begins)s THEN 1
            ELSE 2 END AS rank
        FROM commune_name
        WHERE ' ' || key LIKE ALL (%(words)s)
    ), hits AS (
        SELECT commune.*, min(named.rank) AS rank,
            (array_agg(named.name ORDER BY named.rank, named.name <> commune.name, named.name))[1]
                AS found_as
        FROM named JOIN commune ON commune.code = named.commune_id
        WHERE is_current AND (%(postal)s::text IS NULL OR EXISTS (
            SELECT FROM postal_code
            WHERE postal_code.commune_id = commune.code AND postal_code.code LIKE %(postal)s
        ))
        GROUP BY commune.code
        ORDER BY rank, population DESC, commune.key, commune.code
        LIMIT %(limit)s
    )
    SELECT hits.code, hits.name, department.code, department.name,
        ARRAY(
            SELECT postal_code.code FROM postal_code
            WHERE postal_code.commune_id = hits.code ORDER BY 1
        ),
        CASE WHEN hits.found_as <> hits.name AND %(key)s <> '' THEN hits.found_as END
    FROM hits JOIN department ON department.code = hits.department_id
    ORDER BY hits.rank, hits.population DESC, hits.key, hits.code
"""


def is_postal_code(word: str) -> bool:
    """Is it written as a postal code? Those of « cedex » are not published: none is looked up."""
    return len(word) == _CODE_LENGTH and word.isascii() and word.isdecimal()


def _search(names: list[str], postal: str, limit: int) -> list[FoundCommune]:
    names = names[:_MOST_WORDS]
    key = " ".join(names)
    given = {
        "key": key,
        "begins": f"{key}%",
        # place_key leaves letters, digits and spaces: none means anything to LIKE.
        "words": [f"% {word}%" for word in names] or ["%"],
        "postal": f"{postal}%" if postal else None,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, given)
        rows = cursor.fetchall()
    return [
        FoundCommune(code, name, department, called, tuple(codes), found_as)
        for code, name, department, called, codes, found_as in rows
    ]
