"""Logs that say what the program did, never about whom.

No query string, no body, no header, no address of a person: a request is named by the pattern of
its route (``/droit/<article>``), an error by its type and the places it went through, without its
message, because a message may quote what someone typed.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

Event = MutableMapping[str, Any]

#: Loggers of libraries whose lines name a request by its full address.
SILENT = ("django.server", "granian.access", "_granian")
#: Loggers that tell each thing they do: only what goes wrong is kept.
#: What they say of a job is its name and the instant of its round.
CALM = ("procrastinate", "croniter")


def configuration(*, shape: str, level: str) -> dict[str, Any]:
    """The ``LOGGING`` setting: one line an event, ``json`` or for reading (``console``)."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_the_route,
        say_where_not_what,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
                "foreign_pre_chain": [structlog.stdlib.ExtraAdder(allow=["request"]), *shared],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "droitfil": {"level": level},
            **{name: {"level": "WARNING"} for name in CALM},
            **{name: {"handlers": [], "propagate": False} for name in SILENT},
        },
    }


def route_of(request: HttpRequest) -> str:
    """The pattern of the address asked for, ``?`` when it matches none; never the address."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "?"


def name_the_route(_logger: object, _method: str, event: Event) -> Event:
    """Django writes "Not Found: /the/address": keep the status and the route instead."""
    request = event.pop("request", None)
    if isinstance(request, HttpRequest):
        record = event.get("_record")
        event["status"] = getattr(record, "status_code", None)
        event["method"] = request.method
        event["route"] = route_of(request)
        event["event"] = "refused" if (event["status"] or 500) < 500 else "failed"
    return event


def say_where_not_what(_logger: object, _method: str, event: Event) -> Event:
    """An exception becomes its type and the places it went through, outermost first."""
    found = event.pop("exc_info", None)
    record = event.get("_record")
    if not found and record is not None:
        found, record.exc_info, record.exc_text = record.exc_info, None, None
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        frames = traceback.extract_tb(found.__traceback__)
        event["error"] = type(found).__qualname__
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


class RequestLogMiddleware:
    """One line a request, at INFO: method, route, status, duration in milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("droitfil.request")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        fields: Mapping[str, Any] = {
            "method": request.method,
            "route": route_of(request),
            "status": response.status_code,
            "ms": round((time.perf_counter() - start) * 1000, 1),
        }
        self.log.info("request", **fields)
        return response
