"""Reads what a stranger sent and makes a copy without anything active or hidden in it.

Pure: no Django, no disk, no network; :func:`clean` takes bytes and gives bytes. Files made to
exhaust or crash whoever reads them are the rule here, so the application runs it in a process of
its own, with little memory and little time: ``python -m droitfil.files.cleaner``.
"""

from __future__ import annotations

from droitfil.files.cleaner.kinds import HEIC, JPEG, KINDS, PDF, PNG, kind_of
from droitfil.files.cleaner.outcome import Cleaned, Limits, NotAccepted

__all__ = [
    "HEIC", "JPEG", "KINDS", "PDF", "PNG", "Cleaned", "Limits", "NotAccepted", "clean", "kind_of",
]  # fmt: skip


def clean(content: bytes, limits: Limits) -> Cleaned:
    """The cleaned copy of ``content``, and what must be scanned besides.

    :raises NotAccepted: with the code of what is wrong. Anything else that is raised means that
        the file could not be read.
    """
    if not content:
        raise NotAccepted("empty")
    if len(content) > limits.size:
        raise NotAccepted("size", {"size": len(content), "most": limits.size})
    kind = kind_of(content)
    # Imported when needed: a picture does not wait for the PDF library, nor the other way round.
    if kind == PDF:
        from droitfil.files.cleaner.documents import clean_document

        return clean_document(content, limits)
    from droitfil.files.cleaner.pictures import clean_picture

    return clean_picture(content, kind, limits)
