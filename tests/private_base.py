"""A PostgreSQL of one's own for what runs beside the tests, with Django set up on it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from droitfil.lib import postgres


@contextmanager
def private_base(**settings: str) -> Iterator[Path]:
    """Tables made, in a folder that is forgotten at the end; no e-mail leaves this process.

    :param settings: ``DROITFIL_…`` variables, none other counts.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with postgres.hold(folder / "base", durable=False) as base:
            set_up(folder, base.url, **settings)
            yield folder


def set_up(folder: Path, url: str, **settings: str) -> None:
    """Django on the base at ``url``, its tables made, what it keeps under ``folder``."""
    for name in [name for name in os.environ if name.startswith("DROITFIL_")]:
        del os.environ[name]
    os.environ.update(
        DROITFIL_ENV="test", DATABASE_URL=url, DJANGO_SETTINGS_MODULE="config.settings",
        DROITFIL_FILES=str(folder / "files"), DROITFIL_KEYS=str(folder / "keys"),
        DROITFIL_CLAMD=str(folder / "nobody.sock"), **settings,
    )  # fmt: skip
    for name in ("files", "keys"):
        (folder / name).mkdir(mode=0o700)
    import django

    django.setup()
    from django.conf import settings as chosen
    from django.core.management import call_command

    chosen.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    call_command("migrate", interactive=False, verbosity=0)
