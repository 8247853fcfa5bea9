"""How many papers a second one connection issues, and what an offline check adds to a signature.

Issuing runs in a process of its own, on a durable PostgreSQL (the private one) and in a database
made for it and dropped after.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import profiles
from bench.bars import Bar, Say

ROOT = Path(__file__).resolve().parents[1]
SIGNED_A_SECOND, UNSIGNED_A_SECOND = 6_000, 15_000
#: Of the rate of verifying signatures alone, in percent.
SHARE_OF_RAW = 60
PAPERS, BATCH = 120_000, 4_000
#: Batches of which the quickest in a row count: what the machine's other work disturbs least.
GROUP = 2
#: Papers verified in each round, and rounds; the quickest round counts.
VERIFIED, ROUNDS = 2_000, 7
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def bars(say: Say) -> Iterator[Bar]:
    """Papers issued a second, signed and unsigned; the cost of an offline verification."""
    say(f"{PAPERS} papiers signés, {PAPERS} sans signature, sur une connexion…")
    done = subprocess.run(
        [sys.executable, "-m", "bench.attestations"],
        cwd=ROOT,
        env={**os.environ, "DROITFIL_ENV": "demo"},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    details = {"papers": PAPERS, "batch": BATCH, "postgresql": found["postgresql"]}
    yield Bar(
        "papers_signed",
        "Papiers délivrés et signés par seconde, une connexion",
        found["signed"],
        "/s",
        at_least=SIGNED_A_SECOND,
        details=details,
        profile=found["profiles"].get("signed", ""),
    )
    yield Bar(
        "papers_unsigned",
        "Papiers délivrés sans signature par seconde",
        found["unsigned"],
        "/s",
        at_least=UNSIGNED_A_SECOND,
        details=details,
        profile=found["profiles"].get("unsigned", ""),
    )
    yield Bar("signatures", "… signatures seules, un cœur", found["signatures"], "/s")
    say("vérifications sans réseau…")
    raw, whole = _verifications()
    yield Bar(
        "offline_share",
        "Vérification sans réseau, en part d'une signature seule",
        100 * raw / whole,
        "%",
        at_least=SHARE_OF_RAW,
        details={"raw_a_second": round(1 / raw), "offline_a_second": round(1 / whole)},
    ).explained(lambda: profiles.of(_verifications))


def _verifications() -> tuple[float, float]:
    """Processor seconds of one signature verified alone, and of one code verified offline."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    from droitfil.attestations import keyring, offline, trust
    from droitfil.rules import seal

    key, root = keyring.new_key(), keyring.new_key()
    dates = {"valid_from": datetime(2025, 1, 1, tzinfo=UTC), "valid_to": NOW.replace(year=2040)}
    authority = keyring.authority_certificate(root, name="XX99", **dates)
    made = keyring.signing_certificate(
        key.public_key(), name="0001", authority=authority, authority_key=root, **dates
    )
    rows: list[dict[str, Any]] = [
        {"authority": "XX99", "name": name, "purpose": purpose, "der": der, "retired_on": None}
        for name, purpose, der in (
            ("XX99", trust.AUTHORITY, keyring.der(authority)),
            ("0001", trust.CODE, keyring.der(made)),
        )
    ]
    known = trust.gathered(rows, known_at=NOW, revoked={})
    codes, signatures = [], []
    for rank in range(VERIFIED):
        signed = seal.message(
            _paper(rank), authority="XX99", certificate="0001", issued_on=TODAY, signed_on=TODAY
        )
        signature = keyring.sign(key, signed.encode())
        codes.append(seal.text(signed, signature))
        halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        signatures.append((encode_dss_signature(*halves), signed.encode()))
    public = key.public_key()

    def raw() -> None:
        for signature, signed in signatures:
            public.verify(signature, signed, keyring.ALGORITHM)

    def whole() -> None:
        for code in codes:
            assert offline.verify_code(code, known, day=TODAY).holds

    times = [(_seconds(raw), _seconds(whole)) for _ in range(ROUNDS)]
    return min(t for t, _ in times) / VERIFIED, min(t for _, t in times) / VERIFIED


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _paper(rank: int, kind: str = "API") -> Any:
    from droitfil.rules.seal import Paper

    return Paper(
        kind=kind,
        reference=f"{kind[0]}-{uuid4()}",
        family_name=f"Nom{'abcdefghij'[rank % 10]}",
        first_names=("Prénom", "Second"),
        sex="F",
        born_on=date(1960 + rank % 40, 1 + rank % 12, 1 + rank % 28),
        birth_place="Bouaké",
        birth_country="CIV",
        nationality="CIV",
        foreigner_number=f"{rank:010}",
        valid_from=TODAY,
        valid_to=date(2027, 2, 22),
        may_stay=True,
        may_work="full",
        limits=("with_expired_card",),
        category="Salarié",
        filed_on=date(2026, 9, 1),
        filing_reference=f"RNV-{rank}",
        office="Préfecture de l’Essonne",
    )


def _issued() -> dict[str, Any]:
    """Rates of issuing, in a database of its own on the private server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.db import connection

    from droitfil.lib import postgres

    if settings.PRIVATE_DATABASE is not None:
        postgres.hold(settings.PRIVATE_DATABASE)
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)  # it would keep the base from going
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        settings.KEYS_DIR = Path(folder)
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            return _rates()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def _rates() -> dict[str, Any]:
    from django.db import connection

    from droitfil.attestations import keyring
    from droitfil.attestations.actions import Order, issue, make_authority
    from droitfil.rules.seal import FILING

    make_authority("system:bench", now=NOW)

    def ordered(kind: str, count: int) -> list[Order]:
        return [
            Order(key=str(uuid4()), holder=uuid4(), case=uuid4(), paper=_paper(rank, kind))
            for rank in range(count)
        ]

    def rate(kind: str) -> float:
        orders = ordered(kind, PAPERS)
        spent = []
        for first in range(0, PAPERS, BATCH):
            start = time.perf_counter()
            issue("system:bench", orders[first : first + BATCH], now=NOW)
            spent.append(time.perf_counter() - start)
        groups = [sum(spent[rank : rank + GROUP]) for rank in range(0, len(spent), GROUP)]
        return GROUP * BATCH / min(groups)

    key = keyring.new_key()
    start = time.process_time()
    for _ in range(BATCH):
        keyring.sign(key, b"x" * 190)
    signatures = BATCH / (time.process_time() - start)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    rates = {"signed": rate("API"), "unsigned": rate(FILING)}
    missed = {
        name: profiles.of(partial(issue, "system:bench", ordered(kind, BATCH), now=NOW))
        for name, kind, asked in (
            ("signed", "API", SIGNED_A_SECOND),
            ("unsigned", FILING, UNSIGNED_A_SECOND),
        )
        if rates[name] < asked
    }
    return {**rates, "signatures": signatures, "postgresql": version, "profiles": missed}


if __name__ == "__main__":
    print(json.dumps(_issued()))
