"""``python -m bench``: each promise with its figure, met or missed; 1 when one is missed.

Names of measures as arguments choose some of them: ``python -m bench noyau commande``. PEOPLE says
how many people the measures of a population are made on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    api,
    attestations,
    command,
    kernel,
    machine,
    pages,
    peers,
    population,
    site,
    table,
)
from bench.bars import Bar, Say

RESULTS = Path(__file__).resolve().parent / "results"


def _served(say: Say) -> Iterator[Bar]:
    with site.served() as (address, _):
        yield from api.bars(say, address)
        yield from pages.bars(say, address)


MEASURES: dict[str, Callable[[Say], Iterator[Bar]]] = {
    "noyau": kernel.bars,
    "commande": command.bars,
    "papiers": attestations.bars,
    "population": population.bars,
    "site": _served,
    "pairs": peers.bars,
}


def main(asked: list[str]) -> int:
    """Measures, prints, writes the results; 1 when a promise is missed, 2 for an unknown name."""
    unknown = [name for name in asked if name not in MEASURES]
    if unknown:
        print(f"« {unknown[0]} » n'est pas une mesure : {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    found: list[Bar] = []
    described = machine.description()
    for name in asked or MEASURES:
        for bar in MEASURES[name](_say):
            _clear()
            print(bar.line(), flush=True)
            found.append(bar)
    missed = [bar for bar in found if not bar.met]
    written = write(found, described)
    if not asked:
        table.rewrite([written])
        print("Le tableau du README dit maintenant ces chiffres.")
    kept = sum(bool(bar.promise) for bar in found) - len(missed)
    print(f"\n{kept} promesses tenues, {len(missed)} manquées. Résultats : {written}")
    return 1 if missed else 0


def write(found: list[Bar], described: dict[str, object]) -> str:
    """The results as JSON in ``bench/results``, profiles of what is missed beside; its name."""
    RESULTS.mkdir(exist_ok=True)
    now = _now()
    path = RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    bars = [bar.as_data() for bar in found]
    for bar, told in zip(found, bars, strict=True):
        if bar.profile:
            told["profile"] = f"{path.stem}-{bar.name}.txt"
            path.with_name(told["profile"]).write_text(bar.profile, encoding="utf-8")
    data = {
        "measured_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "machine": described,
        "bars": bars,
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return f"bench/results/{path.name}"


def _now() -> datetime:
    return datetime.now(UTC)


def _say(text: str) -> None:
    if sys.stdout.isatty():
        _clear()
        print(f"▸ {text}", end="", flush=True)
    else:
        print(f"▸ {text}", flush=True)


def _clear() -> None:
    if sys.stdout.isatty():
        print("\r\x1b[K", end="")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
