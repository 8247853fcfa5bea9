"""Photographs every page into ``docs/screens/<page>-<width>-<language>.png`` (``make screens``).

The site is served from this process, with the settings of the tests; nothing is written but the
photographs. A very long page is cut at :data:`TALLEST`; colours are counted down to a palette, so
that the repository stays light.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import surroundings  # noqa: F401  (the environment of the tests, before the settings)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
TALLEST = {360: 2200, 1280: 1600}
COLOURS = 40


@contextmanager
def served() -> Iterator[str]:
    """The address of the site, served by a thread."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            """One line a photograph is enough."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, ipv6=False)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def main(wanted: list[str]) -> None:
    """Photographs the pages named in ``wanted``, all of them when it is empty."""
    from PIL import Image

    from tests.e2e.browser import DESK, PHONE, chromium, tab
    from tests.e2e.pages import PAGES

    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = set()
    with served() as site, chromium() as browser:
        for page in PAGES:
            for viewport in (PHONE, DESK):
                for language in page.languages:
                    file = FOLDER / f"{page.name}-{viewport['width']}-{language}.png"
                    kept.add(file)
                    if wanted and page.name not in wanted:
                        continue
                    with tab(browser, viewport) as opened:
                        opened.goto(page.address(site, language), wait_until="networkidle")
                        height = opened.evaluate("document.documentElement.scrollHeight")
                        tallest = TALLEST[viewport["width"]]
                        size = {"width": viewport["width"], "height": min(height, tallest)}
                        opened.set_viewport_size(size)  # type: ignore[arg-type]
                        shot = Image.open(io.BytesIO(opened.screenshot()))
                    shot.convert("RGB").quantize(
                        COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
                    ).save(file, optimize=True)
                    print(f"{file.name}  {file.stat().st_size // 1000} Ko", flush=True)
    for old in set(FOLDER.glob("*.png")) - kept:
        old.unlink()
        print(f"{old.name}  n'est plus une page : effacée")


if __name__ == "__main__":
    main(sys.argv[1:])
