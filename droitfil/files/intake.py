"""What a form sends, kept in memory from the socket to the vault: never in clear on a disk."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from droitfil.files.sentences import refusal

#: What the files of one form may weigh together, in times the largest one.
AT_ONCE = 5


class MemoryOnly(FileUploadHandler):
    """Receives files in memory, up to the limit; of what is beyond, only the size is kept.

    So that a file too large meets a sentence, not a form that seems to have been left empty.
    """

    #: Octets that the files of this form hold in memory.
    held = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file."""
        super().new_file(*args, **kwargs)
        self.file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps a piece of the file, as long as the whole stays within the limit."""
        most, size = settings.UPLOAD_BYTES, len(raw_data)
        fits = start + size <= most and self.held + size <= AT_ONCE * most
        if fits and self.file.tell() == start:
            self.held += self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file; its ``size`` is what was sent."""
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
        )


def content_of(sent: UploadedFile[bytes]) -> bytes:
    """The bytes of a file received by a form.

    :raises droitfil.lib.refusals.Refusal: when it is larger than the limit, or came with so many
        others that it was not kept whole.
    """
    size = sent.size or 0
    if size > settings.UPLOAD_BYTES:
        raise refusal("size", {"size": size, "most": settings.UPLOAD_BYTES})
    content = bytes(sent.read())
    if len(content) < size:
        raise refusal("at_once", {})
    return content
