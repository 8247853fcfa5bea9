"""The pages behind a sign-in: weighed, read by axe, never wider than a phone, in each language."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import Browser

from droitfil.people.actions import linking
from droitfil.people.models import Account, LinkClaim
from tests.e2e.browser import HEAVIEST, PHONE, tab, weigh
from tests.e2e.pages import BEHIND, OF_CASES, WORK, WORK_FORMS
from tests.people.test_linking import RIGHT
from tests.personas import NOW, Personas

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: Walked in tests/people: a step of signing in, or an address that only receives forms.
ELSEWHERE = {
    "account_confirm_login_code", "account_email_verification_sent", "account_inactive", "close",
    "mfa_authenticate", "mfa_login_webauthn", "passkey-add", "passkey-remove", "agent-unlock",
}  # fmt: skip


@pytest.fixture
def people(transactional_db: None) -> Personas:
    made = Personas()
    assert made.ilyes
    linking.link_file(made.amina_account, facts=RIGHT, now=NOW)
    linking.link_file(made.stranger, facts=RIGHT, now=NOW)
    return made


def walk(people: Personas) -> list[tuple[Account, str]]:
    """Each page, and who opens it."""
    claim = LinkClaim.objects.get()
    other = people.paul
    return [
        (people.amina_account, "/moi"),
        (people.amina_account, f"/moi/enfants/{people.ilyes.pk}"),
        (people.amina_account, "/moi/cles"),
        (people.stranger, "/moi"),
        (people.stranger, "/moi/rattacher"),
        (people.stranger, "/deconnexion"),
        (people.nadia, "/moi"),
        (people.nadia, "/agent/personnes"),
        (people.nadia, f"/agent/personnes/{people.amina.pk}"),
        (people.nadia, "/agent/rattachements"),
        (people.nadia, f"/agent/rattachements/{claim.pk}"),
        (other, "/agent/rattachements"),
        (people.admin, "/administration"),
        (people.admin, f"/administration/agents/{people.nadia.pk}"),
        (people.admin, "/administration/bureaux"),
        (people.admin, "/administration/bureaux?departement=91"),
    ]


def test_every_page_behind_a_sign_in_is_walked(people: Personas) -> None:
    walked = {resolve(path.partition("?")[0]).url_name for _who, path in walk(people)}
    assert walked | ELSEWHERE | OF_CASES | WORK | WORK_FORMS == BEHIND
    assert not walked & ELSEWHERE


def test_the_pages_behind_a_sign_in(
    people: Personas, site: str, browser: Browser, client: Any
) -> None:
    for who, path in walk(people):
        client.force_login(who, backend=BACKEND)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        with tab(browser, PHONE) as page:
            page.context.add_cookies([{"name": "session", "value": session, "url": site}])
            sizes = weigh(page, f"{site}{path}")
            assert sum(sizes.values()) <= HEAVIEST, (path, sizes)
            for language in ("fr", "en"):
                answered = page.goto(f"{site}{path}{'&' if '?' in path else '?'}langue={language}")
                assert answered is not None
                assert answered.status == 200, path
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
                report = Axe().run(page)
                assert report.violations_count == 0, report.generate_report()
