"""Bringing an instance to the day of the country: rows as they were, secrets born here.

All or nothing, in one transaction: papers, receipts and the proof of each night are signed by keys
of this machine, and the journal is written and sealed again, night after night, in its order.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.actions.receipts import FORMAT as RECEIPT
from droitfil.attestations.models import Purpose
from droitfil.attestations.trust import mark_of
from droitfil.cases.continuity.proof import keep_proof
from droitfil.cases.models import Proof
from droitfil.demo.cast import BY
from droitfil.demo.country import file
from droitfil.demo.country.file import KEPT, Header, Table, Unreadable, fields
from droitfil.demo.country.film import MIDNIGHT
from droitfil.demo.country.scene import at
from droitfil.journal import queries as journal
from droitfil.journal.models import Entry
from droitfil.journal.sealer import seal_within
from droitfil.lib import clock
from droitfil.people.models import Person
from droitfil.rules import seal
from droitfil.rules.periods import add_days
from droitfil.rules.seal import FILING
from droitfil.territory.actions import load_reference

Progress = Callable[[int, int], None]
_NULL = r"\N"
_JOURNAL, _OUTBOX, _PROOF = "journal_entry", "journal_outbox", "case_proof"
_PROVED, _SECRET_BYTES = "proof.made", 32


def bring(path: Path = KEPT, *, progress: Progress = lambda *_: None) -> Header:
    """Fills an empty demonstration with the country of ``path``, and stands it on its day.

    The night of that day is not run.

    :param progress: told how many rows of how many are there.
    :raises Unreadable: the file is not there, or of another version; people live here already.
    """
    said = file.head(path)
    file.must_fit(said)
    if Person.objects.exists():
        raise Unreadable("Des gens vivent déjà dans cette base : droitfil demo reset l'efface.")
    with transaction.atomic():
        load_reference()
        make_authority(BY, now=at(add_days(said.day, -said.days), *MIDNIGHT))
        _Filling(said, progress).fill(file.read(path))
        clock.stand_on(said.day)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return said


@dataclass(frozen=True, slots=True)
class _Kept:
    """A proof as the file has it: everything but what dates and signs it."""

    document: dict[str, Any]
    made_at: datetime


class _Filling:
    """One load, in a transaction of its caller."""

    def __init__(self, said: Header, progress: Progress) -> None:
        self.progress = progress
        self.done, self.everything = 0, sum(said.rows.values())
        self.codes, self.seals = signer(Purpose.CODE), signer(Purpose.SEAL)
        self.before = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        #: From the number of a line in the file to its number here.
        self.shift = 0
        #: The last proof kept: the line that follows tells it.
        self.proof: Proof | None = None

    def fill(self, found: Iterable[tuple[Table, str]]) -> None:
        """Table by table; the journal last, since it is sealed with the proofs as it goes."""
        late: dict[str, tuple[Table, str]] = {}
        others: dict[str, Callable[[Table, str], None]] = {
            "account": self._accounts,
            "attestations_attestation": self._attestations,
            "attestations_receipt": self._receipts,
            "attestations_sharecode": self._share_codes,
        }
        for table, rows in found:
            if table.name in (_JOURNAL, _OUTBOX, _PROOF):
                late[table.name] = (table, rows)
            else:
                others.get(table.name, self._as_it_is)(table, rows)
        self._journal(*late[_JOURNAL], proofs=_proofs(*late[_PROOF]))
        self._outbox(*late[_OUTBOX])
        _follow_on()

    def _copy(self, name: str, columns: Sequence[str], rows: str) -> None:
        named = ", ".join(f'"{column}"' for column in columns)
        statement = f'COPY "{name}" ({named}) FROM STDIN'
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(rows)
        self._told(rows.count("\n"))

    def _told(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done, self.everything)

    def _as_it_is(self, table: Table, rows: str) -> None:
        self._copy(table.name, table.columns, rows)

    def _more(
        self, table: Table, rows: str, names: Sequence[str], make: Callable[[dict[str, str]], Any]
    ) -> None:
        """Each row with the columns ``names`` besides, which ``make`` gives."""
        made = (
            f"{line}\t{_line(make(dict(zip(table.columns, fields(line), strict=True))))}\n"
            for line in file.lines(rows)
        )
        self._copy(table.name, [*table.columns, *names], "".join(made))

    # -- what is signed here

    def _attestations(self, table: Table, rows: str) -> None:
        names = ("digest", "code", "certificate_id", "signature", "mark")
        self._more(table, rows, names, self._attestation)

    def _attestation(self, row: dict[str, str]) -> list[str]:
        content = file.text_of(row["content"])
        digest = _bytea(hashlib.sha256(content.encode()).digest())
        if row["kind"] == FILING:
            return [digest, "", _NULL, _NULL, _NULL]
        certificate = self.codes.certificate
        day = timezone.localdate(datetime.fromisoformat(row["issued_at"]))
        code = seal.message(
            seal.from_canonical(content), authority=certificate.authority,
            certificate=certificate.name, issued_on=day, signed_on=day,
        )  # fmt: skip
        signed = code.encode("ascii")
        return [
            digest, file.field_of(code), str(certificate.pk), _bytea(self.codes.sign(signed)),
            _bytea(mark_of(signed)),
        ]  # fmt: skip

    def _receipts(self, table: Table, rows: str) -> None:
        def signed(row: dict[str, str]) -> list[str]:
            text = f"{RECEIPT}\n{file.text_of(row['content'])}".encode()
            return [str(self.seals.certificate.pk), _bytea(self.seals.sign(text))]

        self._more(table, rows, ("certificate_id", "signature"), signed)

    def _accounts(self, table: Table, rows: str) -> None:
        """No password opens them; what sessions are tied to is drawn here."""
        self._more(table, rows, ("password",), lambda _row: [make_password(None)])

    def _share_codes(self, table: Table, rows: str) -> None:
        """Known by what nobody knows: those who had these codes are invented too."""
        self._more(
            table, rows, ("digest", "born"),
            lambda _row: [_bytea(secrets.token_bytes(_SECRET_BYTES)) for _ in range(2)],
        )  # fmt: skip

    # -- the journal, its blocks, the proof of each night

    def _journal(self, table: Table, rows: str, *, proofs: dict[date, _Kept]) -> None:
        lines = list(file.lines(rows))
        self.shift = self.before - (int(fields(lines[0])[0]) - 1) if lines else 0
        for chunk, day in _nights(table, lines):
            if chunk and _tells_proof(table, chunk[0]):
                chunk[0] = self._proved(table, chunk[0])
            self._copy(table.name, table.columns, "".join(self._shifted(line, 0) for line in chunk))
            if day is not None:
                self._prove(proofs.pop(day))
        assert not proofs, sorted(proofs)

    def _prove(self, kept: _Kept) -> None:
        _set_sequence(_JOURNAL)
        seal_within(now=kept.made_at)
        head = journal.head()
        self.proof = keep_proof(
            kept.document, head=str(head) if head else "", made_at=kept.made_at, signs=self.seals
        )
        self._told(1)

    def _proved(self, table: Table, line: str) -> str:
        """The line that tells a proof, with what it is worth here."""
        row = fields(line)
        place = table.columns.index("facts")
        facts = json.loads(file.text_of(row[place]))
        assert self.proof is not None
        certificate = self.seals.certificate
        facts |= {
            "hash": bytes(self.proof.hash).hex(), "authority": certificate.authority,
            "certificate": certificate.name,
        }  # fmt: skip
        row[place] = file.field_of(json.dumps(facts))
        return "\t".join(row)

    def _outbox(self, table: Table, rows: str) -> None:
        place = table.columns.index("entry_id")
        moved = "".join(self._shifted(line, place) for line in file.lines(rows))
        self._copy(table.name, table.columns, moved)

    def _shifted(self, line: str, place: int) -> str:
        """A row whose line of the journal follows those that this instance had already."""
        if not self.shift:
            return f"{line}\n"
        row = fields(line)
        row[place] = str(int(row[place]) + self.shift)
        return "\t".join(row) + "\n"


def _proofs(table: Table, rows: str) -> dict[date, _Kept]:
    found = {}
    for line in file.lines(rows):
        row = dict(zip(table.columns, fields(line), strict=True))
        document = json.loads(file.text_of(row["document"]))
        found[date.fromisoformat(row["date"])] = _Kept(
            document, datetime.fromisoformat(row["made_at"])
        )
    return found


def _nights(table: Table, lines: list[str]) -> Iterator[tuple[list[str], date | None]]:
    """The lines of the journal, cut before each that tells a proof, and the day of that proof."""
    chunk: list[str] = []
    for line in lines:
        if _tells_proof(table, line):
            yield chunk, date.fromisoformat(json.loads(_fact(table, line))["date"])
            chunk = []
        chunk.append(line)
    yield chunk, None


def _tells_proof(table: Table, line: str) -> bool:
    return fields(line)[table.columns.index("action")] == _PROVED


def _fact(table: Table, line: str) -> str:
    return file.text_of(fields(line)[table.columns.index("facts")])


def _follow_on() -> None:
    """What is written next takes the numbers that follow."""
    kept = {table.name for table in file.tables()}
    for model in apps.get_models():
        key = model._meta.pk
        if model._meta.db_table in kept and key is not None and "Auto" in key.get_internal_type():
            _set_sequence(model._meta.db_table)


def _set_sequence(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table}\""  # nosec B608
            " HAVING max(id) IS NOT NULL",
            [table],
        )


def _bytea(content: bytes) -> str:
    return f"\\\\x{content.hex()}"


def _line(columns: Iterable[str]) -> str:
    return "\t".join(columns)
