"""``droitfil notices``: what an operator types and reads."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from droitfil.notices.simulated import mailbox, phone
from tests.cli.conftest import ROOT, Run
from tests.mail import PostOffice, post_office
from tests.notices.telling import asked, tell
from tests.notices.test_bounces import report
from tests.personas import Personas


@pytest.fixture
def office(settings: object) -> object:
    with post_office(settings) as open_office:
        yield open_office


@pytest.mark.django_db
def test_deliver_says_what_left(run: Run, office: PostOffice) -> None:
    assert run("notices", "deliver").out == "Rien à envoyer.\n"
    tell(asked(Personas().amina))
    assert run("notices", "deliver").out == "Messages : 1 envoyé.\n"
    assert len(office.received) == 1


@pytest.mark.django_db
def test_bounce_reads_a_file_a_folder_and_says_how_many(
    run: Run, office: PostOffice, tmp_path: Path
) -> None:
    message = tell(asked(Personas().amina))
    run("notices", "deliver")
    (tmp_path / "avis.eml").write_bytes(report(message.deliveries.get(channel="email").pk))
    (tmp_path / "autre.eml").write_bytes(b"Subject: bonjour\r\n\r\n")
    ran = run("notices", "bounce", str(tmp_path))
    assert (ran.status, ran.out) == (0, "Avis lus : 2 ; concernant un de nos messages : 1.\n")
    assert message.deliveries.get(channel="email").state == "bounced"
    assert run("notices", "bounce", str(tmp_path / "avis.eml")).out.startswith("Avis lus : 1 ;")
    ran = run("notices", "bounce", str(tmp_path / "absent"))
    assert (ran.status, "ne se lit pas" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bounce"], "bounce attend un fichier"),
        (["deliver", "x"], "deliver ne prend pas de chemin"),
        (["deliver", "--smtp", "1"], "ne vont qu'avec simulate"),
        (["envoyer"], "n'est pas un choix"),
    ],
)
def test_what_is_not_understood_is_told(run: Run, arguments: list[str], says: str) -> None:
    ran = run("notices", *arguments)
    assert ran.status == 2
    assert says in ran.err


def test_the_simulated_networks_receive_until_they_are_stopped(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "droitfil.cli.main", "notices", "simulate", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "DROITFIL_ENV": "test"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    smtp = re.fullmatch(r"export DROITFIL_SMTP=smtp://(.+):(\d+)\n", process.stdout.readline())
    sms = re.fullmatch(
        r"export DROITFIL_SMS=(\S+) DROITFIL_SMS_TOKEN=(\S+)\n", process.stdout.readline()
    )
    assert smtp is not None
    assert sms is not None
    with smtplib.SMTP(smtp[1], int(smtp[2])) as post:
        post.sendmail("a@exemple.example", "b@exemple.example", "Subject: essai\r\n\r\nBonjour")
        assert post.docmd("MAIL", "FROM:<a@exemple.example>")[0] == 250
        assert post.docmd("RCPT", "TO:<refuse@exemple.example>")[0] == 550
    body = json.dumps({"to": "+33612345678", "text": "Bonjour", "reference": "r1"}).encode()
    request = urllib.request.Request(
        sms[1], data=body, headers={"Authorization": f"Bearer {sms[2]}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 202
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    assert [one.subject for one in mailbox.received(tmp_path, to="b@exemple.example")] == ["essai"]
    assert [one.text for one in phone.received(tmp_path)] == ["Bonjour"]
