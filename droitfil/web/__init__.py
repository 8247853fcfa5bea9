"""The pages, by audience: ``public/`` holds what anyone may read without signing in.

**To add a page**: a thin view in ``public/`` (decorated with ``require_safe`` or
``require_http_methods``), a line in ``urls.py``, a template that extends ``public/base.html``, a
line in ``tests/e2e/pages.py`` so that it is weighed, read by axe and photographed.

- Blocks of ``public/base.html``: ``title`` (required), ``description``, ``styles``, ``crumbs``,
  ``languages`` (emptied where the language cannot change), ``content``. The context value
  ``section`` marks the heading of the menu: "where" or "law".
- ``{% load page %}``: ``{% link "name" arg %}`` in place of ``{% url %}`` carries ``?langue=``
  for a browser that refuses the cookie; ``{% language_field %}`` does so inside a form.
- Style: the classes of ``static/droitfil.css`` (card, grid, notice, badge, facts, stack, button,
  actions, field, hint, error, choice, date, row, arrow, text, lead, no-print). No ``style=``, no
  ``<script>``: the content-security policy refuses both. The font has no arrows or pictograms:
  draw them (``.arrow``, inline SVG with presentation attributes).
- Source strings are French, between ``{% translate %}`` or ``gettext``; English stands in
  ``droitfil/locale/en/LC_MESSAGES/django.po`` (``make messages`` collects them).
"""

from __future__ import annotations
