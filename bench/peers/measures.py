"""Asks each peer and us in turn, and compares the answers.

Run as a process of its own by :mod:`bench.peers`, with the Python of each peer as argument:
``python -m bench.peers.measures spiffworkflow=PATH …``. Each line it prints is one bar as JSON, or
a sentence that says what is being measured.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date

from bench.bars import Bar
from bench.peers import ground
from bench.peers.compared import HELPDESK, OPENFISCA, PEERS, SPIFF, not_measured
from bench.peers.program import Stopped


def main(asked: list[str]) -> int:
    """Prints the bars of each peer; a peer that stops is told, and the others go on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from bench.peers import engines, lists

    pythons = dict(one.split("=", 1) for one in asked)
    day = date.fromisoformat(str(ground.loaded()["on"]))
    measures: dict[str, Callable[[str, date], Iterator[Bar]]] = {
        SPIFF.package: engines.spiffworkflow,
        OPENFISCA.package: engines.openfisca,
        HELPDESK.package: lists.bars,
    }
    for peer in PEERS:
        if peer.package not in pythons:
            continue
        _print(f"{peer.name} {peer.version}, et nous…")
        told: set[str] = set()
        try:
            for bar in measures[peer.package](pythons[peer.package], day):
                told.add(bar.name)
                _print(bar)
        except Stopped as stopped:
            for question in peer.questions:
                bar = not_measured(peer, question, str(stopped))
                if bar.name not in told:
                    _print(bar)
    return 0


def _print(said: Bar | str) -> None:
    print(json.dumps(said if isinstance(said, str) else asdict(said)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
