"""The public interface, version 1, and its own description (OpenAPI 3.1)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from droitfil.api import answer_schema, law, question_schema, timeline, verify, verify_schema
from droitfil.api.documentation import DESCRIPTION, PROBLEM, question
from droitfil.api.problems import Problem
from droitfil.lawbook import load_law

VERSION = "1.0.0"


class _Readable(JSONRenderer):
    """JSON as people read it: accents as they are, indented."""

    json_dumps_params = {"ensure_ascii": False, "indent": 2}  # noqa: RUF012 - as ninja declares it


class Interface(NinjaAPI):
    """The framework's description, completed with what it cannot know."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """OpenAPI 3.1 of the whole interface, from the kernel's table and the law's codes."""
        found = super().get_openapi_schema(*args, **kwargs)
        book = load_law()
        found["components"]["schemas"] = dict(
            sorted(
                {
                    **found["components"]["schemas"],
                    **question_schema.components(book),
                    **answer_schema.components(book),
                    **verify_schema.COMPONENTS,
                    **PROBLEM,
                }.items()
            )
        )
        asked = found["paths"]["/api/v1/timeline"]["post"]["requestBody"]["content"]
        for content in asked.values():
            content["example"] = question(book)
        for path in found["paths"].values():
            path.pop("head", None)  # HEAD is what GET is, by HTTP itself
            for operation in path.values():
                operation["responses"] = {
                    str(status): said for status, said in sorted(operation["responses"].items())
                }
        return found


api = Interface(
    title="Droitfil",
    version=VERSION,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-1",
    renderer=_Readable(),
    openapi_extra={
        "info": {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "tags": [
            {"name": "Situation", "description": "Une situation, ses droits jour par jour."},
            {"name": "Vérification", "description": "Un papier est-il authentique, vaut-il."},
            {"name": "Droit", "description": "Le droit appliqué, en données ouvertes."},
        ],
    },
)
api.add_router("", timeline.router)
api.add_router("", verify.router)
api.add_router("/law", law.router)


@api.api_operation(["GET", "HEAD"], "/", include_in_schema=False)
def root(request: HttpRequest) -> dict[str, str]:
    """Where to go from here, for who types the address alone."""
    parts = ("timeline", "verify", "law", "openapi.json")
    return {part.removesuffix(".json"): f"/api/v1/{part}" for part in parts}


@api.api_operation(["GET", "HEAD"], "/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """This description itself; the committed ``docs/openapi.json`` is the same text."""
    response = HttpResponse(description(), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={law.FRESH_SECONDS}"
    return response


def description() -> str:
    """The OpenAPI document as text, the same on every machine."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=1, default=str) + "\n"


@api.exception_handler(Problem)
def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return Problem(400, gettext("L'adresse n'est pas écrite comme il faut.")).response()
