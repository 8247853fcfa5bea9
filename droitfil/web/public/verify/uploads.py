"""Receiving a photograph or a PDF: in memory, one file, no larger than what is read."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from droitfil.attestations.pictures import MOST_BYTES

#: Of the whole request: the file and the fields around it.
MOST_REQUEST = MOST_BYTES + 64 * 1024


class InMemory(FileUploadHandler):
    """Keeps the first file of a form in memory; nothing of a paper is written to a disk.

    ``too_large`` says that a file was left out for its size.
    """

    too_large = False
    taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.taken += len(raw_data)
        if self.taken > MOST_BYTES:
            self.too_large = True
            raise SkipFile
        self.kept.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
