"""Asks each peer and us in turn, and compares the answers.

Run as a process of its own by :mod:`bench.peers`, with the Python of each peer as argument:
``python -m bench.peers.measures spiffworkflow=PATH …``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date

from bench.bars import Bar
from bench.peers import ground
from bench.peers.compared import HELPDESK, OPENFISCA, PEERS, SPIFF, not_measured
from bench.peers.program import Stopped
from bench.processes import tell


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
        tell(f"{peer.name} {peer.version}, et nous…")
        told: set[str] = set()
        try:
            for bar in measures[peer.package](pythons[peer.package], day):
                told.add(bar.name)
                tell(bar)
        except Stopped as stopped:
            for question in peer.questions:
                bar = not_measured(peer, question, str(stopped))
                if bar.name not in told:
                    tell(bar)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
