"""What surrounds the tests, set before anything else is imported (``-p tests.surroundings``).

The settings are those of the environment "test", whatever the shell says; only ``DATABASE_URL``
is kept, for who tests on a server of their own.
"""

from __future__ import annotations

import os

KEPT = ("DROITFIL_NO_SKIP",)

for name in [name for name in os.environ if name.startswith("DROITFIL_") and name not in KEPT]:
    del os.environ[name]
os.environ["DROITFIL_ENV"] = "test"
