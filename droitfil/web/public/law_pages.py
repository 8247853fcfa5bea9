"""``/droit``: the law that Droitfil applies, for a jurist: titles, rules, parameters, doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from droitfil.lawbook import load_law
from droitfil.lib import clock
from droitfil.web.public import title_sheet
from droitfil.web.public.law_search import LONGEST_SEARCH, naming, search, uncertain
from droitfil.web.public.law_words import ORDER

Row = TypeVar("Row")


def _one(rows: Mapping[str, Row], key: str) -> Row:
    try:
        return rows[key]
    except KeyError:
        raise Http404(key) from None


def _share(first: str, second: str) -> bool:
    """Whether two lists of articles ("R431-5, R431-8") have one in common."""
    return not {a.strip() for a in first.split(",")}.isdisjoint(
        a.strip() for a in second.split(",")
    )


def _page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    return render(request, f"public/law/{name}.html", {"section": "law", **context})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The ways in, the search, and what each degree of certainty means."""
    law = load_law()
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    doubts = len(uncertain(law, "U"))
    found = search(law, words) if words else None
    context = {"law": law, "words": words, "found": found, "doubts": doubts}
    return _page(request, "index", today=clock.today(), **context)


@require_safe
def titles(request: HttpRequest) -> HttpResponse:
    """Every title, with the right to work it opens."""
    return _page(request, "titles", titles=load_law().titles.values())


@require_safe
def title(request: HttpRequest, article: str) -> HttpResponse:
    """One title as it stands today."""
    law, today = load_law(), clock.today()
    found = _one(law.titles, article)
    return _page(
        request,
        "title",
        title=found,
        today=today,
        lines=title_sheet.sheet(law, found, today),
        doubts=title_sheet.doubts(law, found, today),
        parameters=naming(law, article),
    )


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its article and how sure it is."""
    return _page(request, "rules", rules=load_law().rules.values())


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it says in each case, and what rests on it."""
    law = load_law()
    found = _one(law.rules, rule_id)
    return _page(
        request,
        "rule",
        rule=found,
        titles=[row for row in law.titles.values() if row.work_rule == rule_id],
        parameters=[row for row in law.parameters.values() if _share(row.article, found.article)],
    )


@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter with its article and its value today when it is short."""
    return _page(
        request, "parameters", parameters=load_law().parameters.values(), today=clock.today()
    )


@require_safe
def parameter(request: HttpRequest, name: str) -> HttpResponse:
    """One parameter and each of its values, the latest first."""
    law, today = load_law(), clock.today()
    found = _one(law.parameters, name)
    return _page(
        request,
        "parameter",
        parameter=found,
        values=tuple(reversed(found.values)),
        current=found.at(today),
        rules=[row for row in law.rules.values() if _share(row.article, found.article)],
    )


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """What was not read in the text, the least sure first."""
    law = load_law()
    groups = [uncertain(law, confidence) for confidence in ORDER if confidence != "V"]
    return _page(request, "uncertain", groups=groups)
