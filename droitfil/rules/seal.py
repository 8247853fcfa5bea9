"""What is sealed: the content of a paper as canonical bytes, and its 2D-Doc code.

A paper is signed as a 2D-Doc of the C40 family (France Titres, foreigner's document): a text that
fits in a printed Data Matrix and is verified without any network. This module writes and reads
that text; it signs and verifies nothing, since keys are no business of the kernel.

Every date is a calendar day; ``valid_to`` is the last day of validity, None when the law fixes
none.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from droitfil.rules.countries import ALPHA_2, ALPHA_3
from droitfil.rules.facts import Work

Meant = TypeVar("Meant")

# --- What a paper says ----------------------------------------------------------------------------

#: Kinds of paper that are sealed, and their digit in the code (field 6J). The official list is not
#: public: this one is ours.
KINDS = {
    "API": "1", "RECEPISSE": "2", "ADF": "3", "DCEM": "4", "COMMISSION": "5",
    "EU_ATTESTATION": "6",
}  # fmt: skip
#: Says that a file was sent in, and proves no right: it bears no code.
FILING = "FILING"
#: What a paper says beside its dates; none is in the code, whose room is counted.
LIMITS = WITH_EXPIRED_CARD, AS_THE_TITLE_SAYS = ("with_expired_card", "as_the_title_says")
#: Field 6P: (may stay, may work) -> its words.
AUTHORISATIONS = {
    (True, Work.FULL): "SEJOUR ET TRAVAIL",
    (True, Work.SIXTY_PERCENT): "SEJOUR ET TRAVAIL A SOIXANTE POUR CENT",
    (True, Work.PROBABLE_SIXTY_PERCENT): "SEJOUR ET TRAVAIL SOIXANTE PROBABLE",
    (True, Work.AUTHORISED_ONLY): "SEJOUR ET TRAVAIL SUR AUTORISATION",
    (True, Work.NONE): "SEJOUR SANS TRAVAIL",
    (False, Work.NONE): "NI SEJOUR NI TRAVAIL",
}


class Unsealable(ValueError):
    """A paper that cannot be written as it should; ``field`` is the one at fault."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that a paper says, as it is printed; what it is drawn from, with nothing beside.

    :param kind: one of :data:`KINDS`, or :data:`FILING`.
    :param reference: the number of the paper itself, printed and quoted to find it again.
    :param first_names: in the order of the civil status.
    :param nationality: ISO 3166-1 alpha-3, as ``birth_country``.
    :param valid_to: last day of validity; None until something ends it.
    :param limits: among :data:`LIMITS`.
    :param category: the words of the title asked or held, as the card prints them.
    :param office: the name of the office in charge.
    :param language: the person's, printed beside the French.
    """

    kind: str
    reference: str
    family_name: str
    first_names: tuple[str, ...]
    born_on: date
    nationality: str
    valid_from: date
    valid_to: date | None
    may_stay: bool
    may_work: str
    usual_name: str = ""
    sex: str = ""
    birth_place: str = ""
    birth_country: str = ""
    foreigner_number: str = ""
    limits: tuple[str, ...] = ()
    category: str = ""
    filed_on: date | None = None
    filing_reference: str = ""
    office: str = ""
    language: str = "fr"


#: First entry of canonical bytes: what is read is what was meant.
VERSION = "droitfil-paper-1"
#: In the order of the alphabet, in which they are written; the version comes last.
_NAMES = tuple(sorted(field.name for field in fields(Paper)))
_EVERYTHING = attrgetter(*_NAMES)
_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DATES = frozenset({"born_on", "valid_from", "valid_to", "filed_on"})
_LISTS = frozenset({"first_names", "limits"})


def canonical(paper: Paper) -> bytes:
    """The bytes of a paper: JSON with sorted keys, without spaces, in UTF-8 and NFC."""
    said: dict[str, Any] = dict(zip(_NAMES, _EVERYTHING(paper), strict=True))
    for name in _DATES:
        if said[name] is not None:
            said[name] = said[name].isoformat()
    said["version"] = VERSION
    return unicodedata.normalize("NFC", _WRITE(said)).encode()


def from_canonical(content: bytes | str) -> Paper:
    """The paper that :func:`canonical` wrote. :raises ValueError: for any other bytes."""
    said = json.loads(content)
    if said.pop("version", None) != VERSION or set(said) != set(_NAMES):
        raise ValueError("Not the canonical bytes of a paper.")
    for name in _DATES:
        said[name] = None if said[name] is None else date.fromisoformat(said[name])
    for name in _LISTS:
        said[name] = tuple(said[name])
    return Paper(**said)


# --- The 2D-Doc code ------------------------------------------------------------------------------

GS, RS, US = "\x1d", "\x1e", "\x1f"
MARKER, FORMAT_VERSION = "DC", "04"
DOCUMENT_TYPE, PERIMETER, COUNTRY = "13", "01", "FR"
HEADER_LENGTH = 26
SIGNATURE_BYTES, SIGNATURE_LENGTH = 64, 103
EPOCH = date(2000, 1, 1)
NO_DATE = "FFFF"
APPLICATION_DIGITS = 19

#: The alphabet of base 32, and the same as Python writes digits in that base.
_BASE_32_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE_32 = frozenset(_BASE_32_LETTERS)
_AS_DIGITS = str.maketrans(_BASE_32_LETTERS, "0123456789abcdefghijklmnopqrstuv")
#: How a signature may end: its last character has three bits to spare, which are zeros.
_LAST_CHARACTERS = frozenset("AIQY")

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_HEXADECIMAL = frozenset("0123456789ABCDEF")
_WORDS = _LETTERS | {" "}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the message. Fixed when ``least`` is ``most``; else ended by GS, RS or its end."""

    id: str
    says: str
    least: int
    most: int
    alphabet: frozenset[str]
    mandatory: bool = False

    @property
    def fixed(self) -> bool:
        """Is it written without a terminator?"""
        return self.least == self.most


#: The fields of a foreigner's document, in the order in which we write them: variable ones first,
#: a mandatory fixed one last, so that no reader has to guess where a field ends. Which ones are
#: mandatory is said here and nowhere else.
FIELDS = (
    Field("62", "family_name", 0, 38, _WORDS, mandatory=True),
    Field("63", "usual_name", 0, 38, _WORDS),
    Field("60", "first_names", 0, 60, _WORDS | {"/"}),  # some people have none
    Field("6A", "birth_place", 0, 32, _WORDS),
    Field("6M", "category", 0, 40, _WORDS),
    Field("6P", "authorisation", 0, 40, _WORDS, mandatory=True),
    Field("6Q", "foreigner_number", 0, 10, _LETTERS | _DIGITS),
    Field("6R", "visa_number", 12, 12, _LETTERS | _DIGITS),
    Field("68", "sex", 1, 1, _LETTERS),
    Field("67", "nationality", 2, 2, _LETTERS, mandatory=True),
    Field("6C", "birth_country", 2, 2, _LETTERS),
    Field("69", "born_on", 8, 8, _DIGITS, mandatory=True),
    Field("6K", "application_number", APPLICATION_DIGITS, APPLICATION_DIGITS, _DIGITS),
    Field("6L", "filed_on", 8, 8, _DIGITS),
    Field("6O", "valid_to", 8, 8, _DIGITS),
    Field("6J", "kind", 1, 1, _DIGITS, mandatory=True),
    Field("6N", "valid_from", 8, 8, _DIGITS, mandatory=True),
)
#: What ICAO (document 9303) writes for a nationality that is not known.
UNSPECIFIED = "XXX"
_BY_ID = {field.id: field for field in FIELDS}
_BY_NAME = {field.says: field for field in FIELDS}
_MANDATORY = tuple(field.says for field in FIELDS if field.mandatory)
_KIND_OF = {digit: kind for kind, digit in KINDS.items()}
_WORDS_FOR: Mapping[tuple[bool, str], str] = {
    (stay, str(work)): words for (stay, work), words in AUTHORISATIONS.items()
}
_AUTHORISED = {words: meaning for meaning, words in AUTHORISATIONS.items()}


class NotACode(ValueError):
    """The text is no 2D-Doc of ours: ``reason`` is a word for it, never what was read.

    "marker": no 2D-Doc at all; "type": another version or kind of document; "shape": it does not
    follow the format; "field": one field cannot be what it must be.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Code:
    """A 2D-Doc read: who signed it, what was signed, the signature, each field as written."""

    authority: str
    certificate: str
    issued_on: date | None
    signed_on: date | None
    signed: bytes
    signature: bytes
    values: Mapping[str, str]
    #: Names of the fields that did not fit and were cut.
    truncated: tuple[str, ...] = ()

    def day(self, name: str) -> date | None:
        """The day of a field, None when it has none. :raises NotACode: when it is no day."""
        text = self.values.get(name)
        return None if text is None else _day(text)

    @property
    def kind(self) -> str:
        """Which of :data:`KINDS`. :raises NotACode: for another digit."""
        return _known(_KIND_OF, self.values["kind"])

    @property
    def may_stay(self) -> bool:
        """:raises NotACode: for words that are none of :data:`AUTHORISATIONS`."""
        return _known(_AUTHORISED, self.values["authorisation"])[0]

    @property
    def may_work(self) -> Work:
        """:raises NotACode: for words that are none of :data:`AUTHORISATIONS`."""
        return _known(_AUTHORISED, self.values["authorisation"])[1]

    @property
    def nationality(self) -> str:
        """In alpha-3, as everywhere else here."""
        return _known(ALPHA_3, self.values["nationality"])


def message(
    paper: Paper, *, authority: str, certificate: str, issued_on: date, signed_on: date
) -> str:
    """The header and message of a paper's code: the text that is signed.

    :param authority: four characters, the name of the authority's certificate.
    :param certificate: four characters, the name of the signing certificate.
    :raises Unsealable: for a paper that the format cannot carry.
    """
    head = (
        f"{MARKER}{FORMAT_VERSION}{authority}{certificate}{_days(issued_on)}{_days(signed_on)}"
        f"{DOCUMENT_TYPE}{PERIMETER}{COUNTRY}"
    )
    if len(head) != HEADER_LENGTH:
        raise Unsealable("certificate", "an authority and a certificate have four characters")
    said = _said(paper)
    parts = [head]
    for field in FIELDS:
        value = said.get(field.says, "")
        if value:
            parts.append(_written(field, value))
        elif field.mandatory:
            raise Unsealable(field.says, "nothing to write in a mandatory field")
    return "".join(parts)


def text(signed: str | bytes, signature: bytes) -> str:
    """The whole code: what was signed, and its signature (raw r and s, 64 bytes)."""
    told = signed if isinstance(signed, str) else signed.decode("ascii")
    return told + US + base64.b32encode(signature).decode().rstrip("=")


def read(code: str) -> Code:
    """Reads a code strictly: what :func:`text` would not have written is refused.

    The signature is read, not verified.

    :raises NotACode: with the reason.
    """
    signed, found, sealed = code.partition(US)
    if code[:2] != MARKER:
        raise NotACode("marker")
    if code[2:4] != FORMAT_VERSION or code[20:26] != DOCUMENT_TYPE + PERIMETER + COUNTRY:
        raise NotACode("type")
    if not found or not code.isascii():
        raise NotACode("shape")
    values, truncated = _values(signed)
    if any(name not in values for name in _MANDATORY):
        raise NotACode("shape")
    return Code(
        authority=signed[4:8],
        certificate=signed[8:12],
        issued_on=_from_days(signed[12:16]),
        signed_on=_from_days(signed[16:20]),
        signed=signed.encode("ascii"),
        signature=_signature(sealed),
        values=values,
        truncated=truncated,
    )


# --- Writing --------------------------------------------------------------------------------------


def _said(paper: Paper) -> dict[str, str]:
    """Each field as the alphabet of the code allows it."""
    if paper.kind not in KINDS:
        raise Unsealable("kind", "this kind of paper bears no code")
    if paper.valid_to is not None and paper.valid_to < paper.valid_from:
        raise Unsealable("valid_to", "before valid_from")
    number = "".join(character for character in paper.filing_reference if character in _DIGITS)
    if len(number) > APPLICATION_DIGITS:
        raise Unsealable("filing_reference", f"more than {APPLICATION_DIGITS} digits")
    authorised = _WORDS_FOR.get((paper.may_stay, paper.may_work))
    if authorised is None:
        raise Unsealable("may_work", "unknown, or a right to work without a right to stay")
    return {
        "kind": KINDS[paper.kind],
        "family_name": plain(paper.family_name),
        "usual_name": plain(paper.usual_name),
        "first_names": "/".join(filter(None, map(plain, paper.first_names))),
        "birth_place": plain(paper.birth_place),
        "category": plain(paper.category),
        "authorisation": authorised,
        "foreigner_number": plain(paper.foreigner_number).replace(" ", ""),
        "sex": plain(paper.sex),
        "nationality": _short(paper.nationality or UNSPECIFIED, "nationality"),
        "birth_country": _short(paper.birth_country, "birth_country"),
        "born_on": _digits(paper.born_on),
        "application_number": number.rjust(APPLICATION_DIGITS, "0") if number else "",
        "filed_on": _digits(paper.filed_on),
        "valid_from": _digits(paper.valid_from),
        "valid_to": _digits(paper.valid_to),
    }


def _written(field: Field, value: str) -> str:
    """The field as it stands in the message, cut when it does not fit."""
    kept = value
    if not field.alphabet.issuperset(value):
        kept = "".join(filter(field.alphabet.__contains__, value))
    if field.fixed:
        if len(kept) != field.most:
            raise Unsealable(field.says, f"{field.most} characters are needed")
        return field.id + kept
    if len(kept) > field.most:
        return field.id + kept[: field.most] + RS
    return field.id + kept + (GS if len(kept) < field.most else "")


#: What an accent does not explain.
_SPELT = str.maketrans(
    {"Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ð": "D", "Ł": "L", "Þ": "TH", "Ħ": "H",
     "ı": "I", "'": None, "’": None, "ʼ": None, "ʿ": None, "ʾ": None, "‘": None}
)  # fmt: skip
_SEPARATORS = str.maketrans(dict.fromkeys("-‐‑–—.,_()\t\n\r", " "))


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """``text`` in A-Z, 0-9 and spaces: accents and apostrophes off, hyphens as spaces."""
    upper = text.upper().translate(_SPELT).translate(_SEPARATORS)
    if not upper.isascii():
        upper = unicodedata.normalize("NFKD", upper)
    kept = "".join(c for c in upper if c in _WORDS or c in _DIGITS)
    return " ".join(kept.split())


def _short(country: str, field: str) -> str:
    if not country:
        return ""
    try:
        return ALPHA_2[country]
    except KeyError:
        raise Unsealable(field, "no country has this code (ISO 3166-1 alpha-3)") from None


def _digits(day: date | None) -> str:
    return "" if day is None else f"{day.day:02}{day.month:02}{day.year:04}"


def _days(day: date) -> str:
    count = (day - EPOCH).days
    if not 0 <= count < int(NO_DATE, 16):
        raise Unsealable("issued_on", "a code counts its days from 2000 to 2179")
    return f"{count:04X}"


# --- Reading --------------------------------------------------------------------------------------


def _values(signed: str) -> tuple[dict[str, str], tuple[str, ...]]:
    values: dict[str, str] = {}
    truncated: list[str] = []
    place, end = HEADER_LENGTH, len(signed)
    while place < end:
        field = _BY_ID.get(signed[place : place + 2])
        if field is None or field.says in values:
            raise NotACode("shape")
        place += 2
        value = signed[place : place + field.most]
        if field.fixed:
            place += field.most
        else:
            value = value.partition(GS)[0].partition(RS)[0]
            place += len(value)
            mark = signed[place : place + 1]
            if mark == RS and len(value) == field.most:
                truncated.append(field.says)
                place += 1
            elif len(value) < field.most and place < end:
                if mark != GS:
                    raise NotACode("shape")
                place += 1
        if len(value) < field.least or not field.alphabet.issuperset(value):
            raise NotACode("field")
        values[field.says] = value
    return values, tuple(truncated)


def _signature(sealed: str) -> bytes:
    # The last character carries bits that mean nothing: they must be as we write them.
    if (
        len(sealed) != SIGNATURE_LENGTH
        or not _BASE_32.issuperset(sealed)
        or sealed[-1] not in _LAST_CHARACTERS
    ):
        raise NotACode("shape")
    # As base64.b32decode, which is ten times slower and would be felt beside a signature.
    spare = SIGNATURE_LENGTH * 5 - SIGNATURE_BYTES * 8  # bits
    return (int(sealed.translate(_AS_DIGITS), 32) >> spare).to_bytes(SIGNATURE_BYTES, "big")


def _from_days(digits: str) -> date | None:
    if digits == NO_DATE:
        return None
    if len(digits) != len(NO_DATE) or not _HEXADECIMAL.issuperset(digits):
        raise NotACode("shape")
    return EPOCH + timedelta(days=int(digits, 16))


def _day(digits: str) -> date:
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        raise NotACode("field") from None


def _known(table: Mapping[str, Meant], key: str) -> Meant:
    try:
        return table[key]
    except KeyError:
        raise NotACode("field") from None
