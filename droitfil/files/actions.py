"""Writing uploads: receive, judge again, erase, and wrap every key by a new master key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.db.models import QuerySet

from droitfil.files import blobs, vault
from droitfil.files.examination import Examined, Infected, examine, scan_all
from droitfil.files.models import State, Upload
from droitfil.files.queries import everything_to_scan
from droitfil.files.sentences import refusal
from droitfil.files.vault import Keyring, MasterKey, encrypt, keyring, new_key
from droitfil.journal.actions import Message, record

log = structlog.get_logger(__name__)

#: Rows whose keys are wrapped again in one transaction.
BATCH = 500
_WRAPPED = ("original_key", "cleaned_key", "master")


def receive(actor: str, *, content: bytes, declared_name: str, now: datetime) -> Upload:
    """Examines a file and keeps it: clean, or in quarantine while the antivirus does not answer.

    :func:`examine`, then :func:`keep`. Who holds a lock, or a transaction that others wait for,
    calls the first one before and the second one inside.

    :raises droitfil.lib.refusals.Refusal: nothing is kept; the sentence says what would be right.
    """
    return keep(actor, examine(content, declared_name=declared_name), now=now)


def keep(actor: str, examined: Examined, *, now: datetime) -> Upload:
    """Keeps what :func:`droitfil.files.examination.examine` let through, encrypted, twice.

    Safe to call in the caller's transaction: when that fails, what is on disk is swept later.

    :raises droitfil.lib.refusals.Refusal: when the disk takes nothing: what to do meanwhile.
    """
    upload = Upload(
        id=uuid4(),
        state=State.CLEAN if examined.scanned else State.QUARANTINED,
        sha256=examined.sha256,
        size=len(examined.content),
        media_type=examined.cleaned.kind,
        pages=examined.cleaned.pages,
        received_at=now,
        scanned_at=now if examined.scanned else None,
    )
    master = _master()
    original, cleaned = new_key(), new_key()
    upload.master = master.id
    upload.original_key = master.wrap(original, about=f"{upload.id} original key")
    upload.cleaned_key = master.wrap(cleaned, about=f"{upload.id} cleaned key")
    upload.sealed_name = encrypt(examined.name.encode(), original, about=f"{upload.id} name")
    # Bytes first, then the row: a row never speaks of bytes that are not there.
    try:
        upload.original_blob = blobs.write(
            encrypt(examined.content, original, about=f"{upload.id} original")
        )
        upload.cleaned_blob = blobs.write(
            encrypt(examined.cleaned.content, cleaned, about=f"{upload.id} cleaned")
        )
    except OSError as error:
        log.exception("upload.not_kept", error=error.strerror)
        raise refusal("disk", {}) from error
    with transaction.atomic():
        upload.save(force_insert=True)
        record(
            actor, action="upload.received", subject_kind="upload", subject=upload.id, at=now,
            facts={
                "sha256": examined.sha256.hex(), "size": upload.size, "pages": upload.pages,
                "type": upload.media_type, "state": upload.state,
            },
        )  # fmt: skip
    return upload


def judge(actor: str, upload: Upload, *, now: datetime) -> Upload:
    """Asks the antivirus again about a piece in quarantine: clean, refused, or still waiting.

    A refused piece loses its bytes and keys at once, and the message "upload.refused" leaves, so
    that whoever asked for the piece asks again. One that another process is judging, or that is
    no longer in quarantine, is left alone.
    """
    with transaction.atomic():
        found = (
            Upload.objects.select_for_update(skip_locked=True)
            .filter(pk=upload.pk, state=State.QUARANTINED)
            .first()
        )
        if found is None:
            return upload
        try:
            if not scan_all(*everything_to_scan(found)):
                return found
        except Infected:
            found.state = State.REFUSED
            _forget(found)
        else:
            found.state = State.CLEAN
        found.scanned_at = now
        found.save()
        refused = found.state == State.REFUSED
        record(
            actor, action="upload.scanned", subject_kind="upload", subject=found.id, at=now,
            facts={"state": found.state},
            send=[Message("upload.refused", {"upload": found.id}, key=str(found.id))]
            if refused else [],
        )  # fmt: skip
    return found


def erase(actor: str, upload: Upload, *, now: datetime) -> Upload:
    """Destroys the keys and the bytes of ``upload``; its hash and its receipt stay.

    Done once however often asked; what the antivirus refused has nothing left, and stays refused.
    """
    with transaction.atomic():
        found = Upload.objects.select_for_update().get(pk=upload.pk)
        if found.state in (State.ERASED, State.REFUSED):
            return found
        found.state, found.erased_at = State.ERASED, now
        _forget(found)
        found.save()
        record(actor, action="upload.erased", subject_kind="upload", subject=found.id, at=now)
    return found


def _forget(upload: Upload) -> None:
    """Takes keys and bytes off ``upload``; the bytes go once the row is committed without them."""
    names: list[UUID | None] = [upload.original_blob, upload.cleaned_blob]
    upload.original_blob = upload.cleaned_blob = None
    upload.original_key = upload.cleaned_key = upload.sealed_name = None
    upload.master = ""
    transaction.on_commit(lambda: blobs.remove(*names))


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the key in use, rows wrapped again, keys that open nothing any more."""

    current: str
    rewrapped: int
    unused: tuple[str, ...]
    finished_earlier: bool


def rotate_keys(actor: str, *, now: datetime) -> Rotation:
    """Wraps every key by a new master key; the blobs themselves are not touched.

    Killed midway, it has lost nothing: older master keys stay in their folder, and the next call
    finishes that rotation instead of beginning another.

    :raises droitfil.files.vault.KeyMissing: when a master key that rows need is not there.
    """
    ring = keyring()
    for id_ in _masters_in_use():
        ring.get(id_)  # before a new key is made: it would hide that an old one is lost
    unfinished = bool(ring.ids()) and _others(ring.current().id).exists()
    master = ring.current() if unfinished else ring.make()
    rewrapped = 0
    while batch := _rewrap_some(ring, master):
        rewrapped += batch
    with transaction.atomic():
        record(
            actor, action="upload_keys.rotated", subject_kind="upload_keys", at=now,
            facts={"master": master.id, "rewrapped": rewrapped},
        )  # fmt: skip
    used = {*_masters_in_use(), master.id}
    unused = tuple(id_ for id_ in ring.ids() if id_ not in used)
    return Rotation(master.id, rewrapped, unused, unfinished)


def _masters_in_use() -> set[str]:
    return set(Upload.objects.exclude(master="").values_list("master", flat=True).distinct())


def _others(master: str) -> QuerySet[Upload]:
    return Upload.objects.exclude(master__in=("", master))


def _rewrap_some(ring: Keyring, master: MasterKey) -> int:
    with transaction.atomic():
        rows = list(_others(master.id).select_for_update().order_by("pk")[:BATCH])
        for row in rows:
            old = ring.get(row.master)
            for name in ("original", "cleaned"):
                about = f"{row.id} {name} key"
                key = old.unwrap(getattr(row, f"{name}_key"), about=about)
                setattr(row, f"{name}_key", master.wrap(key, about=about))
            row.master = master.id
        Upload.objects.bulk_update(rows, _WRAPPED)
    return len(rows)


def _master() -> MasterKey:
    """The key in use; the first one is made with the first upload, never later."""
    ring = keyring()
    try:
        return ring.current()
    except vault.KeyMissing:
        # Rows without their keys mean a folder that was lost or not mounted: a new key would hide
        # it until the day someone opens an old piece.
        if Upload.objects.exclude(master="").exists():
            raise
        return ring.make(unless_any=True)
