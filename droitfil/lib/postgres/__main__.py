"""``python -m droitfil.lib.postgres HOME …``: begins a keeper. Only :func:`hold` calls it.

People use ``droitfil db`` instead.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from droitfil.lib.postgres.keeper import keep

parser = argparse.ArgumentParser()
parser.add_argument("home", type=Path)
parser.add_argument("--report", type=int, required=True)
parser.add_argument("--not-durable", action="store_true")

if __name__ == "__main__":
    asked = parser.parse_args()
    keep(asked.home, report=asked.report, durable=not asked.not_durable)
