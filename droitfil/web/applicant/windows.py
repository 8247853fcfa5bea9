"""When to ask for what: the window of a request, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext

from droitfil.cases.renewals import Opening, Renewal
from droitfil.lawbook import load_law
from droitfil.rules.answer import ApplicationAnswer
from droitfil.rules.procedure import COUNTER, Version
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.templatetags.page import day


class Timed:
    """A request to come, as the page tells it: what it is called, and when to make it."""

    version: Version | None
    application: ApplicationAnswer | None
    today: date

    @property
    def label(self) -> str:
        """What the procedure calls itself."""
        return in_words(self.version.label) if self.version is not None else ""

    @property
    def prepare(self) -> str:
        return in_words(self.version.prepare) if self.version is not None else ""

    @property
    def at_counter(self) -> bool:
        return self.version is not None and self.version.channel == COUNTER

    @property
    def opens(self) -> date | None:
        """The first day to file, when it is still to come."""
        window = self.application.window if self.application else None
        start = window.start if window else None
        return start if start is not None and start > self.today else None

    @property
    def closes(self) -> date | None:
        window = self.application.window if self.application else None
        return window.end if window else None

    @property
    def late(self) -> bool:
        return self.closes is not None and self.closes < self.today

    @property
    def when(self) -> str:
        """« Déposez votre demande au plus tard le … »."""
        if self.closes is None:
            return gettext("Vous pouvez déposer cette demande dès maintenant.")
        if self.opens is not None:
            return gettext("Vous pourrez déposer du %(start)s au %(end)s.") % {
                "start": words.dated(self.opens, self.today),
                "end": day(self.closes),
            }
        if self.late:
            return gettext(
                "La période pour déposer a fini le %(end)s : déposez dès que possible."
            ) % {"end": words.dated(self.closes, self.today)}
        return gettext("Déposez au plus tard le %(end)s.") % {
            "end": words.dated(self.closes, self.today)
        }

    @property
    def rule(self) -> Any:
        """The article of the window."""
        window = self.application.window if self.application else None
        return window.rule if window else ""


class Renewable(Timed):
    """A document that may be renewed."""

    def __init__(self, renewal: Renewal, today: date) -> None:
        self.renewal, self.today = renewal, today
        self.version, self.application = renewal.version, renewal.application

    @property
    def name(self) -> str:
        """« Carte de séjour pluriannuelle · salarié »."""
        document = self.renewal.document
        kind = str(KINDS.get(document.kind, document.kind))
        title = load_law().title(document.article)
        return f"{kind} · {in_words(title.label)}" if title is not None else kind


class Startable(Timed):
    """A request that renews nothing: a first card, another title, a child's document."""

    def __init__(self, opening: Opening, today: date) -> None:
        self.opening, self.today = opening, today
        self.version, self.application = opening.version, opening.application

    @property
    def summary(self) -> str:
        """Whom it is for."""
        return in_words(self.opening.version.summary)
