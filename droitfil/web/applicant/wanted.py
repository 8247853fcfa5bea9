"""What an agent asks for, as the person who must give it reads it."""

from __future__ import annotations

from dataclasses import dataclass

from droitfil.cases.actions.complement import label_of, not_given
from droitfil.cases.form import Form
from droitfil.cases.models import Case, Complement, ComplementItem
from droitfil.rules.procedure import Piece as Asked
from droitfil.web.applicant.piece_rows import PieceRow, given_pieces, piece_row
from droitfil.web.public.law_words import in_words


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked, why, and whether it was given since."""

    code: str
    label: str
    reason: str
    article: str
    done: bool
    row: PieceRow | None  # a piece
    page: str  # a question: the section where it stands


def wanted_of(case: Case, asked: Complement, form: Form) -> list[Wanted]:
    """Each thing that ``asked`` asks for, with where to give it."""
    lacking = {item.code for item in not_given(asked)}
    return [
        _wanted(case, asked, item, form, item.code not in lacking) for item in asked.items.all()
    ]


def _wanted(case: Case, asked: Complement, item: ComplementItem, form: Form, done: bool) -> Wanted:
    question = form.version.question(item.code)
    piece = next(
        (p for p in form.version.pieces if item.code in (p.code, *(w.code for w in p.accepts))),
        None,
    )
    return Wanted(
        code=item.code,
        label=in_words(label_of(form.version, item.code)),
        reason=item.reason,
        article=item.article,
        done=done,
        row=None if piece is None else _row(case, asked, piece, item.code, form),
        page="" if question is None else question.block,
    )


def _row(case: Case, asked: Complement, piece: Asked, code: str, form: Form) -> PieceRow:
    """What was given for it since it was asked: what was before is what did not do."""
    ways = [way for way in piece.accepts if code in (piece.code, way.code)]
    since = case.pieces.filter(
        code__in={code, *(way.code for way in ways)},
        withdrawn_at__isnull=True,
        added_at__gte=asked.asked_at,
    )
    return piece_row(piece, ways, given_pieces(since, form), code=code)
