"""Verifying a paper from what one holds: its code, its PDF, a photograph. No Django, no network.

The answer is worth what is known: :class:`droitfil.attestations.trust.Trust` says on which day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from droitfil.attestations import keyring, pictures, sealed_pdf
from droitfil.attestations.answers import (
    Answer,
    Fault,
    Said,
    Standing,
    by_its_dates,
    said_by_code,
    said_by_paper,
)
from droitfil.attestations.trust import CODE, Trust, mark_of
from droitfil.rules import seal

_FAULTS = {"marker": Fault.NO_CODE, "type": Fault.OTHER_CODE}
_PDF = b"%PDF-"


def verify(shown: bytes, trust: Trust, *, day: date) -> Answer:
    """Is what is shown one of our papers, and does it hold on ``day``, as far as is known?

    :param shown: a sealed PDF, a photograph (JPEG, PNG, WebP: of a HEIC, who calls first makes
        one), or the text of a code.
    :raises pictures.NotAPicture: for a picture that cannot be read.
    :raises pictures.TooLarge: for one of too many pixels.
    """
    if shown.startswith(_PDF):
        return verify_pdf(shown, trust, day=day)
    if pictures.is_picture(shown):
        return verify_picture(shown, trust, day=day)
    try:
        return verify_code(shown.decode("ascii").strip("\r\n \t"), trust, day=day)
    except UnicodeDecodeError:
        return _refused(Fault.NO_CODE, trust, day)


def verify_code(text: str, trust: Trust, *, day: date) -> Answer:
    """As :func:`verify`, for the text of a 2D-Doc code."""
    try:
        code = seal.read(text)
        said = said_by_code(code)
    except seal.NotACode as error:
        return _refused(_FAULTS.get(error.reason, Fault.UNREADABLE), trust, day)
    fault = _signature_fault(code, trust)
    if fault is not None:
        return _refused(fault, trust, day)
    return judged(said, mark_of(code.signed), trust, day=day)


def verify_picture(picture: bytes, trust: Trust, *, day: date) -> Answer:
    """As :func:`verify`, for a photograph: the first code of it that is one of ours."""
    answers = [verify_code(text, trust, day=day) for text in pictures.codes(picture)]
    if not answers:
        return _refused(Fault.NO_CODE, trust, day)
    return next((answer for answer in answers if answer.genuine), answers[0])


def verify_pdf(pdf: bytes, trust: Trust, *, day: date) -> Answer:
    """As :func:`verify`, for a PDF: every byte must be as it was sealed."""
    try:
        found = sealed_pdf.attachments(pdf, trust)
    except sealed_pdf.NotSealed as error:
        return _refused(error.fault, trust, day)
    content = found.get(sealed_pdf.PAPER_FILE)
    if content is None:
        return _refused(Fault.RECEIPT, trust, day)
    paper = seal.from_canonical(content)
    text = found.get(sealed_pdf.CODE_FILE, b"").decode("ascii")
    if not text:
        said = said_by_paper(paper, None)
        return Answer(day=day, known_at=trust.known_at, said=said, standing=Standing.PROVES_NOTHING)
    answer = verify_code(text, trust, day=day)
    if answer.said is None:
        return answer
    return replace(answer, said=said_by_paper(paper, answer.said.issued_on))


def judged(said: Said, mark: bytes, trust: Trust, *, day: date) -> Answer:
    """A genuine paper on ``day``: its dates, then what is known of its revocation."""
    answer = Answer(
        day=day, known_at=trust.known_at, said=said, standing=by_its_dates(said, day), mark=mark
    )
    ended = trust.revoked.get(mark)
    return answer if ended is None else answer.ended(*ended)


def _signature_fault(code: seal.Code, trust: Trust) -> Fault | None:
    if code.authority not in trust.authorities:
        return Fault.UNKNOWN_AUTHORITY
    known = trust.certificates.get((code.authority, code.certificate))
    if known is None or known.purpose != CODE:
        return Fault.UNKNOWN_CERTIFICATE
    if not keyring.verifies(known.public, code.signed, code.signature):
        return Fault.BAD_SIGNATURE
    return None if known.may_have_signed(code.signed_on) else Fault.UNKNOWN_CERTIFICATE


def _refused(fault: Fault, trust: Trust, day: date) -> Answer:
    return Answer(day=day, known_at=trust.known_at, fault=fault)
