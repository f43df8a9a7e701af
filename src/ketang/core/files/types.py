"""Words and errors of files; no Django."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ketang.kernel.errors import BadInput, NotFound, TooLarge, Unavailable

SIZES = (320, 1280)  # long edges of the thumbnails, px


class Kind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the content is, whatever the name says."""

    kind: Kind
    media_type: str
    extension: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A kept file as others see it. ``width``/``height`` 0 unless an image; ``lon``/``lat`` (WGS-84) only
    where the person chose to share the position."""

    id: str
    kind: Kind
    media_type: str
    name: str
    size: int
    width: int
    height: int
    step_seq: int | None
    at: datetime
    sha256: str
    lon: float | None = None
    lat: float | None = None
    removed: bool = False

    @property
    def url(self) -> str:
        return f"/files/{self.id}"

    @property
    def thumb(self) -> str:
        """'' for what has no picture."""
        return f"/files/{self.id}/thumb" if self.kind is Kind.IMAGE and not self.removed else ""


class FileRefused(BadInput):
    message = (
        "“%(name)s”不是照片、录音或 PDF，不能上传。"
        "可以传：JPG、PNG、WebP、HEIC 照片，M4A、MP3、WAV、OGG 录音，PDF。"
    )


class FileIsProgram(BadInput):
    message = "“%(name)s”的内容是网页或程序，不是照片，不能上传。请重新选择照片、录音或 PDF。"


class FileBroken(BadInput):
    message = "“%(name)s”不完整或已损坏，打不开。请重新拍一张，或重新选择后再传。"


class FileEmpty(BadInput):
    message = "“%(name)s”是空的，没有内容。请重新选择。"


class PictureTooBig(BadInput):
    message = (
        "“%(name)s”的像素太多（%(width)s × %(height)s），最多 %(limit)s 万像素。"
        "请用手机的普通拍照模式，或缩小后再传。"
    )


class FileTooLarge(TooLarge):
    message = "“%(name)s”超过 %(limit_mb)s MB，没有上传。请压缩、缩短或分成几个再传。"


class NoSpace(Unavailable):
    status = 507
    message = "服务器的存储空间不够了，这个文件没有保存。请联系管理员清理空间后再传；您写的文字不受影响。"


class FileGone(NotFound):
    message = "没有这个文件，或您不能看它。"


class FileRemoved(NotFound):
    message = "这个文件已按保存期限删除，只留下删除记录。"


class FileLost(BadInput):
    message = "有 %(n)s 个附件已经找不到了（上传后超过 24 小时没有提交）。请重新选择附件。"
