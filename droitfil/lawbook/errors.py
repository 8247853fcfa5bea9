"""The one way the law's files are refused."""

from __future__ import annotations


class LawError(ValueError):
    """A file of the law cannot be read: where, what was written, and what would be right.

    ``str(error)`` is one French sentence that names file, line, field and value.
    """

    def __init__(self, file: str, line: int | None, field: str, value: str, right: str) -> None:
        place = file if line is None else f"{file}, ligne {line}"
        named = f", {field}" if field else ""
        written = f" « {value} »" if value else ""
        super().__init__(f"{place}{named} :{written} {right}")
        self.file = file
        self.line = line
        self.field = field
        self.value = value
        self.right = right
