"""The pages of the demonstration, served as in one, over a small office."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def demonstration(settings: Any, tmp_path: Path) -> None:
    """This instance is a demonstration, with a clock and a post of its own."""
    settings.ENVIRONMENT = "demo"
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.MAILBOX_DIR = settings.EMAIL_FILE_PATH = tmp_path / "mailbox"
    settings.SIMULATED_DIR = tmp_path / "simulated"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
