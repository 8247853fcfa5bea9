"""``GET /api/v1/law/…``: the law that Droitfil applies, as open data.

Every answer changes only when the files of the law do: its ETag is their version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja import Router, Schema
from ninja.decorators import decorate_view
from pydantic import ConfigDict, Field

from droitfil.api.documentation import NOT_FOUND, VERSIONED
from droitfil.api.problems import Problem
from droitfil.lawbook import load_law
from droitfil.rules.law import Dated, Law, Parameter, Rule, Title
from droitfil.rules.spelling import closest

router = Router(tags=["Droit"])

#: Part of the ETag: the shape of these answers.
SHAPE = 1
FRESH_SECONDS = 3600

Confidence = Literal["V", "S", "R", "U"]
CONFIDENCE_SAYS = "V lu dans le texte, S seconde main, R de mémoire, U incertain."


class Exact(Schema):
    """Fields are promises: none beside those written."""

    model_config = ConfigDict(extra="forbid")


class Listing(Exact):
    """Une période où le titre se demande par le téléservice."""

    request: Literal["first", "renewal", "change"]
    from_: date = Field(alias="from")
    to: date | None


class TitleSummary(Exact):
    """Un titre, en bref."""

    article: str = Field(description="L'article du titre, avec des traits d'union.")
    label: str = Field(description="Son nom.")
    kinds: list[str] = Field(description="Les documents qui le portent : CST, CSP, CR…")
    work: str = Field(description="Le droit de travailler qu'ouvre la carte elle-même.")
    confidence: Confidence = Field(description=CONFIDENCE_SAYS)


class TitleSheet(TitleSummary):
    """Un titre de séjour ou de voyage, et les droits qu'il ouvre."""

    code: str = Field(description="Notre nom court.")
    printed: str = Field(description="Les mots imprimés sur la carte.")
    work_rule: str = Field(description="La règle qui ouvre ce droit.")
    work_limit: str = Field(description="La limite à dire à côté, ou rien.")
    book_two: bool = Field(description="Famille d'un citoyen de l'Union (livre II).")
    travel_document: bool = Field(description="C'est un document de voyage.")
    minor_document: bool = Field(description="C'est un document pour mineur.")
    note: str = Field(description="Ce qu'un juriste doit savoir.")
    teleservice: list[Listing] = Field(
        description="Quand il se demande par le téléservice ; sinon, au guichet."
    )


class ParameterSummary(Exact):
    """Un paramètre, en bref."""

    name: str
    label: str
    article: str = Field(description="D'où vient la valeur.")
    confidence: Confidence = Field(description=CONFIDENCE_SAYS)


class DatedValue(Exact):
    """Une valeur, en vigueur du jour dit jusqu'à la suivante."""

    from_: date | None = Field(alias="from", description="Premier jour ; null : depuis toujours.")
    value: Any = Field(description="Nombre, texte, liste ou ensemble de champs.")
    article: str = Field(description="L'article de cette valeur.")
    confidence: Confidence = Field(description=CONFIDENCE_SAYS)
    note: str


class ParameterSheet(ParameterSummary):
    """Une valeur légale datée, son article et son histoire."""

    says: str = Field(description="Ce qu'elle fait, et ce qui est incertain.")
    unit: str = Field(description="jours, mois, ans, € ou rien.")
    values: list[DatedValue] = Field(description="De la plus ancienne à la plus récente.")


class RuleSummary(Exact):
    """Une règle, en bref."""

    id: str
    article: str
    label: str
    confidence: Confidence = Field(description=CONFIDENCE_SAYS)


class RuleSheet(RuleSummary):
    """Une règle que les réponses citent."""

    says: dict[str, str] = Field(
        description="Ce qu'elle dit selon le cas ; les {noms} sont remplis par la réponse."
    )
    note: str = Field(description="Ce qu'un juriste doit savoir.")


class Index(Exact):
    """Ce que cette interface donne du droit."""

    version: str = Field(description="Empreinte des fichiers du droit ; aussi l'ETag.")
    titles: int = Field(description="Nombre de titres.")
    parameters: int = Field(description="Nombre de paramètres.")
    rules: int = Field(description="Nombre de règles.")
    calendar_until: int = Field(description="Dernière année du calendrier.")
    links: dict[str, str] = Field(description="Où lire chaque partie.")


class Titles(Exact):
    version: str
    titles: list[TitleSummary]


class Parameters(Exact):
    version: str
    parameters: list[ParameterSummary]


class Rules(Exact):
    version: str
    rules: list[RuleSummary]


class Calendar(Exact):
    version: str
    until: int = Field(description="Dernière année connue.")
    territories: dict[str, list[date]] = Field(
        description="Jours fériés par territoire : FR, et chaque département qui en diffère."
    )


class Doubts(Exact):
    """Tout ce qui n'est pas sûr : confiance U."""

    version: str
    parameters: list[ParameterSheet]
    rules: list[RuleSheet]
    titles: list[TitleSheet]


View = Callable[..., HttpResponse]


def open_data(view: View) -> View:
    """Readable from any site, kept an hour, asked again by version."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            etag = f'"{SHAPE}-{load_law().version}"'
            response["ETag"] = etag
            response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
            answered = get_conditional_response(request, etag=etag, response=response)
            assert isinstance(answered, HttpResponse)
            response = answered
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return served


def resource(path: str, summary: str, **more: Any) -> Callable[[Callable[..., Any]], Any]:
    """A GET (and HEAD) of open data; its operation is named after its function."""

    def declare(function: Callable[..., Any]) -> Any:
        extra = VERSIONED | (NOT_FOUND if "{" in path else {})
        operation = router.api_operation(
            ["GET", "HEAD"],
            path,
            summary=summary,
            operation_id=f"law_{function.__name__}",
            by_alias=True,
            openapi_extra={"responses": extra},
            **more,
        )
        return operation(decorate_view(open_data)(function))

    return declare


@resource("", "Ce que cette interface donne du droit", response=Index)
def index(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    parts = ("titles", "parameters", "rules", "calendar", "uncertain")
    return {
        "version": law.version,
        "titles": len(law.titles),
        "parameters": len(law.parameters),
        "rules": len(law.rules),
        "calendar_until": law.calendar_until,
        "links": {part: f"/api/v1/law/{part}" for part in parts},
    }


@resource("/titles", "Tous les titres", response=Titles)
def titles(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    return {"version": law.version, "titles": [_brief_title(t) for t in law.titles.values()]}


@resource("/titles/{article}", "Un titre", response=TitleSheet)
def title(request: HttpRequest, article: str) -> dict[str, Any]:
    law = load_law()
    return _title(_one(law.titles, article, "un titre"), law)


@resource("/parameters", "Tous les paramètres", response=Parameters)
def parameters(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    rows = [_brief_parameter(row) for row in law.parameters.values()]
    return {"version": law.version, "parameters": rows}


@resource("/parameters/{name}", "Un paramètre et son histoire", response=ParameterSheet)
def parameter(request: HttpRequest, name: str) -> dict[str, Any]:
    return _parameter(_one(load_law().parameters, name, "un paramètre"))


@resource("/rules", "Toutes les règles", response=Rules)
def rules(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    return {"version": law.version, "rules": [_brief_rule(row) for row in law.rules.values()]}


@resource("/rules/{id}", "Une règle", response=RuleSheet)
def rule(request: HttpRequest, id: str) -> dict[str, Any]:  # noqa: A002 - the field's name
    return _rule(_one(load_law().rules, id, "une règle"))


@resource("/calendar", "Les jours fériés par territoire", response=Calendar)
def calendar(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    days = {territory: sorted(found) for territory, found in law.holidays.items()}
    return {"version": law.version, "until": law.calendar_until, "territories": days}


@resource("/uncertain", "Tout ce qui est incertain", response=Doubts)
def uncertain(request: HttpRequest) -> dict[str, Any]:
    law = load_law()
    return {
        "version": law.version,
        "parameters": [_parameter(p) for p in law.parameters.values() if _unsure(p)],
        "rules": [_rule(r) for r in law.rules.values() if r.confidence == "U"],
        "titles": [_title(t, law) for t in law.titles.values() if t.confidence == "U"],
    }


# -- the kernel's tables as plain data -------------------------------------------------------------


def _one(rows: Mapping[str, Any], key: str, what: str) -> Any:
    found = rows.get(key)
    if found is None:
        near = closest(key[:60], list(rows))
        hint = f" ; vouliez-vous « {near} » ?" if near else " ; la liste est un niveau plus haut."
        raise Problem(404, f"« {key[:60]} » n'est pas {what} connu{_e(what)}{hint}")
    return found


def _e(what: str) -> str:
    return "e" if what.startswith("une ") else ""


def _unsure(parameter: Parameter) -> bool:
    return "U" in {parameter.confidence, *(dated.confidence for dated in parameter.values)}


def _brief_title(row: Title) -> dict[str, Any]:
    return _fields(row, "article", "label", "kinds", "work", "confidence")


def _title(row: Title, law: Law) -> dict[str, Any]:
    listed = [
        {"request": request, "from": start, "to": end}
        for (article, request), periods in law.listings.items()
        if article == row.article
        for start, end in periods
    ]
    more = ("code", "printed", "work_rule", "work_limit", "note")
    flags = ("book_two", "travel_document", "minor_document")
    return _brief_title(row) | _fields(row, *more, *flags) | {"teleservice": listed}


def _brief_parameter(row: Parameter) -> dict[str, Any]:
    return _fields(row, "name", "label", "article", "confidence")


def _parameter(row: Parameter) -> dict[str, Any]:
    values = [_dated(dated, row) for dated in row.values]
    return _brief_parameter(row) | _fields(row, "says", "unit") | {"values": values}


def _dated(row: Dated, of: Parameter) -> dict[str, Any]:
    return {
        "from": row.start,
        "value": plain_value(row.value),
        "article": row.article or of.article,
        "confidence": row.confidence or of.confidence,
        "note": row.note,
    }


def _brief_rule(row: Rule) -> dict[str, Any]:
    return _fields(row, "id", "article", "label", "confidence")


def _rule(row: Rule) -> dict[str, Any]:
    return _brief_rule(row) | {"says": dict(row.says), "note": row.note}


def _fields(row: object, *names: str) -> dict[str, Any]:
    return {name: plain_value(getattr(row, name)) for name in names}


def plain_value(value: Any) -> Any:
    """A value of the frozen tables as JSON writes it: dates as texts, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain_value(item) for item in value]
    return value
