"""The settings of an operator: what production demands, and how a mistake is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DROITFIL_ENV": "production",
    "DROITFIL_SECRET_KEY": "k" * 50,
    "DROITFIL_HOSTS": "droitfil.example",
    "DATABASE_URL": "postgresql://u:p@localhost/droitfil",
    "DROITFIL_SMTP": "smtp+tls://u:p@courriel.example:587",
    "DROITFIL_KEYS": str(PROJECT),
}
SHOW = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""


def read(variables: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings as a new process would, with these variables and no other."""
    ours = {n: v for n, v in os.environ.items() if not n.startswith(("DROITFIL_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-c", SHOW % (names,)],
        cwd=PROJECT,
        env=ours | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_strict() -> None:
    done = read(
        PRODUCTION,
        *("DEBUG", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"),
        *("SESSION_COOKIE_SECURE", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "SITE_ADDRESS"),
        *("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS"),
        *("CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "PRIVATE_DATABASE", "TRUSTED_PROXIES"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["droitfil.example"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 63072000,
        "SESSION_COOKIE_SECURE": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "SITE_ADDRESS": "https://droitfil.example",
        "EMAIL_HOST": "courriel.example",
        "EMAIL_PORT": 587,
        "EMAIL_USE_TLS": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "PRIVATE_DATABASE": None,
        "TRUSTED_PROXIES": 0,
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"DROITFIL_SECRET_KEY": ""}, "DROITFIL_SECRET_KEY (ou DROITFIL_SECRET_KEY_FILE) doit"),
        ({"DROITFIL_SECRET_KEY": "court"}, "au moins 50 caractères"),
        ({"DROITFIL_HOSTS": ""}, "DROITFIL_HOSTS doit nommer les domaines servis"),
        ({"DROITFIL_HOSTS": "*"}, "(jamais *)"),
        ({"DATABASE_URL": ""}, "DATABASE_URL (ou DATABASE_URL_FILE) doit donner l'adresse"),
        ({"DROITFIL_REPLICA_SECONDS": "0"}, "écrivez un nombre entier de 1 à 60."),
        ({"DATABASE_REPLICA_URL": "mysql://u@h/b"}, "DATABASE_REPLICA_URL commence par « mysql:"),
        ({"DROITFIL_SMTP": ""}, "DROITFIL_SMTP doit donner le serveur"),
        ({"DROITFIL_SMTP": "http://u:secret@x"}, "DROITFIL_SMTP ne nomme pas de serveur"),
        ({"DROITFIL_SMS": "https://sms.example/envois"}, "DROITFIL_SMS_TOKEN (ou DROITFIL_SMS_TO"),
        ({"DROITFIL_SMS": "http://sms.example/envois"}, "DROITFIL_SMS enverrait des messages en"),
        ({"DROITFIL_SMS": "https://u:secret@sms.example"}, "sans mot de passe"),
        ({"DROITFIL_ENV": "prod"}, "DROITFIL_ENV vaut « prod », valeur inconnue"),
        ({"DROITFIL_HTPS": "1"}, "vouliez-vous dire « DROITFIL_HTTPS »"),
        ({"DROITFIL_THEME": "/nulle/part"}, "n'est pas un dossier"),
        ({"DROITFIL_LOG": "xml"}, "Valeurs admises : json, console."),
        ({"DROITFIL_KEYS": "/nulle/part"}, "DROITFIL_KEYS nomme « /nulle/part », qui n'est pas un"),
        ({"DROITFIL_CLAMD": "clamd"}, "écrivez le chemin d'une socket (/run/…) ou machine:port."),
        ({"DROITFIL_CLAMD": "clamd:0"}, "DROITFIL_CLAMD vaut « clamd:0 »"),
        ({"DROITFIL_UPLOAD_MEGABYTES": "0"}, "écrivez un nombre entier de 1 à 100."),
    ],
)
def test_a_mistake_stops_the_process_with_a_sentence(change: dict[str, str], says: str) -> None:
    done = read(PRODUCTION | change)
    assert done.returncode == 1
    assert done.stderr.startswith("Réglage refusé. ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("", "/run/clamav/clamd.ctl"),
        ("/run/other.sock", "/run/other.sock"),
        ("antivirus.internal:3310", ["antivirus.internal", 3310]),
        ("[::1]:3310", ["::1", 3310]),
    ],
)
def test_where_the_antivirus_listens(given: str, read_as: object) -> None:
    done = read(PRODUCTION | {"DROITFIL_CLAMD": given}, "CLAMD", "UPLOAD_BYTES")
    assert json.loads(done.stdout) == {"CLAMD": read_as, "UPLOAD_BYTES": 20 * 2**20}


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("f" * 60, encoding="utf-8")
    variables = {name: value for name, value in PRODUCTION.items() if "SECRET" not in name}
    done = read(variables | {"DROITFIL_SECRET_KEY_FILE": str(file)}, "SECRET_KEY")
    assert json.loads(done.stdout) == {"SECRET_KEY": "f" * 60}


def test_the_demonstration_makes_its_secret_once_and_hides_it() -> None:
    made = [json.loads(read({}, "SECRET_KEY", "DEBUG").stdout) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["DEBUG"] is False
    assert len(made[0]["SECRET_KEY"]) >= 60
    assert (PROJECT / ".droitfil" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_every_variable_is_described_for_operators() -> None:
    text = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    done = read({"DROITFIL_": ""})
    known = done.stderr.split("Variables connues : ")[1].strip(" .\n").split(", ")
    assert len(known) > 10
    assert [name for name in known if name not in text] == []
