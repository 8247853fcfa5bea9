"""Other programs and ours, asked the same in the same run: ``python -m bench pairs``.

Each peer is installed from PyPI, as its lock pins it, in a Python of its own under
``.droitfil/bench/pairs``; one that cannot be is told in a sentence and left out. CASES chooses how
many open cases they are asked about. docs/peers.md says what was found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from bench.bars import Bar, Say
from bench.peers import ground
from bench.peers.compared import PEERS, not_measured, table
from bench.peers.environments import NotInstalled, install


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
        for bar in _measured(say, cases, pythons):
            found.append(bar)
            yield bar
    print(table(found), flush=True)


def _measured(say: Say, cases: int, pythons: list[str]) -> Iterator[Bar]:
    with ground.base(say, cases) as environment:
        command = [sys.executable, "-m", "bench.peers.measures", *pythons]
        process = subprocess.Popen(
            command, cwd=ground.ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if isinstance(said, str):
                say(said)
            else:
                yield Bar(**said)
        if process.wait() != 0:
            raise RuntimeError("Les mesures des pairs n'ont pas fini.")
