"""The examinations of ``ketang doctor``: each yields what was found, and advice when it is not well."""

import platform
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import django
from django.conf import settings
from django.db import Error, connection

from ketang import __version__
from ketang.config import health
from ketang.config.preflight import problems
from ketang.core.outbox.api import lag
from ketang.kernel.errors import KetangError

Mark = Literal["ok", "warn", "bad"]
OLDEST_SQLITE = (3, 35)  # RETURNING
OLDEST_POSTGRES = 150000
DURABLE = {"on", "remote_apply", "remote_write", "local"}


@dataclass(frozen=True, slots=True)
class Examined:
    """``what`` is bilingual; ``advice`` says what to do."""

    mark: Mark
    what: str
    found: str
    advice: str = ""
    database_down: bool = False


def judge(well: bool, what: str, found: object, advice: str, mark: Mark = "bad") -> Examined:
    """``advice`` is shown only when it is not well."""
    return Examined("ok", what, str(found)) if well else Examined(mark, what, str(found), advice)


def examine() -> Iterator[Examined]:
    """Everything in turn; without a database what needs one is left out."""
    versions = f"Ketang {__version__}, Python {platform.python_version()}, Django {django.get_version()}"
    yield Examined("ok", "版本 · versions", versions)
    yield from _settings()
    yield from _files()
    try:
        health.database()
    except Error as error:
        text = str(error).partition("\n")[0]
        yield Examined("bad", "数据库 · database", text, "检查 DATABASE_URL 与服务 · check it runs", True)
        return
    for examination in (_database, _health, _outbox, _audit, _playbook):
        yield from _guarded(examination)


def _guarded(examination: Callable[[], Iterator[Examined]]) -> Iterator[Examined]:
    """A missing table must not hide the other examinations."""
    try:
        yield from examination()
    except (Error, KetangError) as error:
        text = str(error).partition("\n")[0]
        yield Examined("bad", examination.__name__.strip("_"), text, "ketang migrate")


def _settings() -> Iterator[Examined]:
    for problem in problems():
        yield Examined("bad" if problem.fatal else "warn", "设置 · settings", str(problem))
    ring = settings.KEYS
    if not ring.missing:
        ids = f"data {', '.join(ring.data)}; index {ring.index_id}; audit {ring.audit_id}"
        yield Examined("ok", "密钥 · keys", ids)


def _files() -> Iterator[Examined]:
    manifest = Path(settings.PACKAGE) / "shell" / "static" / "dist"
    built = manifest.is_dir() and any(manifest.iterdir())
    word = "有 · built" if built else "没有 · not built"
    yield judge(built, "页面资源 · static files", word, "make setup")


def _database() -> Iterator[Examined]:
    yield from (_sqlite() if connection.vendor == "sqlite" else _postgres())


def _sqlite() -> Iterator[Examined]:
    text = f"SQLite {sqlite3.sqlite_version} {connection.settings_dict['NAME']}"
    yield judge(sqlite3.sqlite_version_info >= OLDEST_SQLITE, "数据库 · database", text, "≥ 3.35")
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        found = _one(f"PRAGMA {pragma}")
        yield judge(found == wanted, f"PRAGMA {pragma}", found, f"= {wanted}")
    sound = str(_one("PRAGMA quick_check"))
    yield judge(sound == "ok", "文件完整 · integrity", sound[:200], "ketang restore")


def _postgres() -> Iterator[Examined]:
    recent = int(_one("SHOW server_version_num")) >= OLDEST_POSTGRES
    yield judge(recent, "数据库 · database", f"PostgreSQL {_one('SHOW server_version')}", "≥ 15")
    for name, good, why in (
        ("server_encoding", {"UTF8"}, "中文需要 UTF8 · Chinese needs it"),
        ("fsync", {"on"}, "断电会丢数据 · a power cut loses data"),
        ("synchronous_commit", DURABLE, "刚确认的会丢 · loses acknowledged writes"),
        ("default_transaction_isolation", {"read committed"}, "= read committed"),
    ):
        found = _one(f"SHOW {name}")
        yield judge(found in good, name, found, why)
    locale = _one("SELECT datcollate FROM pg_database WHERE datname = current_database()")
    yield Examined("ok", "排序规则 · collation", f"{locale}（编码列用 C · code columns use C）")
    free = int(_one("SHOW max_connections")) - int(_one("SELECT count(*) FROM pg_stat_activity"))
    yield judge(free > 10, "空余连接 · free connections", free, "max_connections", "warn")


def _health() -> Iterator[Examined]:
    words = {
        "migrations": ("迁移 · migrations waiting", "ketang upgrade"),
        "queue": ("队列滞后秒 · queue lag, s", "ketang work 在运行吗 · is it running?"),
        "disk": ("剩余磁盘 MB · free disk, MB", "清理或扩容 · make room"),
        "clock": ("与数据库时钟差秒 · clock drift, s", "开 NTP · run NTP"),
    }
    for name, (what, advice) in words.items():
        found = health.CHECKS[name]()
        yield judge(found.ok, what, found.value, advice)


def _outbox() -> Iterator[Examined]:
    dead = lag().dead
    yield judge(dead == 0, "死信 · dead letters", dead, "系统管理员可在“死信”页重放 · replay them there")


def _audit() -> Iterator[Examined]:
    """The head only: walking the whole chain is ``ketang audit verify``."""
    from ketang.core.audit import api, queries

    head = queries.head()
    if head is None:
        yield Examined("bad", "审计链 · audit chain", "没有链头 · no head", "ketang audit verify")
        return
    found = f"{head.position} ({api.unsealed()} 待封存 · unsealed)"
    yield Examined("ok", "审计链 · audit chain", f"{found}; 逐行 · row by row: ketang audit verify")


def _playbook() -> Iterator[Examined]:
    from ketang.core.playbooks.api import current

    book = current()
    yield Examined("ok", "规则本 · playbook", f"{book.title} {book.version}")


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
