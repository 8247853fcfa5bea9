"""Other programs and ours, asked the same in the same run: ``python -m bench pairs``.

Each peer is installed from PyPI, as its lock pins it, in a Python of its own under
``.droitfil/bench/pairs``; one that cannot be is told in a sentence and left out. CASES chooses how
many open cases they are asked about. docs/peers.md says what was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.bars import Bar, Say
from bench.peers import ground
from bench.peers.compared import PEERS, not_measured, table
from bench.peers.environments import NotInstalled, install
from bench.processes import measured


def bars(say: Say) -> Iterator[Bar]:
    """A ratio a question, none to pass; then the table, and what the figures leave out."""
    cases = ground.cases_asked()
    found: list[Bar] = []
    pythons: list[str] = []
    for peer in PEERS:
        say(f"{peer.name} {peer.version} s'installe à part…")
        try:
            pythons.append(f"{peer.package}={install(peer, ground.HOME / 'venv')}")
        except NotInstalled as absent:
            found += [not_measured(peer, question, str(absent)) for question in peer.questions]
    yield from found
    if pythons:
        with ground.base(say, cases) as environment:
            for bar in measured(say, environment, "bench.peers.measures", *pythons):
                found.append(bar)
                yield bar
    print(table(found), flush=True)
