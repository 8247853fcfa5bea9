"""Nothing in clear on disk nor in the database; keys that can be changed, and lost by nobody."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from pytest_django import Settings

from droitfil.cli.keys import main as keys_command
from droitfil.files import actions, blobs, jobs, queries, vault
from droitfil.files.models import State, Upload
from droitfil.files.vault import KeyMissing, Keyring, Tampered, decrypt, encrypt, keyring, new_key
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Refusal
from tests.files.samples import AMINA, NOW, SECRET, jpeg, pdf, with_form

PROJECT = Path(__file__).resolve().parents[2]
LATER = NOW + timedelta(days=3)
#: A process of its own that rotates keys, one row at a time, and says so at each.
ROTATE = """
import django, sys
django.setup()
from datetime import UTC, datetime
from droitfil.files import actions
actions.BATCH = 1
some = actions._rewrap_some
def told(ring, master):
    print("row", flush=True)
    return some(ring, master)
actions._rewrap_some = told
actions.rotate_keys("system:keys", now=datetime.now(UTC))
"""


def receive(content: bytes, name: str = f"{SECRET}.pdf") -> Upload:
    return actions.receive(AMINA, content=content, declared_name=name, now=NOW)


class Undone(Exception):
    """The caller's transaction fails."""


def undone(act: Callable[[], object]) -> None:
    with transaction.atomic():
        act()
        raise Undone


def rows_of_the_database() -> Iterator[bytes]:
    """Every row of every table, as a dump writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        assert "upload" in tables
        for table in tables:
            with cursor.cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                yield b"".join(bytes(row) for row in rows)


def in_every_writing(text: bytes) -> list[bytes]:
    return [text, text.hex().encode(), base64.b64encode(text)[:-4]]


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
def test_disk_and_database_hold_nothing_in_clear(tmp_path: Path) -> None:
    contents = [pdf(2, with_form), jpeg()]
    uploads = [receive(content) for content in contents]
    shown = [queries.open_cleaned(upload).content for upload in uploads]
    disk = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    dump = b"".join(rows_of_the_database())
    assert len([path for path in disk if "files" in path.parts]) >= 4
    assert uploads[0].id.hex[:8].encode() in dump

    needles = [SECRET.encode(), SECRET.split(",")[0].encode(), b"%PDF-1", b"JFIF", b"CINQUANTE"]
    # Any stretch of what was received or is shown; not their first bytes alone.
    for content in (*contents, *shown):
        needles += [content[at : at + 24] for at in range(0, len(content) - 24, 97)]
    # Keys too: of blobs, and the master's outside its own file.
    master = keyring().current()
    needles += [
        master.unwrap(upload.original_key, about=f"{upload.id} original key") for upload in uploads
    ]
    for needle in needles:
        for written in in_every_writing(needle):
            assert written not in dump
            assert not [path for path, content in disk.items() if written in content]
    for written in in_every_writing(master.secret):
        assert written not in dump
        holders = [path for path, content in disk.items() if written in content]
        assert all(path.parent == django_settings.KEYS_DIR for path in holders)


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
def test_what_is_written_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    receive(jpeg())
    for root in (django_settings.FILES_DIR, django_settings.KEYS_DIR):
        for path in [root, *root.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
def test_bytes_that_changed_or_moved_do_not_open() -> None:
    one, other = receive(jpeg()), receive(pdf())
    assert one.original_blob
    assert other.original_blob
    path = blobs._path(one.original_blob)
    sealed = path.read_bytes()
    for at in (0, 5, 20, len(sealed) // 2, len(sealed) - 1):
        path.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        with pytest.raises(Tampered):
            queries.read_original(one)
    path.write_bytes(sealed)
    assert queries.read_original(one) == jpeg()
    # A row made to point at another's blob, even with its key.
    one.original_blob, one.original_key = other.original_blob, other.original_key
    with pytest.raises(Tampered):
        queries.read_original(one)
    path.unlink()
    one.refresh_from_db()
    with pytest.raises(Tampered):
        queries.read_original(one)


def test_a_seal_opens_with_its_key_and_what_it_is_about_only() -> None:
    key = new_key()
    sealed = encrypt(b"bonjour", key, about="a")
    assert decrypt(sealed, key, about="a") == b"bonjour"
    assert encrypt(b"bonjour", key, about="a") != sealed
    for wrong in ((sealed, new_key(), "a"), (sealed, key, "b"), (b"bonjour", key, "a")):
        with pytest.raises(Tampered):
            decrypt(wrong[0], wrong[1], about=wrong[2])


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
def test_erased_means_gone_but_for_the_receipt(settings: Settings) -> None:
    upload = receive(pdf())
    before = queries.receipt(upload)
    with transaction.atomic():
        actions.erase(AMINA, upload, now=LATER)
    erased = actions.erase(AMINA, upload, now=LATER + timedelta(days=1))
    assert (erased.state, erased.erased_at) == (State.ERASED, LATER)
    assert Entry.objects.filter(action="upload.erased").count() == 1
    after = queries.receipt(erased)
    assert (after.sha256, after.received_at, after.size) == (
        before.sha256, before.received_at, before.size,
    )  # fmt: skip
    assert queries.name_of(erased) == ""
    for read in (queries.open_cleaned, queries.read_original):
        with pytest.raises(Refusal, match="Cette pièce a été effacée"):
            read(erased)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
def test_bytes_go_when_the_erasure_is_kept_and_not_before(settings: Settings) -> None:
    def on_disk() -> int:
        return len([path for path in settings.FILES_DIR.rglob("*") if path.is_file()])

    upload = receive(pdf())
    with pytest.raises(Undone):
        undone(lambda: actions.erase(AMINA, upload, now=LATER))
    assert on_disk() == 2
    upload.refresh_from_db()
    assert queries.read_original(upload) == pdf()
    actions.erase(AMINA, upload, now=LATER)
    assert on_disk() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
def test_what_no_row_speaks_of_is_swept_after_a_day(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = receive(jpeg())
    with pytest.raises(Undone):
        undone(lambda: receive(jpeg()))  # two blobs stay behind
    unfinished = settings.FILES_DIR / "00" / f"{uuid4().hex}.new"
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"half")
    assert jobs.sweep_orphans() == 0
    yesterday = time.time() - 25 * 3600
    for path in settings.FILES_DIR.rglob("*/*"):
        os.utime(path, (yesterday, yesterday))
    monkeypatch.setattr(jobs, "FEW", 0)
    with pytest.raises(jobs.TooManyOrphans):  # three, against the two of the piece
        jobs.sweep_orphans()
    monkeypatch.setattr(jobs, "FEW", 3)
    assert jobs.sweep_orphans() == 3
    assert jobs.sweep_orphans() == 0
    assert queries.read_original(upload) == jpeg()
    assert queries.open_cleaned(upload).content


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
def test_keys_are_rotated_and_the_old_one_is_told(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    def run(word: str) -> tuple[int, str, str]:
        status = keys_command([word])
        said = capsys.readouterr()
        return status, said.out, said.err

    assert run("status")[1].startswith("Aucune clé dans ")
    uploads = [receive(jpeg()), receive(pdf())]
    (first,) = keyring().ids()
    assert run("status") == (0, f"{first}  2 pièces  en service\n", "")
    disk = {p: p.read_bytes() for p in settings.FILES_DIR.rglob("*") if p.is_file()}

    status, said, _ = run("rotate")
    second = keyring().current().id
    assert (status, second != first) == (0, True)
    assert f"Clé en service : {second}. 2 pièces sous cette clé désormais." in said
    assert f"{first} n'ouvre plus aucune pièce. Gardez " in said
    assert run("status")[1] == f"{first}  0 pièce\n{second}  2 pièces  en service\n"
    assert disk == {p: p.read_bytes() for p in settings.FILES_DIR.rglob("*") if p.is_file()}
    entry = Entry.objects.get(action="upload_keys.rotated")
    assert entry.facts == {"master": second, "rewrapped": 2}

    (settings.KEYS_DIR / f"{first}.key").unlink()
    for upload, content in zip(uploads, (jpeg(), pdf()), strict=True):
        with pytest.raises(KeyMissing):  # as it was read before the rotation
            queries.read_original(upload)
        upload.refresh_from_db()
        assert queries.read_original(upload) == content
        assert queries.name_of(upload) == f"{SECRET}.pdf"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
@pytest.mark.parametrize("seen", [0, 1, 2, 4, 6])
def test_a_rotation_killed_midway_loses_nothing_and_is_finished(
    seen: int, settings: Settings
) -> None:
    uploads = [receive(jpeg((64, 48))) for _ in range(6)]
    database = connection.settings_dict
    environment = {
        "PATH": os.environ["PATH"], "DROITFIL_ENV": "test", "DROITFIL_FILES": settings.FILES_DIR,
        "DROITFIL_KEYS": settings.KEYS_DIR, "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}"
        f"?host={database['HOST']}",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", ROTATE],
        cwd=PROJECT, env={k: str(v) for k, v in environment.items()}, stdout=subprocess.PIPE,
    ) as rotation:  # fmt: skip
        assert rotation.stdout is not None
        for _ in range(seen + 1):
            assert rotation.stdout.readline() == b"row\n"
        rotation.send_signal(signal.SIGKILL)
    first, second = keyring().ids()
    for upload in Upload.objects.all():
        assert queries.read_original(upload) == jpeg((64, 48))
    left = Upload.objects.filter(master=first).count()
    assert left in (6 - seen, 5 - seen if seen < 6 else 0)

    done = actions.rotate_keys("system:keys", now=LATER)
    if left:
        assert done == actions.Rotation(second, left, (first,), finished_earlier=True)
    assert set(Upload.objects.values_list("master", flat=True)) == {done.current}
    for upload in uploads:
        upload.refresh_from_db()
        assert queries.read_original(upload) == jpeg((64, 48))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clamd")
def test_a_lost_folder_of_keys_is_said_and_not_replaced(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    receive(jpeg())
    (id_,) = keyring().ids()
    (settings.KEYS_DIR / f"{id_}.key").rename(settings.KEYS_DIR / "elsewhere")
    with pytest.raises(KeyMissing):
        receive(jpeg())
    assert keyring().ids() == []
    assert keys_command(["status"]) == 1
    assert "remettez-la d'après votre sauvegarde" in capsys.readouterr().out
    assert keys_command(["rotate"]) == 1
    assert "ne se lit pas : remettez-la" in capsys.readouterr().err
    assert keyring().ids() == []

    (settings.KEYS_DIR / f"{id_}.key").write_text(new_key().hex())
    with pytest.raises(KeyMissing, match="ne contient pas la clé que son nom annonce"):
        keyring().get(id_)


def test_a_ring_makes_keys_in_order(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    with pytest.raises(KeyMissing, match="Aucune clé maîtresse"):
        ring.current()
    made = [ring.make() for _ in range(3)]
    assert ring.make(unless_any=True) == made[-1] == ring.current()
    assert ring.ids() == [key.id for key in made]
    assert [key.id.split("-")[1] for key in made] == ["0001", "0002", "0003"]
    assert vault.MasterKey("a", b"secret").__repr__() == "MasterKey(id='a')"
