"""The operating guide is followed, word for word: backup, a machine that burns, a mistake."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.absences import NO_RSYNC, skip_without
from tests.drills.clusters import Ground, Server
from tests.drills.guide import follow, steps
from tests.drills.sites import lives_in_bytes
from tests.lib.postgres_users import until

pytestmark = skip_without(NO_RSYNC)
PEOPLE = "12"


@dataclass
class House:
    """A machine that serves: its database, its folders, what its settings say."""

    server: Server
    folder: Path
    backups: Path

    def __post_init__(self) -> None:
        for name in ("files", "keys"):
            (self.folder / name).mkdir(mode=0o700, parents=True)
        for name in ("files", "keys"):
            (self.backups / name).mkdir(exist_ok=True)

    @property
    def droitfil(self) -> dict[str, str]:
        """The settings of production, and the folders of backups."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DROITFIL_", "PG"))}
        return {
            **kept, "DROITFIL_ENV": "production", "DROITFIL_HOSTS": "titres.example.fr",
            "DATABASE_URL": self.server.url, "DROITFIL_SMTP": "smtps://courriel.example.fr",
            "DROITFIL_FILES": str(self.folder / "files"),
            "DROITFIL_KEYS": str(self.folder / "keys"),
            "DROITFIL_SECRET_KEY_FILE": str(self.folder / "secret-key"),
            "BACKUP_FILES": str(self.backups / "files"), "BACKUP_KEYS": str(self.backups / "keys"),
        }  # fmt: skip

    def lives(self, *words: str) -> bytes:
        return lives_in_bytes(self.droitfil, *words)


def test_a_machine_burns_then_a_mistake_is_undone(tmp_path: Path) -> None:
    with Ground() as ground:
        first = House(ground.server("first", 5432), tmp_path / "first", tmp_path)
        secret = first.folder / "secret-key"
        secret.write_text(secrets.token_urlsafe(60), encoding="utf-8")
        archive = {"BACKUP": str(ground.place("archive"))}
        bases = ground.place("archive/base")
        ground.place("archive/wal")
        follow("archive", ground, postgres=first.server.variables | archive)
        piece = first.lives("prepare", PEOPLE).decode().split()[-1]
        content = first.lives("piece", piece)
        said = follow(
            "backup", ground, postgres=first.server.variables | archive, droitfil=first.droitfil
        )
        assert "backup successfully verified" in said
        head, (base,) = said.split()[-1], bases.iterdir()

        # Written after the backup, a mistake the last: it left by the archive.
        ask = first.server.ask
        ask("UPDATE person SET given_names = 'Après' WHERE family_name = 'Diallo'")
        held = "SELECT count(*) FROM residence_document WHERE withdrawn_on IS NULL"
        before, ((instant,),) = ask(held), ask("SELECT clock_timestamp()::text")
        ask("UPDATE residence_document SET withdrawn_on = current_date")
        ((last,),) = ask("SELECT pg_walfile_name(pg_switch_wal())")
        until(lambda: ask("SELECT last_archived_wal >= %s FROM pg_stat_archiver", last)[0][0])
        first.server.kill()
        shutil.rmtree(first.server.data)
        shutil.rmtree(first.folder)

        # An empty machine, another port.
        server = Server(ground, ground.folder / "second", 5433)
        second = House(server, tmp_path / "second", tmp_path)
        said = follow(
            "restore", ground, postgres=server.variables | archive,
            droitfil=second.droitfil | {"HEAD": head},
        )  # fmt: skip
        assert "✓ Journal intact" in said
        assert f"Tête : {head}" in said
        assert "✓ 1 pièce : tout s'ouvre, octet pour octet." in said
        assert second.lives("piece", piece) == content
        assert server.ask(held) == [(0,)]  # the mistake too
        told = "SELECT DISTINCT given_names FROM person WHERE family_name = 'Diallo'"
        assert server.ask(told) == [("Après",)]

        # Back to before the mistake, what was right after the backup kept.
        server.ask("UPDATE upload SET original_blob = gen_random_uuid()")
        went = {"BASE": str(base), "INSTANT": instant}
        follow(
            "instant", ground, postgres=server.variables | archive | went, droitfil=second.droitfil
        )
        assert server.ask(held) == before
        assert server.ask(told) == [("Après",)]
        assert second.lives("piece", piece) == content


def test_every_step_is_followed_by_a_test() -> None:
    assert set(steps()) == {
        "archive",
        "backup",
        "restore",
        "instant",
        "replica",
        "wait-for-replica",
        "promote",
    }  # fmt: skip; the last three by the drill of a replica
