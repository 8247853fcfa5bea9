"""What the cleaner is given, gives back, or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may be: bytes, pages of a document, points of a picture."""

    size: int
    pages: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``content`` is shown to people; ``also_scan`` never is: the antivirus must see it too."""

    kind: str
    #: The media type of ``content``: a picture, whatever its kind, comes out as JPEG.
    shown_as: str
    pages: int
    content: bytes
    also_scan: tuple[bytes, ...] = ()


class NotAccepted(Exception):
    """The file cannot be taken. ``code`` says why; ``droitfil.files.sentences`` says it well."""

    def __init__(self, code: str, details: Mapping[str, int | str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = dict(details or {})


@dataclass(slots=True)
class Budget:
    """Bytes that may still be drawn out of a file."""

    left: int
    drawn: list[bytes] = field(default_factory=list)

    def take(self, content: bytes) -> None:
        """Keeps ``content``. :raises NotAccepted: when there is more in the file than allowed."""
        self.left -= len(content)
        if self.left < 0:
            raise NotAccepted("attachments")
        self.drawn.append(content)
