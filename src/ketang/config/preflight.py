"""What must hold before the processes start: clear sentences instead of a crash later.

``problems`` looks at settings and files alone; ``refuse_unready`` also asks the database.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from ketang.config.home import home
from ketang.config.sqlite import is_file
from ketang.kernel.errors import BadInput, KetangError, Unavailable


@dataclass(frozen=True, slots=True)
class Problem:
    """``fatal``: it will not run; else it runs but should not run like this for real."""

    fatal: bool
    chinese: str
    english: str

    def __str__(self) -> str:
        return f"{self.chinese} · {self.english}"


class NotMigrated(KetangError):
    message = (
        "数据库还有 %(count)s 项没迁移：请运行 ketang migrate，有数据时用 ketang upgrade"
        " · %(count)s migrations wait: run ketang migrate, or ketang upgrade when it holds data."
    )


class NoDatabase(KetangError):
    message = "还没有数据库：请运行 ketang migrate · There is no database yet: run ketang migrate."


def problems() -> list[Problem]:
    return [*_home(), *_keys(), *_database(), *_hosts(), *_playbook()]


def refuse_unready() -> None:
    """Stop with a sentence when the settings, the database or its migrations are not fit to start."""
    if fatal := [p for p in problems() if p.fatal]:
        raise BadInput("\n".join(str(p) for p in fatal).replace("%", "%%"))
    from ketang.config.health import migrations

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and is_file(name) and not Path(str(name)).exists():
        raise NoDatabase
    try:
        found = migrations()
    except Error as error:
        raise Unavailable(
            f"数据库连不上 · the database is unavailable: {error}".replace("%", "%%")
        ) from error
    finally:
        connection.close()
    if not found.ok:
        raise NotMigrated(count=found.value)


def _home() -> Iterator[Problem]:
    folder = home()
    if not folder.is_dir():
        yield Problem(
            True, f"没有数据目录 {folder}：请运行 ketang init", f"{folder} is missing: run ketang init"
        )
    elif not os.access(folder, os.W_OK):
        yield Problem(True, f"数据目录 {folder} 不能写", f"{folder} cannot be written")


def _keys() -> Iterator[Problem]:
    if missing := settings.KEYS.missing:
        names = ", ".join(missing)
        yield Problem(True, f"缺少密钥：{names}（ketang init）", f"keys are missing: {names} (ketang init)")
    for file in sorted((home() / "keys").glob("*")):
        if file.stat().st_mode & 0o077:
            yield Problem(False, f"密钥文件别人也能读：chmod 600 {file}", f"others can read {file}")


def _database() -> Iterator[Problem]:
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith(("postgresql://", "postgres://", "sqlite://")):
        yield Problem(
            True,
            "DATABASE_URL 应以 postgresql:// 或 sqlite:// 开头",
            "DATABASE_URL starts with postgresql:// or sqlite://",
        )
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).parent.is_dir():
        yield Problem(True, "SQLite 文件所在目录不存在", "the folder of the SQLite file is missing")


def _hosts() -> Iterator[Problem]:
    """Like ``check --deploy``: what a public installation needs."""
    if settings.DEMO:
        return
    if "*" in settings.ALLOWED_HOSTS:
        yield Problem(False, "KETANG_HOSTS 不要写 *", "KETANG_HOSTS should name hosts, not *")
    public = [h for h in settings.ALLOWED_HOSTS if h not in {"localhost", "127.0.0.1", "[::1]", "testserver"}]
    if public and not settings.HTTPS:
        yield Problem(
            False,
            "对外服务却没有 HTTPS：请设 KETANG_HTTPS=1，在代理后面再设 KETANG_BEHIND_PROXY=1",
            "public hosts without HTTPS: set KETANG_HTTPS=1, behind a proxy also KETANG_BEHIND_PROXY=1",
        )
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if "://" not in origin:
            yield Problem(
                True,
                f"KETANG_ORIGINS 要带协议：https://{origin}",
                f"KETANG_ORIGINS needs a scheme: https://{origin}",
            )


def _playbook() -> Iterator[Problem]:
    folder = Path(settings.PLAYBOOKS_DIR) / settings.PLAYBOOK
    if not folder.is_dir():
        yield Problem(True, f"没有规则本目录 {folder}（KETANG_PLAYBOOK）", f"no playbook folder {folder}")
