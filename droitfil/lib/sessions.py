"""Sessions in the database, which a page that is read may close.

A session that holds no more (the account's factors changed, the account was closed) is forgotten
by the first page that meets it, and that page may be one that is only read.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db

from droitfil.lib import readonly


class SessionStore(db.SessionStore):
    """Django's, whose closing is not a change that a page makes."""

    def delete(self, session_key: str | None = None) -> None:
        """Forgets the session, even while the rest of the database refuses change."""
        with readonly.may_write():
            super().delete(session_key)
