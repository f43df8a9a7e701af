"""Errors named for the situation, with a sentence for the reader, the field and the way out.

An action raises one of these; `shell.errors` maps them to a page, a form error or JSON once.
The message is a gettext id in Chinese with ``%(name)s`` slots filled from ``params``.
"""

from typing import ClassVar


class KetangError(Exception):
    """A situation that somebody can be told about and can do something about."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "这一步没有完成。"
    way_out: ClassVar[str] = ""

    def __init__(self, message: str = "", *, field: str = "", way_out: str = "", **params: object) -> None:
        self.text = message or self.message
        self.field = field
        self.exit = way_out or self.way_out
        self.params = params
        super().__init__(self.text % params if params else self.text)

    @property
    def code(self) -> str:
        """The situation's name, stable for machines (``CaseAlreadyClosed``)."""
        return type(self).__name__


class BadInput(KetangError):
    message = "填写的内容有问题。"


class NotAllowed(KetangError):
    status = 403
    message = "您的岗位不能做这一步。"


class NotFound(KetangError):
    """Also raised for what exists but is out of scope: its existence is not disclosed."""

    status = 404
    message = "没有找到，或不在您的职责范围内。"


class Conflict(KetangError):
    status = 409
    message = "别人刚刚改动过，请看一下再决定。"


class TooMany(KetangError):
    status = 429
    message = "操作太频繁，请 %(retry_after)s 秒后再试。"


class TooLarge(KetangError):
    status = 413
    message = "内容太大。"


class Unavailable(KetangError):
    status = 503
    message = "系统暂时用不了，您写的内容没有丢，请稍后再试。"
