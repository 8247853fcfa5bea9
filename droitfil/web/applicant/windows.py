"""When to ask for what: the window of a renewal, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from droitfil.cases.renewals import Renewal
from droitfil.lawbook import load_law
from droitfil.rules.procedure import COUNTER
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.templatetags.page import day


@dataclass(frozen=True, slots=True)
class Renewable:
    """A document that may be renewed, as the page tells it."""

    renewal: Renewal
    today: date

    @property
    def name(self) -> str:
        """« Carte de séjour pluriannuelle · salarié »."""
        document = self.renewal.document
        kind = str(KINDS.get(document.kind, document.kind))
        title = load_law().title(document.article)
        return f"{kind} · {in_words(title.label)}" if title is not None else kind

    @property
    def label(self) -> str:
        """What the procedure calls itself."""
        version = self.renewal.version
        return in_words(version.label) if version is not None else ""

    @property
    def prepare(self) -> str:
        version = self.renewal.version
        return in_words(version.prepare) if version is not None else ""

    @property
    def at_counter(self) -> bool:
        version = self.renewal.version
        return version is not None and version.channel == COUNTER

    @property
    def opens(self) -> date | None:
        """The first day to file, when it is still to come."""
        return self.renewal.opens_after(self.today)

    @property
    def closes(self) -> date | None:
        application = self.renewal.application
        return application.window.end if application and application.window else None

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
        application = self.renewal.application
        return application.window.rule if application and application.window else ""
