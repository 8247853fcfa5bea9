"""``droitfil journal``: what an operator reads."""

from __future__ import annotations

import pytest

from droitfil.cli.journal import main
from tests.journal.writing import guards_off, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_intact_altered_and_published(capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    assert run("verify")[0] == 0
    assert run("head") == (1, "", "Rien n'est encore scellé.\n")
    assert run("seal") == (0, "Rien à sceller.\n", "")
    ids = write(1200)
    assert run("seal") == (0, "1\u202f200 entrées scellées en 1 bloc.\n", "")
    head = run("head")[1].strip()
    write(2)

    status, said, _ = run("verify", "--head", head)
    assert status == 0
    assert "✓ Journal intact : 1\u202f200 entrées scellées dans 1 bloc" in said
    assert head in said
    assert "2 entrées ne sont pas encore sous scellés, depuis le 23/11/2026 à 10:00:00." in said

    with guards_off() as execute:
        execute("DELETE FROM journal_entry WHERE id = %s", [ids[3]])
    status, said, _ = run("verify")
    assert status == 1
    assert f"✗ L'entrée {ids[3]} (bloc 1) a disparu." in said
    assert "Journal altéré : 1 altération trouvée" in said

    status, said, _ = run("verify", "--head", f"1:{'0' * 64}")
    assert status == 1
    assert "Le bloc 1 n'est plus celui qui avait été publié." in said


@pytest.mark.parametrize(
    "words", [[], ["read"], ["verify", "--head", "12"], ["seal", "--head", "1:00"]]
)
def test_what_is_not_understood_is_said(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("droitfil journal : ")
