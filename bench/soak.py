"""``python -m bench.soak``: what takes too long for every run of the tests.

Its parts, named as arguments to choose some of them:

- ``situations``: the kernel's properties on thousands of new situations;
- ``service``: the site asked without rest, its memory watched;
- ``nights``: nights killed at 200 random points, PostgreSQL under them too (SOAK_KILLS);
- ``people``: 20,000 people drawn (SOAK_PEOPLE) on whom the night in SQL and the kernel must agree,
  every branch counted;
- ``replica``: a primary killed under acts and its replica promoted, again and again
  (SOAK_PROMOTIONS): nothing acknowledged is lost;
- ``upgrade``: the version of SOAK_FROM, with its data, becomes this one while people read and file;
- ``fuzz``: 100,000 requests drawn at every operation, route and form (FUZZ_REQUESTS);
- ``faults``: pages, rounds, PostgreSQL and ClamAV killed at 800 random moments (FAULTS_KILLS), a
  disk that fills up, mail servers in trouble, a clock that moves;
- ``year``: 365 nights of a small office, one after the other (YEAR_DAYS);
- ``country``: the invented country that is kept, loaded whole: journal, proofs, every paper;
- ``mutations``: the kernel altered line by line, each alteration to be noticed.

1 when a part fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench import api, clients, mutation, site
from bench.bars import percentile
from bench.faults import faults
from bench.fuzz import fuzz
from tests.rules.legal_cases import read_cases

ROOT = Path(__file__).resolve().parents[1]
#: Seconds of questions without rest, and how much the memory may grow after the first third.
LASTS = float(os.environ.get("SOAK_SECONDS", "120"))
MOST_GROWTH = 1.10
CLIENTS = 4
#: Where ``upgrade`` begins, unless SOAK_FROM names another commit.
PREVIOUS = "62891d5"


def situations() -> bool:
    """Hypothesis looks for a situation that breaks a property (HYPOTHESIS_EXAMPLES each)."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "soak"}
    tests = [
        "tests/rules/test_properties_of_lines.py",
        "tests/rules/test_properties_of_applications.py",
        "tests/rules/test_questions_refused.py",
    ]
    command = [sys.executable, "-m", "pytest", "-q", *tests]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def service() -> bool:
    """Every answer is right and the memory stops growing."""
    questions = [json.dumps(case.question).encode() for case in read_cases()]
    times: list[float] = []
    memories: list[int] = []
    failures = 0
    with site.served() as (address, process):
        ask = api.asking(address, questions)
        until = time.monotonic() + LASTS
        while time.monotonic() < until:
            taken, failed = clients.together(ask, pause=0, lasts=1, clients=CLIENTS)
            times += taken
            failures += failed
            memories.append(_memory(process))
            print(f"\r▸ {len(times)} questions, {memories[-1] // 1024} Mio", end="", flush=True)
    growth = memories[-1] / memories[len(memories) // 3]
    slowest = percentile(times, 99)
    print(f"\r  {len(times)} questions, {failures} échecs, 99e centile {slowest:.0f} ms,")
    print(f"  mémoire × {growth:.2f} depuis le premier tiers (au plus {MOST_GROWTH:.2f})")
    return failures == 0 and growth <= MOST_GROWTH


def _memory(process: int) -> int:
    """Resident kibibytes of a process and of all its children."""
    found, left = 0, [process]
    while left:
        folder = Path("/proc") / str(left.pop())
        try:
            status = (folder / "status").read_text(encoding="utf-8")
            children = (folder / "task" / folder.name / "children").read_text(encoding="utf-8")
        except OSError:
            continue
        found += int(status.partition("VmRSS:")[2].split()[0])
        left += [int(child) for child in children.split()]
    return found


def nights() -> bool:
    """Nothing is lost nor done twice, whatever is killed."""
    from tests.cases.continuity.kills import trial

    kills = int(os.environ.get("SOAK_KILLS", "200"))
    with tempfile.TemporaryDirectory() as folder:
        ground = trial(Path(folder) / "base", nights=20, kills=kills * 9 // 10, servers=kills // 10)
    fell = ", ".join(f"{phase} {count}" for phase, count in sorted(ground.where.items()))
    print(f"  {ground.kills} coups, dont {ground.in_work} en plein travail : rien de perdu")
    print(f"  où ils sont tombés : {fell}")
    return True


def people() -> bool:
    """The night in SQL and the kernel agree on SOAK_PEOPLE people; every branch is reached."""
    reached: Counter[str] = Counter()
    drawn = papers = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "SOAK_PEOPLE": os.environ.get("SOAK_PEOPLE", "20000"),
            "SOAK_REPORT": folder,
        }
        tests = "tests/cases/continuity/test_sweep_and_kernel.py"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", tests]
        agreed = subprocess.run(command, cwd=ROOT, env=environment).returncode == 0
        for report in Path(folder).glob("*.json"):
            found = json.loads(report.read_text(encoding="utf-8"))
            reached.update(found["reached"])
            drawn, papers = drawn + found["people"], papers + found["papers"]
    for name, count in reached.items():
        print(f"  {name:<28}{count:>9}")
    never = [name for name, count in reached.items() if not count]
    print(f"  {drawn} personnes, {papers} papiers comparés ; jamais atteint : {never or 'rien'}")
    return agreed and bool(reached) and not never


def replica() -> bool:
    """A primary is lost, and nothing that it acknowledged."""
    from tests.drills.promotion import trial

    times = int(os.environ.get("SOAK_PROMOTIONS", "5"))
    found = trial(promotions=times, processes=4, say=lambda text: print(f"  {text}", flush=True))
    print(f"  {found.acknowledged} écritures acquittées, {found.granted} demandes accordées")
    stale = [percentile(found.stale, rank) for rank in (50, 99)]
    print(f"  retard de la réplique : médiane {stale[0]:.2f} ms, 99e centile {stale[1]:.2f} ms")
    return True


def upgrade() -> bool:
    """Nobody notices, and nothing is lost."""
    from tests.drills.upgrade import NoHistory, trial

    try:
        found = trial(
            os.environ.get("SOAK_FROM", PREVIOUS), clients=20,
            people=int(os.environ.get("SOAK_PEOPLE_OF_OFFICE", "300")),
            say=lambda text: print(f"  {text}", flush=True),
        )  # fmt: skip
    except NoHistory as error:
        print(f"  {error}")
        return False
    for failure, count in found.failures.most_common(10):
        print(f"  {count} × {failure}")
    return not found.failures


def country() -> bool:
    """The country that is kept is as clean as the small one that the tests build."""
    environment = {**os.environ, "SOAK_COUNTRY": "1"}
    tests = ["tests/demo/test_country.py", "-k", "loaded or verifies or enters or goes_on"]
    command = [sys.executable, "-m", "pytest", "-q", *tests]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def mutations() -> bool:
    """mutmut alters the kernel (about an hour on one core); the count decides."""
    command = [str(Path(sys.executable).with_name("mutmut")), "run"]
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        return False
    return mutation.main([]) == 0


def year() -> bool:
    """Night after night: proofs add up, the journal verifies, no table swells."""
    days = os.environ.get("YEAR_DAYS", "365")
    command = [sys.executable, "-m", "tests.faults.year", days]
    return subprocess.run(command, cwd=ROOT).returncode == 0


PARTS: dict[str, Callable[[], bool]] = {
    "situations": situations,
    "service": service,
    "nights": nights,
    "people": people,
    "replica": replica,
    "upgrade": upgrade,
    "fuzz": fuzz,
    "faults": faults,
    "year": year,
    "country": country,
    "mutations": mutations,
}


def main(asked: list[str]) -> int:
    """Runs the parts asked, all of them by default; 1 when one fails, 2 for an unknown name."""
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        print(f"« {unknown[0]} » n'existe pas : {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    failed = []
    for name in asked or PARTS:
        print(f"▸ {name}", flush=True)
        if not PARTS[name]():
            failed.append(name)
    print("Tout a tenu." if not failed else f"N'a pas tenu : {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
