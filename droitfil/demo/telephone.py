"""The telephone network of the demonstration: the simulated gateway, on this machine.

Imported before the settings are read: it needs none of them.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Where the post and the telephone of the demonstration keep what they receive.
FOLDER = Path(__file__).resolve().parent.parent.parent / ".droitfil" / "simulated"


@contextmanager
def network() -> Iterator[None]:
    """Within, text messages of this process and of those that it starts reach the gateway.

    Nothing is done out of a demonstration, nor where the operator has a gateway.
    """
    if os.environ.get("DROITFIL_ENV", "demo") != "demo" or os.environ.get("DROITFIL_SMS"):
        yield
        return
    from droitfil.notices.simulated.phone import Server

    token = secrets.token_urlsafe(30)
    server = Server(FOLDER, token=token)
    os.environ |= {"DROITFIL_SMS": server.address, "DROITFIL_SMS_TOKEN": token}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        del os.environ["DROITFIL_SMS"], os.environ["DROITFIL_SMS_TOKEN"]
