"""The order of the questions for the answers given so far: what is next, what came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from droitfil.rules.facts import PAPERS
from droitfil.rules.law import Law
from droitfil.web.public.whereami import papers
from droitfil.web.public.whereami.fields import Asked
from droitfil.web.public.whereami.state import NEW, State
from droitfil.web.public.whereami.steps import DOCUMENT, RECEIVED, Step
from droitfil.web.public.whereami.steps_application import APPLICATION
from droitfil.web.public.whereami.steps_items import PIECE, REMEDY
from droitfil.web.public.whereami.steps_person import PARENT, PERSON

#: What a prefix is called in an address: d1 → document-1, a1.piece2 → demande-1-pieces-2.
_NOUNS = {"d": "document", "a": "demande", "p": "personne", "piece": "pieces", "recours": "recours",
          "parent": "parent"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One page: a step, asked of one thing."""

    step: Step
    asked: Asked

    @property
    def address(self) -> str:
        """``document-1-dates``: the last part of the address."""
        parts = []
        for part in self.asked.prefix.split("."):
            letters = part.rstrip("0123456789")
            parts.append(_NOUNS[letters])
            if part != letters:
                parts.append(part[len(letters) :])
        return "-".join([*parts, self.step.name])

    @property
    def personal(self) -> bool:
        return self.asked.prefix.startswith("p")

    def answered(self) -> bool:
        return self.step.answered(self.asked)


def start(state: State) -> State:
    """Every situation has a first document, an application and a way through them."""
    if not state.documents():
        state["d1"] = NEW
    if not state.applications():
        state["a1"] = NEW
    return state


def places(state: State, law: Law, today: date) -> list[Place]:
    """Every page that applies, in order."""

    def those(steps: tuple[Step, ...], prefix: str) -> Iterator[Place]:
        asked = Asked(state, prefix, law, today)
        return (Place(step, asked) for step in steps if step.shown(asked))

    start(state)
    _ask_what_was_before(state)
    found: list[Place] = []
    for document in state.documents():
        if f"{document}.demande" not in state:
            found += those(DOCUMENT, document)
        elif state[document] in PAPERS and document == "d1":
            found += those(DOCUMENT[:2], document)
    for application in state.applications():
        found += those(APPLICATION, application)
        for piece in state.nested(application, "piece"):
            found += those(PIECE, piece)
        for remedy in state.nested(application, "recours"):
            found += those(REMEDY, remedy)
        for document in state.documents():
            if state.get(f"{document}.demande") == application:
                found += those(RECEIVED[1:] if document == "d1" else RECEIVED, document)
    found += those(PERSON, "p")
    for parent in state.nested("p", "parent"):
        found += those(PARENT, parent)
    return found


def _ask_what_was_before(state: State) -> None:
    """Who only holds a paper of the waiting time is asked what came before it."""
    if all(f"{d}.demande" in state for d in state.documents()):
        state[state.next_name("d")] = NEW


def missing(found: list[Place]) -> Place | None:
    """The first page not answered yet; None when the answer can be given."""
    return next((place for place in found if not place.answered()), None)


def before(found: list[Place], current: Place) -> Place | None:
    """The page before this one, for « Retour »."""
    addresses = [place.address for place in found]
    if current.address not in addresses:
        return None
    rank = addresses.index(current.address)
    return found[rank - 1] if rank else None


def at(found: list[Place], address: str) -> Place | None:
    return next((place for place in found if place.address == address), None)


def prune(state: State, law: Law, today: date) -> None:
    """Drops the answers that no page asks any more, so that nothing unseen shapes the answer."""
    start(state)
    for _round in range(4):
        known = _known(places(state, law, today))
        stray = [key for key in state if key not in known]
        for key in stray:
            del state[key]
        if not stray:
            return


#: Kept although no page asks them by that name.
_KEPT = ("jour", "recu", "plus")


def _known(found: list[Place]) -> set[str]:
    known = set(_KEPT)
    for place in found:
        prefix = place.asked.prefix
        known.add(prefix)
        known.update(f.key(prefix) for f in place.step.visible(place.asked))
        if prefix[0] == "d":
            known |= {f"{prefix}.titre", f"{prefix}.demande"}
        elif prefix[0] == "a" and "." not in prefix:
            known |= {f"{prefix}.titre", f"{prefix}.part"}
    return known


def described(state: State) -> list[str]:
    """The documents that the answers describe."""
    return [d for d in state.documents() if papers.is_document(state[d])]
