"""``droitfil serve``: the pages, the API and the workers on this machine only, until Ctrl-C.

Prepares what serving needs (private database, tables, static files), takes the port asked for or
the next free one from 8000, and says the address once the pages answer.
"""

from __future__ import annotations

import ctypes

# Whole before the worker is forked: the thread that asks for the first page would otherwise be
# importing it at that moment, and the worker would wait for ever for the lock of that import.
import encodings.idna  # noqa: F401
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser
from droitfil.cli.supervisor import Workers
from droitfil.demo import telephone

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

    from droitfil.lib.clamd import PrivateClamd

ADDRESS = "127.0.0.1"
FIRST_PORT = 8000
#: Ports tried from the first one before giving up.
TRIED = 100
PR_SET_PDEATHSIG = 1
#: Requests that one process answers at the same time; its database pool has as many connections.
THREADS = 4
#: Processes that answer, at most: one a core, for a page keeps a core busy.
MOST_PROCESSES = 4


class NoPort(Exception):
    """No port to serve on; the text is a French sentence."""


def main(arguments: Sequence[str]) -> int:
    """Serves until interrupted; 1 with a sentence when it cannot."""
    parser = Parser("droitfil serve", "Sert les pages et l'interface HTTP sur cette machine.")
    parser.add_argument(
        "--port", metavar="PORT", help="le port à prendre (sinon le premier libre dès 8000)"
    )
    asked = parser.parse_args(arguments)
    with telephone.network():
        return _served(asked.port)


def _served(asked: str | None) -> int:
    from droitfil.lib.postgres import PostgresError

    try:
        port = choose_port(asked)
        _prepare()
    except (NoPort, PostgresError) as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"{error.filename} n'est pas accessible à ce compte.", file=sys.stderr)
        return 1
    with _antivirus(), Workers():
        _serve(port)
    return 0


def choose_port(asked: str | None, *, first: int = FIRST_PORT) -> int:
    """The port asked for, else the first free one from ``first``.

    :raises NoPort: when the one asked for is taken or is not a port, when none is free.
    """
    if asked:
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= 65535:
            raise NoPort(f"PORT vaut « {asked} » : écrivez un nombre de 1 à 65535.")
        if not is_free(int(asked)):
            raise NoPort(
                f"Le port {asked} est déjà pris : donnez-en un autre (PORT=8001), ou aucun pour "
                "prendre le premier libre."
            )
        return int(asked)
    for port in range(first, first + TRIED):
        if is_free(port):
            return port
    raise NoPort(f"Aucun port libre de {first} à {first + TRIED - 1} : donnez-en un par PORT=.")


def is_free(port: int) -> bool:
    """May this process listen on ``port`` of this machine now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _prepare() -> None:
    open_database()
    from django.conf import settings
    from django.core.management import call_command

    if settings.STORAGES["staticfiles"]["BACKEND"].startswith("whitenoise."):
        call_command("collectstatic", interactive=False, verbosity=0)
    from django.db import connections
    from django.utils import timezone

    from droitfil.attestations.actions import make_authority

    if settings.ENVIRONMENT != "production":  # an operator decides when, by droitfil keys signing
        make_authority("system:setup", now=timezone.now())
    # No pool may cross the fork: its threads would not, and the processes would share its
    # connections. Each opens its own.
    connections.close_all()
    for opened in connections.all(initialized_only=True):
        opened.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one


def _antivirus() -> PrivateClamd | AbstractContextManager[None]:
    """A private ClamAV for as long as the pages are served, unless the operator has one.

    Says in a sentence what becomes of pieces when there is none, or only one for show.
    """
    from django.conf import settings

    from droitfil.lib import clamd

    if clamd.socket_path() != settings.CLAMD:
        return nullcontext()
    if clamd.program() is None:
        print("Pas d'antivirus ici (paquet clamav-daemon) : les pièces resteront en quarantaine.")
        return nullcontext()
    print("Antivirus de démonstration : il ne connaît que le fichier d'essai EICAR.")
    return clamd.PrivateClamd()


def _serve(port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        target="droitfil.cli.serve:application",
        factory=True,
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        workers=min(len(os.sched_getaffinity(0)), MOST_PROCESSES),
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        log_access=False,
        workers_kill_timeout=5,
        # One that dies is replaced; one that dies again within seconds ends the command, which
        # whoever keeps it will see.
        respawn_failed_workers=True,
    )

    @server.on_startup
    def begin() -> None:
        # A closed terminal stops us; the server would take it for "read the code again".
        signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
        threading.Thread(target=_announce, args=(port,), daemon=True).start()

    server.serve()


def application() -> WSGIHandler:
    """The application, in the worker that the server starts: it ends when the server is killed."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # killed in between
        os._exit(1)
    from config.wsgi import application

    return application


def _announce(port: int) -> None:
    """Says the address once a page answers."""
    address = f"http://{ADDRESS}:{port}/"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}sante", timeout=5):  # nosec B310
                break
        except urllib.error.HTTPError:
            break  # it answers, if only to say what is wrong
        except OSError:
            time.sleep(0.05)
    from django.conf import settings

    demo = (
        f"La démonstration, en un clic : {address}demo\n" if settings.ENVIRONMENT == "demo" else ""
    )
    print(f"\nDroitfil est ouvert : {address}\n{demo}(Ctrl-C pour arrêter)", flush=True)
