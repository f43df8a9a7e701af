"""Stops a file at its limit while it still arrives (settings.FILE_UPLOAD_HANDLERS)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from ketang.core.files.rules import shown_name
from ketang.core.files.types import FileTooLarge


class UploadTooLarge(FileTooLarge, RequestDataTooBig):
    """Also Django's own kind, so that it is answered and not reported when the CSRF check reads the body."""


class Quota(FileUploadHandler):
    """First in the chain; passes every chunk on until one file is over its limit."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            name = shown_name(str(self.file_name or ""))
            raise UploadTooLarge(name=name, limit_mb=settings.MAX_UPLOAD_BYTES // 1024 // 1024, field="files")
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
