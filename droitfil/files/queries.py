"""Reading uploads: the copy that is shown, the receipt, and what waits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from droitfil.files import blobs
from droitfil.files.cleaner import JPEG, PDF, Limits, NotAccepted
from droitfil.files.models import State, Upload
from droitfil.files.sandbox import PIXELS, SECONDS, ask, cleaned_apart
from droitfil.files.sentences import refusal
from droitfil.files.vault import KeyMissing, Tampered, decrypt, keyring
from droitfil.lib.refusals import Refusal

#: The longest side of a thumbnail, in points: sharp on a telephone, a few kilobytes.
THUMBNAIL = 320


@dataclass(frozen=True, slots=True)
class Shown:
    """The cleaned copy of a piece. ``name`` is the owner's, with the ending of what it now is."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, when, and its SHA-256: enough to prove it, and nothing of what it says."""

    upload: UUID
    sha256: str
    size: int
    media_type: str
    pages: int
    received_at: datetime
    state: str


def open_cleaned(upload: Upload) -> Shown:
    """The copy without anything active or hidden: the only one that people may be shown.

    :raises droitfil.lib.refusals.Refusal: when the piece is in quarantine, refused or erased.
    :raises droitfil.files.vault.Tampered: when what is on disk is not what was written.
    """
    if upload.state != State.CLEAN:
        raise Refusal(_why_not(upload))
    content = _opened(upload, "cleaned")
    kind = PDF if upload.media_type == PDF else JPEG
    return Shown(content, kind, _name(upload, "pdf" if kind == PDF else "jpg"))


def one_document(pages: Sequence[tuple[Upload, int]]) -> bytes:
    """One PDF of the cleaned copies of ``pages``, in order, each turned clockwise by its degrees.

    Pages that the antivirus has not judged yet are bound too: nobody is shown them, nor the
    document, until it has. Takes seconds: not to be called under a lock.

    :raises droitfil.lib.refusals.Refusal: too many pages, or too large however small the pictures.
    """
    limits = {
        "size": settings.UPLOAD_BYTES, "pages": settings.UPLOAD_PAGES, "pixels": PIXELS,
        "turns": [turn for _upload, turn in pages],
    }  # fmt: skip
    copies = [_opened(upload, "cleaned") for upload, _turn in pages]
    seconds = SECONDS + sum(upload.pages for upload, _turn in pages)
    try:
        _said, (made,) = ask(limits, copies, seconds=seconds)
    except NotAccepted as error:
        raise refusal(error.code, error.details) from error
    return made


def thumbnail(upload: Upload, *, turn: int) -> bytes:
    """A small JPEG of a photograph, turned clockwise; "" of anything else.

    :raises droitfil.lib.refusals.Refusal: as :func:`open_cleaned`.
    """
    shown = open_cleaned(upload)
    if shown.media_type != JPEG:
        return b""
    # Imported when needed: it brings the decoders with it.
    from droitfil.files.cleaner.pictures import as_jpeg, turned

    return as_jpeg(turned(shown.content, turn, THUMBNAIL), quality=70)


def name_of(upload: Upload) -> str:
    """The name that its owner gave the file, "" once it is gone. Not to be logged."""
    if upload.sealed_name is None:
        return ""
    key = _key(upload, "original")
    return decrypt(bytes(upload.sealed_name), key, about=f"{upload.id} name").decode()


def read_original(upload: Upload) -> bytes:
    """The file as it was received, byte for byte. It is proof; it never goes to a browser.

    :raises droitfil.lib.refusals.Refusal: once it is refused or erased.
    :raises droitfil.files.vault.Tampered: when what is on disk is not what was written.
    """
    if upload.original_blob is None:
        raise Refusal(_why_not(upload))
    return _opened(upload, "original")


def everything_to_scan(upload: Upload) -> list[bytes]:
    """The original, and what the antivirus would not see inside it.

    :raises droitfil.files.cleaner.NotAccepted: when it can no longer be opened.
    """
    original = read_original(upload)
    if upload.media_type != PDF:
        return [original]
    # What was accepted stays so, whatever the settings have become since.
    limits = Limits(max(upload.size, settings.UPLOAD_BYTES), upload.pages, PIXELS)
    return [original, *cleaned_apart(original, limits).also_scan]


def receipt(upload: Upload) -> Receipt:
    """The receipt of ``upload``; it stays the same, but for its state, once the file is erased."""
    return Receipt(
        upload.id, bytes(upload.sha256).hex(), upload.size, upload.media_type, upload.pages,
        upload.received_at, upload.state,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pieces in quarantine, and since when the oldest one waits."""

    count: int
    since: datetime | None


def waiting() -> Waiting:
    """What the antivirus still has to judge."""
    found = Upload.objects.filter(state=State.QUARANTINED).aggregate(
        count=Count("pk"), since=Min("received_at")
    )
    return Waiting(found["count"], found["since"])


@dataclass(frozen=True, slots=True)
class Checked:
    """How many pieces were opened, and those that could not be, each with why (French)."""

    opened: int
    lost: list[tuple[UUID, str]]


def check(*, most: int | None = None) -> Checked:
    """Opens pieces as their readers would: the keys, the bytes of both copies, the hash.

    :param most: the latest, and as many again at random, so many in all; None: every one.
    """
    kept = Upload.objects.filter(original_blob__isnull=False)
    if most is None:
        uploads: Iterable[Upload] = kept.order_by("id").iterator(chunk_size=500)
    else:
        latest = list(kept.order_by("-received_at", "-id")[: most // 2])
        known = [upload.pk for upload in latest]
        # Identifiers are drawn at random: those that follow one of them are too.
        drawn = kept.exclude(pk__in=known).filter(pk__gte=uuid4()).order_by("id")
        uploads = [*latest, *drawn[: most - len(latest)]]
    opened, lost = 0, []
    for upload in uploads:
        why = _unreadable(upload)
        if why:
            lost.append((upload.pk, why))
        else:
            opened += 1
    return Checked(opened, lost)


def _unreadable(upload: Upload) -> str:
    """Why ``upload`` does not open; empty when it does, byte for byte."""
    try:
        original = read_original(upload)
        _opened(upload, "cleaned")
    except KeyMissing as error:
        return str(error)
    except Tampered:
        return "Ses octets ne sont pas, ou plus, ceux qui furent gardés."
    whole = hashlib.sha256(original).digest() == bytes(upload.sha256)
    return "" if whole else "Son empreinte n'est pas celle qui fut gardée."


def uses_of_keys() -> dict[str, int]:
    """How many uploads each master key opens, by its id; 0 for one that opens none."""
    used = dict(
        Upload.objects.exclude(master="")
        .values_list("master")
        .annotate(uses=Count("pk"))
        .order_by("master")
    )
    return {id_: used.get(id_, 0) for id_ in sorted({*keyring().ids(), *used})}


def _why_not(upload: Upload) -> str:
    if upload.state == State.QUARANTINED:
        return _(
            "Cette pièce est bien reçue ; elle sera montrée dès que l’antivirus l’aura contrôlée. "
            "Revenez dans un moment : rien d’autre n’est à faire."
        )
    if upload.state == State.REFUSED:
        return _(
            "L’antivirus a écarté cette pièce, qui n’a pas été gardée. Envoyez une photographie du "
            "document papier, ou un fichier établi de nouveau."
        )
    return _("Cette pièce a été effacée ; il n’en reste que le reçu.")


def _opened(upload: Upload, which: str) -> bytes:
    sealed = blobs.read(getattr(upload, f"{which}_blob"))
    return decrypt(sealed, _key(upload, which), about=f"{upload.id} {which}")


def _key(upload: Upload, which: str) -> bytes:
    master = keyring().get(upload.master)
    return master.unwrap(getattr(upload, f"{which}_key"), about=f"{upload.id} {which} key")


def _name(upload: Upload, ending: str) -> str:
    stem = name_of(upload).rsplit(".", 1)[0] or "piece"
    return f"{stem}.{ending}"
