"""The triggers of the journal, declared with the models that they guard.

They run functions made by the first migration rather than bodies of their own: a body generated
by pgtrigger can be switched off by a session setting, and nothing here may be.
"""

from __future__ import annotations

from typing import Any

import pgtrigger


class AppendOnly(pgtrigger.Trigger):
    """The table takes new rows and nothing else: UPDATE, DELETE and TRUNCATE are refused."""

    name = "append_only"
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
    func = "RETURN NULL;"

    def render_execute(self, model: Any) -> str:
        return "journal_refuse_change()"


class FilledDigest(pgtrigger.Trigger):
    """A new entry bears the digest of what it says, whoever writes it and whatever they gave."""

    name = "filled_digest"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = "RETURN NEW;"

    def render_execute(self, model: Any) -> str:
        return "journal_fill_digest()"
