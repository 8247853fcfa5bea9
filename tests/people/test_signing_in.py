"""Signing in: a code by e-mail over a real SMTP server; nothing tells who has an account."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client

from droitfil.people.actions import staff
from droitfil.people.models import Account, Staff
from tests.mail import PostOffice
from tests.personas import BY, NOW, Personas, account


def sign_in(client: Client, post: PostOffice, email: str) -> Any:
    """Asks for a code, types the one that was received; the last response."""
    client.post("/connexion", {"email": email})
    return client.post("/connexion/code", {"code": post.code()})


def six_digits(key: str) -> str:
    """What the application of an agent shows now."""
    return str(format_hotp_value(hotp_value(key, int(time.time()) // 30)))


def test_signing_up_then_in(db: None, client: Client, post: PostOffice) -> None:
    answer = client.post("/inscription", {"email": "Leila@Exemple.example"})
    assert answer["Location"] == "/inscription/code"
    assert "leila@exemple.example" in client.get("/inscription/code").content.decode()
    assert client.get("/moi").status_code == 302
    answer = client.post("/inscription/code", {"code": post.code()})
    assert answer["Location"] == "/moi"
    page = client.get("/moi")
    assert "pas encore rattaché" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    client.post("/deconnexion")
    assert client.get("/moi")["Location"] == "/connexion?next=/moi"
    assert sign_in(client, post, "leila@exemple.example")["Location"] == "/moi"
    assert post.received[-1]["Subject"] == "[Droitfil] Votre code de connexion"
    assert client.get("/moi").status_code == 200


def test_a_code_serves_once_and_three_wrong_ones_end_it(
    people: Personas, client: Client, post: PostOffice
) -> None:
    email = people.stranger.email
    client.post("/connexion", {"email": email})
    code = post.code()
    for _number in range(2):
        page = client.post("/connexion/code", {"code": "AAA-AAA"})
        assert "pas le bon" in page.content.decode()
    sent_back = client.post("/connexion/code", {"code": "AAA-AAA"})
    assert sent_back.status_code == 302
    assert "ne peut plus servir" in client.get(sent_back["Location"]).content.decode()
    assert "ne peut plus servir" not in client.get("/connexion").content.decode()
    assert client.post("/connexion/code", {"code": code}).status_code == 302
    assert client.get("/moi").status_code == 302

    assert sign_in(client, post, email)["Location"] == "/moi"
    used = post.code()
    other = Client()
    other.post("/connexion", {"email": email})
    assert post.code() != used
    assert "pas le bon" in other.post("/connexion/code", {"code": used}).content.decode()


def _steps(path: str, next_path: str, email: str) -> list[tuple[int, str, str]]:
    """What a client sees, the address typed put aside."""
    client = Client()
    seen = []
    for answer in (
        client.post(path, {"email": email}),
        client.get(next_path),
        client.post(next_path, {"code": "AAA-AAA"}),
    ):
        text = answer.content.decode().replace(email, "ADRESSE")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        seen.append((answer.status_code, answer.get("Location", ""), text))
    return seen


def test_nothing_tells_who_has_an_account(people: Personas, post: PostOffice) -> None:
    known, unknown = people.stranger.email, "personne@exemple.example"
    for path, next_path in (
        ("/connexion", "/connexion/code"),
        ("/inscription", "/inscription/code"),
    ):
        assert _steps(path, next_path, known) == _steps(path, next_path, unknown)
    told = {(message["To"], message["Subject"].split("] ")[1]) for message in post.received}
    assert told == {
        (known, "Votre code de connexion"),
        (known, "Vous avez déjà un compte"),
        (unknown, "Aucun compte à cette adresse"),
        (unknown, "Votre code pour créer un compte"),
    }


def test_a_mail_server_that_does_not_answer_is_told(people: Personas, settings: Any) -> None:
    settings.EMAIL_BACKEND = "droitfil.notices.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for email in (people.stranger.email, "personne@exemple.example"):
        page = Client().post("/connexion", {"email": email})
        assert page.status_code == 422
        assert "n’a pas pu partir" in page.content.decode()


def test_an_agent_whose_function_begins_tomorrow_already_brings_a_second_factor(
    people: Personas, client: Client, post: PostOffice
) -> None:
    """A session opened the evening before would otherwise see files after midnight."""
    agent, _key = _named(people)
    Staff.objects.filter(pk=agent.pk).update(active_from=date(2999, 1, 1))
    assert sign_in(client, post, agent.account.email)["Location"] == "/connexion/second"


def test_many_tries_are_refused_over_every_process(db: None, post: PostOffice) -> None:
    """Counted in the database, not in the memory of one process."""
    statuses = []
    for number in range(31):
        from django.core.cache import cache

        cache.clear()
        statuses.append(Client().post("/connexion", {"email": f"a{number}@x.example"}).status_code)
    assert statuses[:30] == [302] * 30
    assert statuses[30] == 429


def test_the_address_that_asked_is_in_no_session_of_another(
    people: Personas, client: Client, post: PostOffice
) -> None:
    sign_in(client, post, people.stranger.email)
    assert Session.objects.count() == 1
    cookie = client.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"], "it ends with the browser"


def test_the_page_one_came_from_is_of_this_site(
    people: Personas, client: Client, post: PostOffice
) -> None:
    client.post("/connexion?next=https://mechant.example/", {"email": people.stranger.email})
    answer = client.post(
        "/connexion/code", {"code": post.code(), "next": "https://mechant.example/"}
    )
    assert answer["Location"] == "/moi"


def test_no_address_of_allauth_is_left_open(client: Client, db: None) -> None:
    for path in ("/accounts/login/", "/accounts/password/reset/", "/connexion/ferme"):
        assert client.get(path).status_code == 404


# -- staff --------------------------------------------------------------------------------------


def _named(people: Personas, email: str = "agent@91.example") -> tuple[Staff, str]:
    assert people.nadia  # the office exists
    return staff.add_staff(
        BY, email=email, name="Zoé Agent", role=Staff.Role.AGENT, office=people.nadia.staff.office,
        active_from=NOW.date(), now=NOW,
    )  # fmt: skip


def test_an_agent_brings_six_digits(people: Personas, client: Client, post: PostOffice) -> None:
    agent, key = _named(people)
    assert sign_in(client, post, agent.account.email)["Location"] == "/connexion/second"
    assert client.get("/moi").status_code == 302, "the code of the e-mail is not enough"
    page = client.get("/connexion/second").content.decode()
    assert "Les six chiffres" in page
    assert "clé d’accès</button>" not in page, "none was registered"
    wrong = client.post("/connexion/second", {"code": "000000"})
    assert "pas le bon" in wrong.content.decode()
    digits = six_digits(key)
    assert client.post("/connexion/second", {"code": digits})["Location"] == "/moi"
    assert "compte d’agent" in client.get("/moi").content.decode()
    # The same six digits serve once.
    other = Client()
    sign_in(other, post, agent.account.email)
    assert "pas le bon" in other.post("/connexion/second", {"code": digits}).content.decode()


def test_an_agent_without_a_second_factor_does_not_enter(
    people: Personas, client: Client, post: PostOffice
) -> None:
    agent, _key = _named(people)
    Authenticator.objects.filter(user=agent.account).delete()
    answer = sign_in(client, post, agent.account.email)
    assert answer["Location"] == "/connexion/sans-cle"
    assert client.get("/connexion/sans-cle").status_code == 403
    assert client.get("/moi").status_code == 302


def test_the_key_is_not_readable_in_the_database(people: Personas) -> None:
    agent, key = _named(people)
    held = Authenticator.objects.get(user=agent.account)
    assert key not in str(held.data)


def test_naming_again_or_a_new_key_ends_the_sessions(
    people: Personas, client: Client, post: PostOffice
) -> None:
    who = people.stranger
    sign_in(client, post, who.email)
    assert client.get("/moi").status_code == 200
    agent, first = _named(people, who.email)
    assert client.get("/moi").status_code == 302
    second = staff.renew_key(BY, agent, now=NOW)
    assert second != first
    sign_in(client, post, who.email)
    assert (
        "pas le bon"
        in client.post("/connexion/second", {"code": six_digits(first)}).content.decode()
    )
    assert client.post("/connexion/second", {"code": six_digits(second)})["Location"] == "/moi"


def test_an_applicant_with_a_passkey_still_enters_by_e_mail(
    people: Personas, client: Client, post: PostOffice
) -> None:
    """A lost telephone must not close a file."""
    who = people.stranger
    Authenticator.objects.create(user=who, type="webauthn", data={"name": "1"})
    assert sign_in(client, post, who.email)["Location"] == "/moi"


def test_passkeys_are_changed_only_after_a_recent_sign_in(
    people: Personas, client: Client, post: PostOffice
) -> None:
    sign_in(client, post, people.stranger.email)
    page = client.post("/moi/cles/ajouter")
    assert "passkey.js" in page.content.decode()
    assert "script-src 'self'" in page["Content-Security-Policy"]
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= configured.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    session.save()
    assert client.post("/moi/cles/ajouter")["Location"].startswith("/connexion/encore")
    assert client.get("/connexion/encore").status_code == 200
    answer = client.post("/connexion/encore")
    assert answer["Location"] == "/connexion?next=/moi/cles"
    assert client.get("/moi").status_code == 302


def test_pages_without_a_ceremony_run_no_script(
    people: Personas, client: Client, post: PostOffice
) -> None:
    pages = [client.get("/connexion"), client.get("/inscription")]
    sign_in(client, post, people.stranger.email)
    pages += [client.get(path) for path in ("/moi", "/moi/rattacher", "/moi/cles")]
    for page in pages:
        assert page.status_code == 200
        assert "<script" not in page.content.decode()
        assert "script-src" not in page["Content-Security-Policy"]


def test_logs_and_addresses_hold_nothing_about_people(
    people: Personas, client: Client, post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    email = people.stranger.email
    sign_in(client, post, email)
    client.post("/moi/rattacher", {"number": "9912345678", "ne_j": "2", "ne_m": "3",
                                   "ne_a": "1990", "card_number": "FRA1234567"})  # fmt: skip
    ours = [r for r in caplog.records if not r.name.startswith(("mail.log", "asyncio"))]
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    for secret in (email, "9912345678", "FRA1234567", "1990"):
        assert secret not in text
    assert Account.objects.get(email=email)


def test_an_account_is_named_by_its_id_only(db: None) -> None:
    who = account("secret@exemple.example")
    assert "secret" not in str(who)
    assert "secret" not in repr(who)
