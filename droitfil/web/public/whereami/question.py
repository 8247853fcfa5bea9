"""From the answers to the contract's question, and back from a file to the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from droitfil.rules.facts import OTHER_STATE, PAPERS, Basis, Kind
from droitfil.rules.fields import RECORDS
from droitfil.rules.law import Law
from droitfil.rules.periods import whole_years
from droitfil.web.public.whereami import papers, themes
from droitfil.web.public.whereami import steps_application as wish
from droitfil.web.public.whereami.dates import iso
from droitfil.web.public.whereami.state import NO, UNKNOWN, YES, State
from droitfil.web.public.whereami.steps_person import PERSON_TICKS

Data = dict[str, Any]

#: key under a document or an application -> field of the contract, for dates and codes
_DOCUMENT = {"titre": "article", "du": "from", "au": "to", "duree": "length",
             "valide": "validated_on", "travail": "work"}  # fmt: skip
_APPLICATION = {"titre": "article", "depot": "filed_on", "reconnu": "recognised_on",
                "contrat": "contract_until", "principal": "principal_until",
                "prolonge": "extension_notified_on", "commission": "commission_on",
                "remise": "handed_over_on"}  # fmt: skip
_INCIDENT = {"bloque": "opened_on", "constate": "established_on", "enregistre": "registered_on"}
_DECISION = {"decide": "taken_on", "sens": "outcome", "notifie": "notified_on", "mesure": "removal"}
_PIECE = {"asked": "asked_on", "due": "due_on", "produced": "produced_on"}
_REMEDY = {"kind": "kind", "asked": "asked_on", "answered": "answered_on"}
_PERSON = {"ne": "born_on", "pays": "nationality", "lieu": "lives_in", "entree": "entered_on",
           "depuis": "in_france_since", "perte": "french_loss_opposable_on",
           "demenage": "moved_on", "fois": "renewals_of_this_card"}  # fmt: skip
_PARENT = {"kind": "kind", "article": "article", "to": "to"}
_REQUESTS = {
    wish.RENEWAL: "renewal",
    wish.CHANGE: "change",
    wish.FIRST: "first",
    wish.TRAVEL: "first",
    wish.CHILD: "first",
}
#: What only follows a filing: it was made, even when nobody says on which day.
_AFTER_FILING = ("decision", "complete_on", "complements", "commission_on", "remedies",
                 "handed_over_on")  # fmt: skip
_CHANNELS = {wish.ONLINE: True, wish.COUNTER: False}


def _gather(state: State, prefix: str, fields: Mapping[str, str]) -> Data:
    """The fields that were answered by something else than « no » or « I do not know »."""
    found: Data = {}
    for key, name in fields.items():
        value = state.get(f"{prefix}.{key}", "")
        if value not in ("", NO, UNKNOWN):
            found[name] = value
    return found


def question(state: State, *, today: date, language: str = "fr") -> Data:
    """The contract's question that the answers make; only what was said is in it.

    Nothing but a day asked for takes the place of ``today``. Papers received are the only ones
    counted (``assume_issued: false``) once the person said which came, or that none did.
    """
    data: Data = {"today": state.get("jour") or today.isoformat()}
    data["assume_issued"] = state.get("recu") not in (YES, NO)
    if language != "fr":
        data["language"] = language
    person = _gather(state, "p", _PERSON)
    parents = [
        _gather(state, name, _PARENT)
        for name in state.nested("p", "parent")
        if state.get(f"{name}.kind", UNKNOWN) != UNKNOWN
    ]
    if parents:
        person["parents"] = parents
    if person:
        data["person"] = person
    documents = [_document(state, d) for d in state.documents() if papers.is_document(state[d])]
    applications = [_application(state, a) for a in state.applications() if state[a] in wish.ASKING]
    if documents:
        data["documents"] = documents
    if applications:
        data["applications"] = applications
    return data


def _document(state: State, name: str) -> Data:
    kind = state[name]
    found: Data = {"id": name, "kind": kind, **_gather(state, name, _DOCUMENT)}
    if kind in PAPERS:
        application = state.get(f"{name}.demande")
        asking = [a for a in state.applications() if state[a] in wish.ASKING]
        if application not in asking:
            application = asking[0] if len(asking) == 1 and application != UNKNOWN else None
        if application:
            found["application"] = application
    return found


def _application(state: State, name: str) -> Data:
    ticks = state.ticks(f"{name}.plus")
    found: Data = {
        "id": name,
        "request": _REQUESTS[state[name]],
        **_gather(state, name, _APPLICATION),
    }
    held = state.get(f"{name}.part", NO)
    if held in state.documents():
        found["holds"] = held
        if state[held] == "DCEM":
            found["request"] = "renewal"
    elif found["request"] in ("renewal", "change"):
        found["request"] = "first"
    if state.get(f"{name}.voie") in _CHANNELS:
        found["listed"] = _CHANNELS[state[f"{name}.voie"]]
    for basis in Basis:
        if basis.value in ticks:
            found["basis"] = basis.value
    if "incomplet" in ticks:
        found |= _gather(state, name, {"complet": "complete_on"})
    elif "filed_on" in found:
        found["complete_on"] = found["filed_on"]
    if wish.AUTHORISED in ticks:
        found["work_authorisation"] = True
    if "accuse" in ticks:
        found["acknowledged"] = False
    for key, fields in (("incident", _INCIDENT), ("decision", _DECISION)):
        part = _gather(state, name, fields)
        if _whole(part, key):
            found[key] = part
    for key, item, fields in (("complements", "piece", _PIECE), ("remedies", "recours", _REMEDY)):
        parts = [_gather(state, nested, fields) for nested in state.nested(name, item)]
        whole = [part for part in parts if _whole(part, key.removesuffix("s"))]
        if whole:
            found[key] = whole
    return found


def _whole(part: Data, record: str) -> bool:
    """Does it say what the contract asks at least? Else it is as if nothing had been said."""
    record = {"remedie": "remedy"}.get(record, record)
    return all(name in part for name, field in RECORDS[record].items() if field.required)


def left_out(state: State, name: str) -> list[str]:
    """Parts of an application that do not count, for want of a day: names of their pages."""
    ticks = state.ticks(f"{name}.plus")
    found = []
    for box, step, record, fields in (
        ("decision", "reponse", "decision", _DECISION),
        (wish.BLOCKED, "blocage", "incident", _INCIDENT),
    ):
        if box in ticks and not _whole(_gather(state, name, fields), record):
            found.append(step)
    for item, step, record, fields in (
        ("piece", "demandees", "complement", _PIECE),
        ("recours", "fait", "remedy", _REMEDY),
    ):
        parts = [_gather(state, nested, fields) for nested in state.nested(name, item)]
        if not all(_whole(part, record) for part in parts):
            found.append(step)
    return found


# -- back ---------------------------------------------------------------------------------------


def _scatter(state: State, prefix: str, fields: Mapping[str, str], data: Mapping[str, Any]) -> None:
    for key, name in fields.items():
        value = data.get(name)
        if value not in (None, ""):
            state[f"{prefix}.{key}"] = str(value)


def answers(data: Mapping[str, Any], law: Law) -> State:
    """The answers that would make this question, for a file given back.

    ``data`` has been read and accepted by the kernel. What no page asks is left out: comparing
    the question they make again with ``data`` tells whether anything was.
    """
    state = State()
    state["jour"] = str(data["today"])
    documents = {d["id"]: f"d{i}" for i, d in enumerate(data.get("documents") or [], start=1)}
    applications = {a["id"]: f"a{i}" for i, a in enumerate(data.get("applications") or [], start=1)}
    if data.get("assume_issued") is False:
        issued = any(d["kind"] in PAPERS for d in data.get("documents") or [])
        state["recu"] = YES if issued else NO
    for d in data.get("documents") or []:
        _answer_document(state, documents[d["id"]], d, applications, law)
    if not documents:
        state["d1"] = papers.NONE
    elif all(d["kind"] in PAPERS for d in data["documents"]):
        state[state.next_name("d")] = papers.NONE
    for a in data.get("applications") or []:
        _answer_application(state, applications[a["id"]], a, documents, data, law)
    if not applications:
        state["a1"] = wish.NOTHING
    _answer_person(state, data.get("person") or {}, data)
    return state


def _answer_document(
    state: State, name: str, d: Mapping[str, Any], applications: Mapping[str, str], law: Law
) -> None:
    kind = d["kind"]
    state[name] = kind
    for key in ("du", "au"):
        state[f"{name}.{key}"] = UNKNOWN
    _scatter(state, name, _DOCUMENT, d)
    if kind in PAPERS:
        state.setdefault(f"{name}.travail", UNKNOWN)
        state[f"{name}.demande"] = applications.get(d.get("application") or "", UNKNOWN)
        return
    if kind == Kind.VLS_TS:
        state.setdefault(f"{name}.valide", NO)
    start, end = iso(d.get("from")), iso(d.get("to"))
    if start and end and whole_years(start, end) is not None:
        state.pop(f"{name}.duree", None)
    else:
        state.setdefault(f"{name}.duree", UNKNOWN)
    if kind not in papers.WITHOUT_MENTION:
        article = d.get("article")
        state.setdefault(f"{name}.titre", UNKNOWN)
        known = papers.by_word(kind, law)
        if len(known) > 1:
            word = next(
                (w for w, ts in known.items() if article in {t.article for t in ts}), UNKNOWN
            )
            state[f"{name}.mot"] = papers.word_code(word)


def _answer_application(
    state: State,
    name: str,
    a: Mapping[str, Any],
    documents: Mapping[str, str],
    data: Mapping[str, Any],
    law: Law,
) -> None:
    held = documents.get(a.get("holds") or "", NO)
    title = law.titles.get(a.get("article") or "")
    request = a.get("request") or _request(a, held, state)
    if title is not None and title.minor_document and request != "renewal":
        state[name] = wish.CHILD
    elif title is not None and title.travel_document:
        state[name] = wish.TRAVEL
    else:
        state[name] = {v: k for k, v in _REQUESTS.items() if k not in (wish.TRAVEL, wish.CHILD)}[
            request
        ]
    state[f"{name}.part"] = held
    state[f"{name}.titre"] = UNKNOWN
    state[f"{name}.depot"] = UNKNOWN if any(a.get(field) for field in _AFTER_FILING) else NO
    _scatter(state, name, _APPLICATION, a)
    if state[name] in (wish.CHANGE, wish.FIRST):
        state[f"{name}.theme"] = themes.theme_of(title) if title is not None else UNKNOWN
    listed = a.get("listed")
    state[f"{name}.voie"] = {True: wish.ONLINE, False: wish.COUNTER, None: UNKNOWN}[listed]
    _answer_boxes(state, name, a, data)


def _request(a: Mapping[str, Any], held: str, state: State) -> str:
    if held == NO or state[held] in papers.OPENS_FIRST or state[held] in OTHER_STATE:
        return "first"
    return "renewal" if state.get(f"{held}.titre") == a.get("article") else "change"


def _answer_boxes(state: State, name: str, a: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    ticks = []
    filed, complete = a.get("filed_on"), a.get("complete_on")
    if complete != filed:
        ticks.append("incomplet")
        state[f"{name}.complet"] = str(complete or NO)
    for key, item, fields, code in (
        ("complements", "piece", _PIECE, "pieces"),
        ("remedies", "recours", _REMEDY, "recours"),
    ):
        for i, part in enumerate(a.get(key) or [], start=1):
            state[f"{name}.{item}{i}"] = YES
            _scatter(state, f"{name}.{item}{i}", fields, part)
            last = "produced" if item == "piece" else "answered"
            state.setdefault(f"{name}.{item}{i}.{last}", NO)
            if item == "piece":
                state.setdefault(f"{name}.{item}{i}.due", UNKNOWN)
        if a.get(key):
            ticks.append(code)
    if any(state.get(f"{d}.demande") == name for d in state.documents()):
        ticks.append("papier")
    if a.get("decision"):
        ticks.append("decision")
        state[f"{name}.notifie"] = UNKNOWN
        state[f"{name}.mesure"] = NO
        _scatter(state, name, _DECISION, a["decision"])
    if a.get("incident"):
        ticks.append(wish.BLOCKED)
        state[f"{name}.constate"] = state[f"{name}.enregistre"] = NO
        _scatter(state, name, _INCIDENT, a["incident"])
    for code, field in (
        ("remise", "handed_over_on"),
        ("commission", "commission_on"),
        ("prolongation", "extension_notified_on"),
        (wish.CONTRACT, "contract_until"),
        (wish.PRINCIPAL, "principal_until"),
    ):
        if a.get(field):
            ticks.append(code)
    if a.get("basis"):
        ticks.append(a["basis"])
        if a["basis"] in (Basis.RECOGNISED_REFUGEE, Basis.SUBSIDIARY_PROTECTION):
            state.setdefault(f"{name}.reconnu", UNKNOWN)
    if a.get("work_authorisation"):
        ticks.append(wish.AUTHORISED)
    if a.get("acknowledged") is False:
        ticks.append("accuse")
    order = (*wish.SINCE, wish.BLOCKED, *wish.BASES, wish.AUTHORISED, wish.CONTRACT, wish.PRINCIPAL)
    state[f"{name}.plus"] = "-".join(code for code in order if code in ticks) or NO


_TICKS = {"born_on": "naissance", "entered_on": "entree", "in_france_since": "presence",
          "moved_on": "demenagement", "lives_in": "lieu", "nationality": "lieu",
          "renewals_of_this_card": "fois", "parents": "parents"}  # fmt: skip


def _answer_person(state: State, person: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    ticks = {code for field, code in _TICKS.items() if person.get(field)}
    if any(d.get("work") and d["kind"] not in PAPERS for d in data.get("documents") or []):
        ticks.add("travail")
        for d in state.documents():
            state.setdefault(f"{d}.travail", UNKNOWN)
    order = [option.value for option in PERSON_TICKS]
    state["plus"] = "-".join(code for code in order if code in ticks) or NO
    for key in _PERSON:
        state[f"p.{key}"] = UNKNOWN
    _scatter(state, "p", _PERSON, person)
    for i, parent in enumerate(person.get("parents") or [], start=1):
        name = f"p.parent{i}"
        state[name] = YES
        _scatter(state, name, _PARENT, parent)
        state.setdefault(f"{name}.article", UNKNOWN)
        state.setdefault(f"{name}.to", UNKNOWN)
        state[f"{name}.autre"] = YES if i < len(person["parents"]) else NO
    if any(state[a] == wish.CHILD for a in state.applications()) and not person.get("parents"):
        state["p.parent1"] = YES
        state["p.parent1.kind"] = UNKNOWN
        state["p.parent1.autre"] = NO
