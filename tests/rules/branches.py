"""Names of the branches of the law that one situation reaches: what the counter counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from droitfil.rules.law import Law
from tests.rules.restated import complete_on, day, filed_on, held

Plain = Mapping[str, Any]

#: Every branch that a population of situations must reach. A name missing here is refused by the
#: counter, a name never reached fails it.
_NAMES = """
timing:not_filed timing:early timing:in_time timing:late timing:late_before_expiry
timing:late_after_expiry timing:beyond_six_months timing:no_window timing:unknown
channel:teleservice channel:counter
request:first request:renewal request:change
fee:none fee:risk fee:certain fee:unknown
file:never_complete file:completed_later file:completed_after_expiry file:complements
file:not_acknowledged file:work_authorisation
decision:pending decision:granted decision:refused decision:closed decision:withdrawn
decision:handed_over
removal:voluntary_departure removal:assigned removal:detained
remedy:reasons remedy:reasons_answered remedy:gracieux
basis:turning_18 basis:lost_french_nationality basis:recognised_refugee
basis:subsidiary_protection basis:cbe_mobility basis:family_of_cbe basis:family_reunification
commission:none commission:if_conditions_met commission:seized
substitution:protected substitution:pending substitution:too_late
duty:API duty:API_of_protection duty:API_without_card duty:RECEPISSE duty:ADF duty:COMMISSION
duty:EU_ATTESTATION duty:none
silence:one_reading silence:two_readings silence:special silence:none
appeal:silence appeal:refusal appeal:removal appeal:not_opposable
window:R431-5-1-listed window:R431-5-1-unlisted window:R431-6 window:R233-15-renewal
window:R431-5-nationality window:R233-15 window:L423-13 window:L426-13 window:L435-3
window:R431-5-2 window:R431-5-3 window:R426-10 window:L421-11-4 window:R426-4 window:R431-4
cover:L433-3 cover:R233-18 cover:assumed_api cover:assumed_recepisse cover:assumed_adf
cover:assumed_commission cover:printed_paper
visa:validated visa:never_validated visa:validated_late
document:VLS document:VLS_TS document:CST document:CSP document:CR document:RLD_UE_FR
document:CR_PERMANENT document:CRA document:RETRAITE document:APS document:EU_FAMILY
document:DCEM document:TIR document:EU_BLUE_CARD_OTHER document:RLD_UE_OTHER document:API
document:RECEPISSE document:ADF document:COMMISSION document:EU_ATTESTATION
work:full work:sixty_percent work:probable_sixty_percent work:authorised_only work:none
travel:ok travel:practice travel:warn travel:none
gap:entitled gap:not_entitled gap:L521-1 gap:L521-3
todo:file todo:validate_visa todo:declare_address todo:produce_pieces todo:ask_reasons
todo:file_again todo:leave_voluntarily todo:ask_dcem todo:hand_back
lapse:dated lapse:unknown
card:length card:due_on card:to
condition:met condition:not_met condition:unknown
fees:T-STD fees:T-RED fees:T-0 fees:T-0-first fees:T-STAMP fees:T-APS fees:T-EXO fees:T-REG
fees:T-LATE fees:T-DCEM fees:T-TVE fees:T-EU
warning:late_fee_risk warning:gap_ahead warning:uncertain_rule warning:fact_missing
warning:protection_pending warning:entry_conditions_again warning:silence_near
warning:paper_not_assumed
asked:DCEM asked:travel_document asked:EU_family asked:agreement asked:resident_card
assumed:yes assumed:no
line:open line:stops line:none
"""
BRANCHES = tuple(_NAMES.split())


def reached(question: Plain, answered: Plain, law: Law) -> Iterator[str]:
    """The names of ``BRANCHES`` that this situation reaches, once each or more."""
    for asked, given in zip(question["applications"], answered["applications"], strict=True):
        yield from _of_application(question, asked, given, law)
    for document in question["documents"]:
        yield f"document:{document['kind']}"
        if document.get("application") and document["id"] in _proofs(answered):
            yield "cover:printed_paper"
        if document["kind"] == "VLS_TS":
            yield from _of_visa(document, question, law)
    for span in answered["spans"]:
        yield f"work:{span['work']}"
        yield f"travel:{span['travel']}"
        for proof in span["proofs"]:
            yield from _of_proof(proof)
    for gap in answered["gaps"]:
        yield "gap:entitled" if gap["entitled"] else "gap:not_entitled"
        yield f"gap:{gap['remedy']}"
    yield from (f"todo:{step['do']}" for step in answered["todo"])
    for lapse in answered["lapses"]:
        yield "lapse:unknown" if lapse["lapses_on"] is None else "lapse:dated"
    yield from (f"warning:{warning['code']}" for warning in answered["warnings"])
    yield "assumed:yes" if question["assume_issued"] else "assumed:no"
    last = answered["spans"][-1] if answered["spans"] else None
    yield "line:none" if last is None else "line:open" if last["to"] is None else "line:stops"


def _proofs(answered: Plain) -> set[str]:
    return {proof for span in answered["spans"] for proof in span["proofs"]}


def _of_proof(proof: str) -> Iterator[str]:
    if proof in ("L433-3", "R233-18"):
        yield f"cover:{proof}"
    kind = proof.partition(":")[0]
    if kind != proof and kind in ("api", "recepisse", "adf", "commission"):
        yield f"cover:assumed_{kind}"


def _of_visa(document: Plain, question: Plain, law: Law) -> Iterator[str]:
    validated, entered = (
        day(document.get("validated_on")),
        day(question["person"].get("entered_on")),
    )
    if validated is None:
        yield "visa:never_validated"
    elif entered is not None and (validated - entered).days > 92:
        yield "visa:validated_late"
    else:
        yield "visa:validated"


def _of_application(question: Plain, asked: Plain, given: Plain, law: Law) -> Iterator[str]:
    yield f"request:{asked['request']}"
    yield f"timing:{given['timing'] or 'unknown'}"
    yield f"channel:{given['channel']}"
    yield f"fee:{given['late_fee'] or 'unknown'}"
    yield f"commission:{given['commission']}"
    if given["window"] is not None:
        yield f"window:{given['window']['rule']}"
    if "basis" in asked:
        yield f"basis:{asked['basis']}"
    yield from (f"fees:{fee['code']}" for fee in given["fees"])
    yield from _of_file(question, asked, given)
    yield from _of_decision(asked)
    yield from _of_papers(question, asked, given)
    yield from _of_silence(given)
    yield from _of_substitution(asked, given)
    for condition in given["conditions"]:
        yield {True: "condition:met", False: "condition:not_met", None: "condition:unknown"}[
            condition["met"]
        ]
    yield from (f"card:{field}" for field in ("length", "due_on", "to") if given["card"][field])
    title = law.titles[asked["article"]]
    if title.minor_document:
        yield "asked:DCEM"
    if title.travel_document:
        yield "asked:travel_document"
    if title.book_two:
        yield "asked:EU_family"
    if "CRA" in title.kinds:
        yield "asked:agreement"
    if "CR" in title.kinds:
        yield "asked:resident_card"


def _of_file(question: Plain, asked: Plain, given: Plain) -> Iterator[str]:
    filed, complete, card = filed_on(asked), complete_on(asked), held(question, asked)
    if asked.get("complements"):
        yield "file:complements"
    if asked.get("acknowledged") is False:
        yield "file:not_acknowledged"
    if asked.get("work_authorisation"):
        yield "file:work_authorisation"
    if filed is None:
        return
    if complete is None:
        yield "file:never_complete"
    elif complete > filed:
        yield "file:completed_later"
        if card is not None and card.get("to", "9") < complete.isoformat():
            yield "file:completed_after_expiry"


def _of_decision(asked: Plain) -> Iterator[str]:
    decision = asked.get("decision")
    if decision is None:
        if filed_on(asked) is not None:
            yield "decision:pending"
        return
    yield f"decision:{decision['outcome']}"
    if "removal" in decision:
        yield f"removal:{decision['removal']}"
    if "handed_over_on" in asked:
        yield "decision:handed_over"


def _of_papers(question: Plain, asked: Plain, given: Plain) -> Iterator[str]:
    if filed_on(asked) is not None and not given["duties"]:
        yield "duty:none"
    for duty in given["duties"]:
        yield f"duty:{duty['issue']}"
        if duty["rule"] in ("R431-15-3", "R431-15-4"):
            yield "duty:API_of_protection"
        if duty["rule"] == "R431-15-1-3":
            yield "duty:API_without_card"


def _of_silence(given: Plain) -> Iterator[str]:
    silence = given["silence"]
    if silence is None:
        yield "silence:none"
        return
    one = silence["latest"] == silence["earliest"]
    yield "silence:one_reading" if one else "silence:two_readings"
    if silence["rule"] not in ("R432-2", "L231-4"):
        yield "silence:special"
    if given["appeal"] is None:
        yield "appeal:not_opposable"


def _of_substitution(asked: Plain, given: Plain) -> Iterator[str]:
    for way in given["appeals"]:
        yield f"appeal:{way['against']}"
        if way["rule"] == "L411-2":
            yield "remedy:gracieux"
        if way["rule"] == "L232-4":
            yield "remedy:reasons_answered" if _answered(asked, way) else "remedy:reasons"
    incident = asked.get("incident")
    if incident is None or given["window"] is None:
        return
    if given["protected"]:
        yield "substitution:protected"
    elif incident["opened_on"] > given["window"]["to"]:
        yield "substitution:too_late"
    elif "established_on" not in incident:
        yield "substitution:pending"


def _answered(asked: Plain, way: Plain) -> bool:
    return any(remedy.get("answered_on") == way["from"] for remedy in asked.get("remedies", ()))


def count(rows: Iterator[tuple[Plain, Plain]], law: Law) -> Counter[str]:
    """How many situations reach each branch."""
    found: Counter[str] = Counter(dict.fromkeys(BRANCHES, 0))
    for question, answered in rows:
        found.update(set(reached(question, answered, law)))
    return found


def table(found: Counter[str]) -> str:
    """The counts, a branch a line, rarest first."""
    rows = sorted(found.items(), key=lambda row: (row[1], row[0]))
    return "\n".join(f"{number:>6}  {name}" for name, number in rows)
