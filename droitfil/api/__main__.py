"""``python -m droitfil.api``: writes the OpenAPI description, for ``docs/openapi.json``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The description on standard output, in UTF-8 whatever the terminal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from droitfil.api.interface import description

    sys.stdout.buffer.write(description().encode())


if __name__ == "__main__":
    main()
