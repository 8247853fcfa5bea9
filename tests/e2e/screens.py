"""Photographs every page into ``docs/screens/<page>-<width>-<language>.png`` (``make screens``).

The pages anybody may read, then those of people and of agents, as one visitor of
:mod:`tests.web.route_table` sees them on the day of the tests. The site is served from this
process, on a base of its own. A very long page is cut at :data:`TALLEST`; colours are counted down
to a palette, so that the repository stays light.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.private_base import private_base

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.route_world import World

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
TALLEST = {360: 2200, 1280: 1600}
COLOURS = 40
#: Who is asked first for the page of a route: whoever it is made for.
SEERS = ("mine", "ag91", "hd91", "cc91", "admi", "mini", "acct", "anon")
#: Pages that say something else later on, photographed at that stage too.
LATER = {"granted": ("me", "case", "agent-case"), "asked": ("case", "agent-case")}


class Shot(NamedTuple):
    """A page to photograph; ``session`` is that of who sees it, empty for anybody."""

    name: str
    address: str
    session: str = ""
    languages: tuple[str, ...] = ("fr", "en")


def main(wanted: list[str]) -> None:
    """Photographs the pages named in ``wanted``, all of them when it is empty."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept: set[Path] = set()
    with ExitStack() as stack:
        chosen = {"DROITFIL_HOSTS": "localhost,testserver", "DROITFIL_VERIFY_LIMIT": "0"}
        stack.enter_context(private_base(**chosen))
        from tests.e2e.browser import chromium
        from tests.fuzz.world import drawn_ids, on_their_day
        from tests.web.route_world import STAGES

        logging.disable(logging.CRITICAL)
        # The browser is driven from a loop of its own, beside which the base is not asked.
        aside = stack.enter_context(ThreadPoolExecutor(1))
        site = stack.enter_context(served())
        browser = stack.enter_context(chromium())
        for shot in _public():
            _photograph(browser, site, shot, wanted, kept)
        stack.enter_context(on_their_day())
        stack.enter_context(drawn_ids(1))
        world = aside.submit(_world).result()
        for stage in STAGES:
            for shot in aside.submit(_private, world, stage).result():
                _photograph(browser, site, shot, wanted, kept)
    for old in set(FOLDER.glob("*.png")) - kept:
        old.unlink()
        print(f"{old.name}  n'est plus une page : effacée")


@contextmanager
def served() -> Iterator[str]:
    """The address of the site, served by a thread."""
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


def _public() -> Iterator[Shot]:
    from tests.e2e.pages import PAGES

    for page in PAGES:
        yield Shot(page.name, page.path, languages=page.languages)


def _world() -> World:
    from django.db import transaction

    from tests.web.route_world import World

    with transaction.atomic():
        return World()


def _private(world: World, stage: str) -> list[Shot]:
    """What asks for an account, or for a secret, each by the first visitor to whom it opens."""
    from django.db import transaction

    from tests.e2e.pages import PAGES
    from tests.web.route_world import STAGES, Browser
    from tests.web.test_every_route import address_of, names_of, rows_at

    with transaction.atomic():
        world.go(stage)
    browsers = {name: Browser(world.visitors[name]) for name in SEERS}
    public = {page.path.partition("?")[0] for page in PAGES}
    first = {row.route: row for row in rows_at(STAGES[0]) if row.method == "GET"}
    asked = [(row.route, row) for row in rows_at(stage) if row.method == "GET"]
    asked += [(f"{name}-{stage}", first[name]) for name in LATER.get(stage, ())]
    shots = []
    for name, row in asked:
        seer = next((who for who in SEERS if row.cells[who].startswith("200")), None)
        if seer is None or row.route.startswith("demo"):
            continue
        address = address_of(row.route, names_of(world, row.route))
        if address.partition("?")[0] in public:
            continue
        answer = browsers[seer].client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            shots.append(Shot(name, address, browsers[seer].key))
    return shots


def _photograph(
    browser: Browser, site: str, shot: Shot, wanted: list[str], kept: set[Path]
) -> None:
    from django.conf import settings
    from PIL import Image

    from tests.e2e.browser import DESK, PHONE, tab

    joint = "&" if "?" in shot.address else "?"
    for viewport in (PHONE, DESK):
        for language in shot.languages:
            file = FOLDER / f"{shot.name}-{viewport['width']}-{language}.png"
            kept.add(file)
            if wanted and shot.name not in wanted:
                continue
            with tab(browser, viewport) as opened:
                if shot.session:
                    name = settings.SESSION_COOKIE_NAME
                    opened.context.add_cookies([{"name": name, "value": shot.session, "url": site}])
                address = f"{site}{shot.address}{joint}langue={language}"
                opened.goto(address, wait_until="networkidle")
                height = opened.evaluate("document.documentElement.scrollHeight")
                tallest = TALLEST[viewport["width"]]
                size = {"width": viewport["width"], "height": min(height, tallest)}
                opened.set_viewport_size(size)  # type: ignore[arg-type]
                image = Image.open(io.BytesIO(opened.screenshot()))
            image.convert("RGB").quantize(
                COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
            ).save(file, optimize=True)
            print(f"{file.name}  {file.stat().st_size // 1000} Ko", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
