"""``droitfil notices``: sends what is due, reads what came back, simulates the networks."""

from __future__ import annotations

import secrets
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  deliver        envoie les courriels et les SMS qui attendent (à lancer chaque minute)
  bounce CHEMIN  lit les avis de non-remise : un fichier, un dossier ou un Maildir (- : l'entrée)
  simulate [CHEMIN] [--smtp PORT] [--sms PORT] [--tells ADRESSE]
                 tient une poste et une passerelle SMS pour essayer, jusqu'à Ctrl-C ; CHEMIN garde
                 ce qui est reçu, --tells est l'adresse à qui dire ce que devient chaque SMS"""
#: What each outcome is called: one, several.
SAID = {
    "sent": ("envoyé", "envoyés"),
    "later": ("remis à plus tard", "remis à plus tard"),
    "failed": ("abandonné", "abandonnés"),
    "bounced": ("refusé par le destinataire", "refusés par le destinataire"),
}


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask; 1 when the database cannot be had, 2 for what is refused."""
    parser = Parser("droitfil notices", "Les messages : leur départ, leurs retours.", EPILOG)
    parser.add_argument("command", choices=("deliver", "bounce", "simulate"), metavar="COMMANDE")
    parser.add_argument("path", nargs="?", metavar="CHEMIN")
    parser.add_argument("--smtp", type=int, default=0, metavar="PORT", help="pour simulate")
    parser.add_argument("--sms", type=int, default=0, metavar="PORT", help="pour simulate")
    parser.add_argument("--tells", default="", metavar="ADRESSE", help="pour simulate")
    asked = parser.parse_args(arguments)
    if asked.command == "bounce" and not asked.path:
        parser.error("bounce attend un fichier, un dossier, ou - pour l'entrée")
    if asked.command == "deliver" and asked.path:
        parser.error("deliver ne prend pas de chemin")
    if asked.command != "simulate" and (asked.smtp or asked.sms or asked.tells):
        parser.error("--smtp, --sms et --tells ne vont qu'avec simulate")
    if asked.command == "simulate":
        return _simulate(asked)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return _deliver() if asked.command == "deliver" else _bounce(asked.path)


def _deliver() -> int:
    from droitfil.lib import clock
    from droitfil.notices.jobs import deliver

    done = deliver(now=clock.now())
    said = [f"{count} {SAID[name][count > 1]}" for name, count in done.items() if count]
    print(f"Messages : {', '.join(said)}." if said else "Rien à envoyer.")
    return 0


def _bounce(path: str) -> int:
    from droitfil.lib import clock
    from droitfil.notices.bounces import letters_of, receive

    try:
        contents = (
            [sys.stdin.buffer.read()]
            if path == "-"
            else [letter.read_bytes() for letter in letters_of(Path(path))]
        )
    except OSError:
        print(f"« {path} » ne se lit pas : donnez un fichier ou un dossier.", file=sys.stderr)
        return 2
    read = [receive(content, now=clock.now()) for content in contents]
    used = sum(report is not None for report in read)
    print(f"Avis lus : {len(read)} ; concernant un de nos messages : {used}.")
    return 0


def _simulate(asked: Namespace) -> int:
    from droitfil.notices.simulated import mailbox, phone

    folder = Path(asked.path or ".droitfil/simulated")
    token = secrets.token_urlsafe(30)
    try:
        post = mailbox.Server(folder, asked.smtp)
        post.start()
        network = phone.Server(folder, token=token, port=asked.sms, tells=asked.tells)
    except OSError as error:
        print(f"Un port est pris : {error.strerror}.", file=sys.stderr)
        return 1
    threading.Thread(target=network.serve_forever, daemon=True).start()
    print(f"export DROITFIL_SMTP=smtp://127.0.0.1:{post.port}")
    print(f"export DROITFIL_SMS={network.address} DROITFIL_SMS_TOKEN={token}", flush=True)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    try:
        over.wait()
    except KeyboardInterrupt:
        pass
    finally:
        network.shutdown()
        post.stop()
    return 0
