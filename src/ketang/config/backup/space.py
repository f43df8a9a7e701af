"""Room on the disk, asked before anything is written."""

import shutil
from pathlib import Path

from django.db import connections

from ketang.kernel.errors import Unavailable

RESERVE = 100_000_000


class DiskTooSmall(Unavailable):
    status = 507
    message = (
        "磁盘空间不够：%(folder)s 还剩 %(free)s MB，需要约 %(needed)s MB，没有动任何东西"
        " · Not enough room: %(free)s MB free, about %(needed)s MB needed; nothing was touched."
    )


def require(folder: Path, needed: int) -> None:
    """Refuse before half-writing."""
    free = shutil.disk_usage(folder).free
    if free < needed + RESERVE:
        raise DiskTooSmall(folder=folder, free=free // 1_000_000, needed=(needed + RESERVE) // 1_000_000)


def database_bytes(alias: str) -> int:
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def folder_bytes(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
