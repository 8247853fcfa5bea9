"""The guard of what was issued: a function of our own, which no session setting switches off."""

from __future__ import annotations

from typing import Any

import pgtrigger


class NeverChanged(pgtrigger.Trigger):
    """A row may be added, and removed when its time is over; it is never rewritten."""

    name = "never_changed"
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = "RETURN NULL;"

    def render_execute(self, model: Any) -> str:
        return "attestations_refuse_change()"
