"""What people do with the pages, without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESK, PHONE, follow, tab


def test_the_big_door_opens_by_keyboard(site: str, browser: Browser) -> None:
    with tab(browser, PHONE, java_script_enabled=False) as page:
        page.goto(site)
        page.get_by_role("main").get_by_role("link", name="Où en suis-je ?").press("Enter")
        page.wait_for_url(f"{site}/ou-en-suis-je*")


def test_the_example_leads_to_its_whole_answer(site: str, browser: Browser) -> None:
    with tab(browser, PHONE, java_script_enabled=False) as page:
        page.goto(f"{site}/?langue=en")
        page.context.clear_cookies()
        follow(page.get_by_role("link", name="See the answer of this example"))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_text("20 November 2025").first).to_be_visible()


def test_the_language_stays_with_a_cookie(site: str, browser: Browser) -> None:
    with tab(browser, PHONE, java_script_enabled=False) as page:
        page.goto(f"{site}/droit")
        follow(page.get_by_role("navigation", name="Langue").get_by_role("link", name="English"))
        expect(page.get_by_role("heading", level=1)).to_have_text("The law, an open book")
        follow(page.get_by_role("navigation", name="Sections").get_by_role("link", name="The law"))
        page.goto(f"{site}/droit/titres")
        expect(page.get_by_role("heading", level=1)).to_have_text("The permits")
        assert [cookie["name"] for cookie in page.context.cookies()] == ["langue"]


def test_the_language_stays_without_cookies(site: str, browser: Browser) -> None:
    with tab(browser, PHONE, java_script_enabled=False) as page:
        page.goto(f"{site}/droit?langue=en")
        for name in ("The permits", "L421-1"):
            page.context.clear_cookies()
            follow(page.get_by_role("main").get_by_role("link", name=name, exact=True))
        assert page.url.endswith("?langue=en")
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_search_keeps_the_language_and_finds_with_points(site: str, browser: Browser) -> None:
    with tab(browser, DESK, java_script_enabled=False) as page:
        page.goto(f"{site}/droit?langue=en")
        page.context.clear_cookies()
        page.get_by_role("searchbox").fill("L. 421-1")
        follow(page.get_by_role("button", name="Search"))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("link", name="L421-1", exact=True)).to_be_visible()


def test_a_jurist_goes_from_a_doubt_to_its_article(site: str, browser: Browser) -> None:
    with tab(browser, DESK, java_script_enabled=False) as page:
        page.goto(f"{site}/droit")
        follow(page.get_by_role("main").get_by_role("link", name="Ce qui reste incertain"))
        doubts = page.locator(".doubts > li")
        assert doubts.count() > 0
        follow(doubts.first.get_by_role("link"))
        expect(page.locator("dl.facts dt").first).to_have_text("Article")
        expect(page.locator("dl.facts dd").first).not_to_be_empty()
        expect(page.locator("dl.facts .badge")).to_have_text("Incertain")
