from __future__ import annotations

from django.test import Client


def _language(client: Client, path: str, accept: str = "") -> str:
    headers = {"accept-language": accept} if accept else {}
    return client.get(path, headers=headers)["Content-Language"]


def test_the_address_speaks_louder_than_the_cookie_and_the_cookie_than_the_browser() -> None:
    client = Client()
    assert _language(client, "/a-propos") == "fr"
    assert _language(client, "/a-propos", "en-US,en;q=0.9") == "en"
    assert _language(client, "/a-propos?langue=fr", "en") == "fr"
    assert client.cookies["langue"].value == "fr"
    assert _language(client, "/a-propos", "en") == "fr"
    assert _language(client, "/a-propos?langue=en") == "en"


def test_an_unknown_language_is_passed_over() -> None:
    client = Client()
    assert _language(client, "/a-propos?langue=xx", "en") == "en"
    assert not client.cookies


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() -> None:
    client = Client()
    client.get("/?langue=en")
    cookie = client.cookies["langue"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_links_carry_the_language_until_the_cookie_does() -> None:
    client = Client()
    assert 'href="/droit?langue=en"' in client.get("/?langue=en").content.decode()
    assert 'href="/droit"' in client.get("/?langue=en").content.decode()


def test_the_switch_keeps_the_search() -> None:
    page = Client().get("/droit?q=silence").content.decode()
    assert 'href="?q=silence&amp;langue=en" lang="en" hreflang="en"' in page


def test_answers_vary_with_the_language() -> None:
    vary = Client().get("/")["Vary"]
    assert "Accept-Language" in vary
    assert "Cookie" in vary
