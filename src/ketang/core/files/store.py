"""Bytes on disk, by hash: ``MEDIA_ROOT/ab/cd/<sha256>.<ext>``. No part of a path comes from a user."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from ketang.core.files.types import SIZES, NoSpace

# Room that stays free for the database's own journal; below it uploads are refused first.
RESERVE_BYTES = 200 * 1024 * 1024
HASH = re.compile(r"[0-9a-f]{64}")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(sha256: str, extension: str) -> Path:
    if not HASH.fullmatch(sha256) or not extension.replace(".", "").isalnum():
        raise ValueError(sha256)
    return root() / sha256[:2] / sha256[2:4] / f"{sha256}.{extension}"


def thumb_of(sha256: str, size: int) -> Path:
    return path_of(sha256, f"{size}.webp")


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def ensure_room(size: int) -> None:
    """Refuse before half-writing: twice the size, for the copy and its thumbnails, over the reserve."""
    root().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root()).free < RESERVE_BYTES + 2 * size:
        raise NoSpace


def write(path: Path, content: bytes) -> None:
    """Whole or not at all. The same content again only renews the date, which keeps the sweeper off."""
    if path.exists():
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise NoSpace from error


def delete(sha256: str, extension: str) -> None:
    for path in (path_of(sha256, extension), *(thumb_of(sha256, size) for size in SIZES)):
        path.unlink(missing_ok=True)


def leftovers(before: datetime) -> Iterator[tuple[str, Path]]:
    """(hash, path) of everything on disk not touched since ``before``; half-written parts have no hash."""
    for path in root().glob("??/??/*"):
        if path.stat().st_mtime < before.timestamp():
            name = path.name.split(".")[0]
            yield (name if HASH.fullmatch(name) else ""), path
