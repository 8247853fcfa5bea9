"""While the antivirus is silent a piece waits, kept and unseen; then it is judged."""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections
from pytest_django import Settings

from droitfil.files import actions, antivirus, blobs, jobs, queries
from droitfil.files.models import State, Upload
from droitfil.journal.models import Entry, OutboxMessage
from droitfil.lib.clamd import PrivateClamd, answers
from droitfil.lib.refusals import Refusal
from tests.absences import NO_CLAMD, skip_without
from tests.files.conftest import free_port
from tests.files.samples import AMINA, EICAR, NOW, attach, jpeg, pdf

pytestmark = [pytest.mark.django_db(transaction=True), skip_without(NO_CLAMD)]
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def own_clamd(tmp_path: Path, settings: Settings) -> Iterator[PrivateClamd]:
    """One that the test may kill, on a Unix socket."""
    home = Path(f"/tmp/droitfil-test-{os.getpid()}")
    with PrivateClamd(home / "s", tmp_path / "clamd") as clamd:
        assert clamd.wait()
        settings.CLAMD = clamd.address
        yield clamd


def receive(content: bytes) -> Upload:
    return actions.receive(AMINA, content=content, declared_name="a.pdf", now=NOW)


def test_without_antivirus_a_piece_is_kept_and_shown_to_nobody() -> None:
    upload = receive(pdf())
    assert (upload.state, upload.scanned_at) == (State.QUARANTINED, None)
    assert upload.received_at == NOW
    with pytest.raises(Refusal, match="Cette pièce est bien reçue ; elle sera montrée dès que"):
        queries.open_cleaned(upload)
    assert queries.read_original(upload) == pdf()
    assert jobs.scan_waiting(LATER) == jobs.Scanned(waiting=1)
    assert queries.waiting() == queries.Waiting(1, NOW)


@pytest.mark.usefixtures("_own_folders")
def test_when_it_is_back_each_piece_is_judged(
    running_clamd: PrivateClamd, settings: Settings
) -> None:
    good, bad = receive(pdf(2)), receive(pdf(1, lambda made: attach(made, EICAR)))
    settings.CLAMD = running_clamd.address
    assert jobs.scan_waiting(LATER) == jobs.Scanned(clean=1, refused=1)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, good.received_at, good.scanned_at) == (State.CLEAN, NOW, LATER)
    assert queries.open_cleaned(good).content.startswith(b"%PDF-")

    assert (bad.state, bad.original_key, bad.master) == (State.REFUSED, None, "")
    assert len(list(settings.FILES_DIR.rglob("*/*"))) == 2  # those of the good one
    for read in (queries.open_cleaned, queries.read_original):
        with pytest.raises(Refusal, match="L’antivirus a écarté cette pièce"):
            read(bad)
    assert queries.receipt(bad).sha256 == bytes(bad.sha256).hex()
    states = Entry.objects.filter(action="upload.scanned").values_list("subject", "facts__state")
    assert dict(states) == {good.id: "clean", bad.id: "refused"}
    message = OutboxMessage.objects.get()
    assert (message.kind, message.payload) == ("upload.refused", {"upload": str(bad.id)})
    assert jobs.scan_waiting(LATER) == jobs.Scanned()
    assert actions.judge(AMINA, bad, now=LATER).state == State.REFUSED


@pytest.mark.usefixtures("_own_folders")
def test_one_piece_that_cannot_be_read_does_not_keep_the_others_waiting(
    running_clamd: PrivateClamd, settings: Settings
) -> None:
    spoilt, good = receive(pdf()), receive(pdf(7))
    assert spoilt.original_blob
    blobs._path(spoilt.original_blob).write_bytes(b"spoilt")
    settings.CLAMD = running_clamd.address
    settings.UPLOAD_PAGES, settings.UPLOAD_BYTES = 1, 100  # lowered since
    assert jobs.scan_waiting(LATER) == jobs.Scanned(clean=1, waiting=1)
    good.refresh_from_db()
    assert good.state == State.CLEAN


def test_killed_it_is_started_again(own_clamd: PrivateClamd) -> None:
    assert own_clamd.process is not None
    killed = own_clamd.process.pid
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        process = own_clamd.process
        if process and process.pid != killed and answers(own_clamd.address):
            break
        time.sleep(0.1)
    assert receive(jpeg()).state == State.CLEAN


def test_stopped_then_started(own_clamd: PrivateClamd) -> None:
    own_clamd.stop()
    assert not answers(own_clamd.address)
    assert receive(jpeg()).state == State.QUARANTINED
    with PrivateClamd(own_clamd.address, own_clamd.home) as again:
        assert again.wait()
        assert jobs.scan_waiting(LATER) == jobs.Scanned(clean=1)


def test_killed_while_it_reads(own_clamd: PrivateClamd, monkeypatch: pytest.MonkeyPatch) -> None:
    """clamd dies between two parts of a file: what it has not judged is in quarantine."""
    killed = threading.Event()

    def kill_then_send(shape: str, size: int) -> bytes:
        if not killed.is_set() and own_clamd.process is not None:
            os.kill(own_clamd.process.pid, signal.SIGKILL)
            own_clamd.process.wait()
            killed.set()
        return struct.pack(shape, size)

    monkeypatch.setattr(antivirus, "struct", SimpleNamespace(pack=kill_then_send))
    upload = receive(jpeg((3000, 2000)))
    assert killed.is_set()
    assert upload.state == State.QUARANTINED


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"stream: OK", b"\xff\xff\0", b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", b"UNKNOWN COMMAND\0",
        b"stream: OK FOUND\nstream: OK\0",
    ],
)  # fmt: skip
def test_anything_but_a_clear_answer_is_quarantine(answer: bytes, settings: Settings) -> None:
    """A server that answers oddly, or half: no word of clamd's is taken for another."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:

        def serve() -> None:
            with server.accept()[0] as client:
                while not client.recv(65536).endswith(bytes(4)):
                    pass
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        settings.CLAMD = ("127.0.0.1", port)
        state = receive(jpeg()).state
        thread.join()
    assert state == State.QUARANTINED


def test_a_clamd_that_says_nothing_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(antivirus, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", port := free_port())):
        settings.CLAMD = ("127.0.0.1", port)
        assert receive(jpeg()).state == State.QUARANTINED


@pytest.mark.usefixtures("_own_folders")
def test_two_rounds_at_once_judge_each_piece_once(
    running_clamd: PrivateClamd, settings: Settings
) -> None:
    for _ in range(4):
        receive(jpeg((64, 48)))
    settings.CLAMD = running_clamd.address

    def round_() -> None:
        try:
            jobs.scan_waiting(LATER)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=round_) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Upload.objects.filter(state=State.CLEAN).count() == 4
    assert Entry.objects.filter(action="upload.scanned").count() == 4
