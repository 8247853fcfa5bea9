"""``droitfil keys signing``: makes the authority, puts new keys in service, lists them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  init           fait ce qui manque : l'autorité, un certificat pour les codes, un pour les sceaux
  list           les certificats, leur usage, leur clé
  rotate USAGE   met une nouvelle clé en service pour « code » ou « seal » ; ce que l'ancienne a
                 signé reste vérifiable"""
ACTOR = "system:operator"


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of the signing keys; 1 when it cannot be done."""
    parser = Parser("droitfil keys signing", "Les clés qui signent les papiers.", EPILOG)
    parser.add_argument("command", choices=("init", "list", "rotate"), metavar="COMMANDE")
    parser.add_argument("purpose", nargs="?", choices=("code", "seal"), metavar="USAGE")
    asked = parser.parse_args(arguments)
    if (asked.command == "rotate") != (asked.purpose is not None):
        parser.error("rotate attend « code » ou « seal », les autres commandes rien")
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.lib.refusals import Refused

    try:
        return _run(asked.command, asked.purpose)
    except Refused as refusal:
        print(refusal.says, file=sys.stderr)
        return 1


def _run(command: str, purpose: str | None) -> int:
    from django.utils import timezone

    from droitfil.attestations.actions import make_authority, rotate
    from droitfil.attestations.models import Purpose

    if command == "init":
        made = make_authority(ACTOR, now=timezone.now())
        for certificate in made:
            print(f"Fait : {certificate} ({certificate.get_purpose_display()})")
        if not made:
            print("Rien à faire : l'autorité et ses certificats sont en service.")
    elif purpose is not None:
        certificate = rotate(ACTOR, purpose=Purpose(purpose), now=timezone.now())
        print(f"En service : {certificate} ({certificate.get_purpose_display()})")
    else:
        _list()
    return 0


def _list() -> None:
    from cryptography import x509
    from django.conf import settings

    from droitfil.attestations import keyring
    from droitfil.attestations.actions.certificates import signing_folder
    from droitfil.attestations.models import Certificate

    print(f"Clés privées : {signing_folder()}")
    for found in Certificate.objects.order_by("pk"):
        state = "en service" if found.retired_at is None else "retiré"
        public = keyring.public_key(x509.load_der_x509_certificate(bytes(found.der)))
        there = keyring.kept(
            public,
            settings.KEYS_FOLDER / "signing",
            certificate=f"{found.authority}-{found.name}",
        )
        key = "clé présente" if there else "clé absente"
        print(f"{found} · {found.get_purpose_display()} · {state} · {key}")
        print(f"  {keyring.fingerprint(bytes(found.der))}")
