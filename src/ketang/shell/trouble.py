"""What went wrong, in the reader's words: exceptions → a `Trouble` that any answer can show."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from ketang.kernel.errors import KetangError, TooLarge, Unavailable

TITLES = {
    400: noop("这里填得不对"),
    401: noop("请先登录"),
    403: noop("这一页不能给您看"),
    404: noop("没有找到"),
    405: noop("这个地址不接受这样的请求"),
    409: noop("别人刚刚改动过"),
    413: noop("内容太大"),
    429: noop("太频繁了"),
    500: noop("系统出错了"),
    503: noop("系统暂时用不了"),
    507: noop("存储空间满了"),
}
# Seconds after which trying again makes sense; a restart of the database takes about this long.
RETRY_SECONDS = 10


class Malformed(KetangError):
    message = noop("浏览器送来的内容不完整或格式不对，没有保存。请返回再试一次。")


class Forbidden(KetangError):
    status = 403
    message = noop("您的账号没有查看这一页的权限。如果工作需要，请找本单位负责人或安全管理员。")


class FormExpired(KetangError):
    status = 403
    message = noop("这一页打开太久，安全验证过期了。您写的内容没有丢：返回上一页，刷新后再提交。")


class PageGone(KetangError):
    status = 404
    message = noop("没有这个页面，可能地址写错了，也可能内容已经移走。")


class RequestTooLarge(TooLarge):
    message = noop("一次提交的内容太大。照片、录音、PDF 每个不超过 %(limit_mb)s MB，请压缩或分几次提交。")


class DatabaseAway(Unavailable):
    message = noop("数据库暂时连不上。您写的内容没有丢，留在这一页上，过一会儿点“重新提交”就行。")


class DiskFull(Unavailable):
    status = 507
    message = noop("服务器的存储空间满了，这次没有保存。请联系管理员清理空间后再提交。")


class Broken(KetangError):
    status = 500
    message = noop("这是系统的问题，不是您操作的问题，已经记下来了。请过一会儿再试；要反映时请报下面的编号。")


@dataclass(frozen=True, slots=True)
class Trouble:
    """``texts`` and ``titles`` are by language ("zh-hans", "en")."""

    status: int
    code: str
    titles: dict[str, str]
    texts: dict[str, str]
    ways: dict[str, str] = field(default_factory=dict)
    field: str = ""
    link: str = ""
    retry_after: int = 0


def trouble_of(error: BaseException | None) -> Trouble | None:
    """The trouble behind an exception, or None when it is a bug that nobody foresaw."""
    situation = situation_of(error)
    return describe(situation) if situation else None


def situation_of(error: BaseException | None) -> KetangError | None:
    match error:
        case KetangError():
            return error
        case RequestDataTooBig():
            return RequestTooLarge(limit_mb=settings.MAX_UPLOAD_BYTES // 1024 // 1024)
        case SuspiciousOperation() | UnreadablePostError() | UnicodeError() | ValidationError():
            return Malformed()
        case PermissionDenied():
            return Forbidden()
        case Http404():
            return PageGone()
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull()
        case _ if _database_is_away(error):
            return DiskFull() if "disk is full" in str(error) else DatabaseAway()
    return None


def describe(error: KetangError) -> Trouble:
    """The error in both languages: somebody at a shared screen may read only one."""
    link = error.exit if error.exit.startswith("/") else ""
    return Trouble(
        status=error.status,
        code=error.code,
        titles={lang: gettext(TITLES.get(error.status, TITLES[400])) for lang in _languages()},
        texts={lang: sentence(error) for lang in _languages()},
        ways={} if link or not error.exit else {lang: gettext(error.exit) for lang in _languages()},
        field=error.field,
        link=link,
        retry_after=_retry_after(error),
    )


@contextmanager
def speaking(language: str) -> Iterator[None]:
    with translation.override(language):
        yield


def _languages() -> Iterator[str]:
    """Each language in turn, active while the caller's expression runs."""
    for language in ("zh-hans", "en"):
        with speaking(language):
            yield language


def sentence(error: KetangError) -> str:
    """The error's sentence in the active language, the words it names (a verb, a role) included."""
    text = gettext(error.text)
    return text % {name: _said(value) for name, value in error.params.items()} if error.params else text


def _said(value: object) -> object:
    return gettext(value) if isinstance(value, str) and value else value


def _retry_after(error: KetangError) -> int:
    given = error.params.get("retry_after")
    if isinstance(given, int):
        return max(1, given)
    return RETRY_SECONDS if error.status in (429, 503) else 0


def _database_is_away(error: BaseException | None) -> bool:
    """Also psycopg_pool's PoolTimeout, which Django does not wrap."""
    return isinstance(error, OperationalError | InterfaceError) or type(error).__name__ == "PoolTimeout"
