"""The pieces of a case as the page tells them: why each is asked, what was given, what lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet, Sum

from droitfil.cases.actions.act import said
from droitfil.cases.actions.complement import label_of
from droitfil.cases.form import Form, is_too_old
from droitfil.cases.models import Case, Piece
from droitfil.files.models import State as UploadState
from droitfil.files.queries import Receipt, name_of, receipt
from droitfil.rules.procedure import Due, Required, Way
from droitfil.rules.procedure import Form as Given
from droitfil.rules.procedure import Piece as Asked
from droitfil.web.public.law_words import in_words


@dataclass(frozen=True, slots=True)
class GivenPiece:
    """What was given for a piece, with its receipt. ``state`` is that of the file."""

    piece: Piece
    label: str
    name: str
    receipt: Receipt | None
    too_old: bool
    #: Receipts of the pages it was made of, in their order.
    pages: tuple[Receipt, ...] = ()

    @property
    def quarantined(self) -> bool:
        return self.receipt is not None and self.receipt.state == UploadState.QUARANTINED

    @property
    def refused(self) -> bool:
        """The antivirus put it aside: it does not count."""
        return self.receipt is not None and self.receipt.state == UploadState.REFUSED

    @property
    def shown(self) -> bool:
        return self.receipt is not None and self.receipt.state == UploadState.CLEAN

    @property
    def counts(self) -> bool:
        return not self.too_old and not self.refused


@dataclass(frozen=True, slots=True)
class PieceRow:
    """One piece that is asked."""

    code: str
    label: str
    why: str
    help: str
    article: str
    reasons: tuple[str, ...]
    to_confirm: bool
    ways: tuple[tuple[str, str], ...]
    as_code: bool  # given as a code, not as a file
    brought: bool  # an original, for the counter
    dated: bool  # its age matters
    later: bool  # due at the handover
    translated: bool
    given: tuple[GivenPiece, ...]
    error: str = ""
    #: Pages sent that wait to be made one document.
    pages: int = 0

    @property
    def lacks(self) -> bool:
        """Is it asked now, and not given?"""
        if self.later or self.brought:
            return False
        return not any(one.counts for one in self.given)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Every piece of a case: those to give now, those for the counter or later, the rest."""

    now: tuple[PieceRow, ...]
    brought: tuple[PieceRow, ...]
    later: tuple[PieceRow, ...]
    others: tuple[GivenPiece, ...]

    @property
    def lacking(self) -> list[PieceRow]:
        return [row for row in self.now if row.lacks]

    @property
    def waiting(self) -> bool:
        """Does the antivirus still have something to look at?"""
        rows = [one for row in (*self.now, *self.later) for one in row.given]
        return any(one.quarantined for one in (*rows, *self.others))


def pieces_of(
    case: Case, form: Form, *, errors: dict[str, str] | None = None, at_counter: bool = False
) -> Pieces:
    """The pieces of ``case``; ``errors`` are sentences to put beside them, by code.

    :param at_counter: seen by an agent, whose pages waiting to be one document are not the
        person's.
    """
    waiting = case.pages.filter(piece__isnull=True, at_counter=at_counter).order_by()
    pages = dict(waiting.values_list("code").annotate(pages=Sum("upload__pages")))
    by_code: dict[str, list[GivenPiece]] = defaultdict(list)
    for piece in given_pieces(case.pieces.filter(withdrawn_at__isnull=True), form):
        by_code[piece.piece.code].append(piece)
    rows = [
        replace(_row(required, by_code, errors or {}), pages=pages.get(required.piece.code, 0))
        for required in form.required
    ]
    asked = {code for required in form.required for code in _codes(required.piece)}
    others = [one for code, given in by_code.items() if code not in asked for one in given]
    return Pieces(
        now=tuple(row for row in rows if not row.later and not row.brought),
        brought=tuple(row for row in rows if row.brought and not row.later),
        later=tuple(row for row in rows if row.later),
        others=tuple(others),
    )


def given_pieces(pieces: QuerySet[Piece], form: Form) -> list[GivenPiece]:
    """What was given, as the page tells it."""
    filed_on = form.facts["filing.on"]
    assert isinstance(filed_on, date)
    return [
        GivenPiece(
            piece=piece,
            label=in_words(label_of(form.version, piece.code)),
            name=piece.data if piece.upload is None else name_of(piece.upload),
            receipt=None if piece.upload is None else receipt(piece.upload),
            too_old=is_too_old(form.version, piece, filed_on),
            pages=tuple(receipt(page.upload) for page in piece.pages.all()),
        )
        for piece in pieces.select_related("upload")
        .prefetch_related("pages__upload")
        .order_by("code", "rank")
    ]


def piece_row(
    piece: Asked,
    ways: Sequence[Way],
    given: Sequence[GivenPiece],
    *,
    code: str = "",
    reasons: Sequence[str] = (),
    error: str = "",
) -> PieceRow:
    """``piece`` as a row; ``code`` when only one of the ways is asked."""
    named = next((way.label for way in piece.accepts if way.code == code), piece.label)
    ages = [piece.max_age, *(way.max_age for way in ways)]
    return PieceRow(
        code=code or piece.code,
        label=in_words(named),
        why=in_words(piece.why),
        help=in_words(piece.help),
        article=piece.article,
        reasons=tuple(reasons),
        to_confirm=piece.to_confirm,
        ways=tuple((way.code, in_words(way.label)) for way in ways),
        as_code=Given.DATA in piece.forms,
        brought=piece.forms == (Given.ORIGINAL,),
        dated=any(age is not None for age in ages),
        later=piece.due is Due.HANDOVER,
        translated=piece.translated,
        given=tuple(given),
        error=error,
    )


def _row(
    required: Required, by_code: Mapping[str, list[GivenPiece]], errors: Mapping[str, str]
) -> PieceRow:
    piece = required.piece
    return piece_row(
        piece,
        required.accepts,
        [one for code in _codes(piece) for one in by_code.get(code, ())],
        reasons=[said(reason.says) for reason in required.reasons],
        error=errors.get(piece.code, ""),
    )


def _codes(piece: Asked) -> list[str]:
    return [piece.code, *(way.code for way in piece.accepts)]
