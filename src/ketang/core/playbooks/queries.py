"""Reads: the playbook in force, a version by hash. Cached in the process; no query per request."""

import time
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection

from ketang.core.playbooks.load import Loaded, load
from ketang.core.playbooks.models import PlaybookVersion
from ketang.core.playbooks.types import Playbook, PlaybookMissing

RECHECK_SECONDS = 2.0


class _Cache:
    """What this process knows. Two threads may both look; they find the same."""

    def __init__(self) -> None:
        self.versions: dict[str, Playbook] = {}
        self.current: Playbook | None = None
        self.disk: Playbook | None = None
        self.checked_at = float("-inf")


_cache = _Cache()


def current() -> Playbook:
    """The playbook in force; before the first apply, the one on disk that the settings name.

    Looks at the database at most every two seconds, so another process's apply is seen within two.
    """
    if _cache.current is None or time.monotonic() - _cache.checked_at > RECHECK_SECONDS:
        _cache.current = _look()
        _cache.checked_at = time.monotonic()
    return _cache.current


def version(hash_: str) -> Playbook:
    """The playbook of that hash, applied or just read from disk. Raises PlaybookMissing."""
    if hash_ in _cache.versions:
        return _cache.versions[hash_]
    row = PlaybookVersion.objects.filter(hash=hash_).first()
    if row is None:
        raise PlaybookMissing(name=hash_)
    return remember(Playbook(row.hash, row.name, row.title, row.content))


def remember(playbook: Playbook) -> Playbook:
    """Keep the first object of a version, with all that was built from it."""
    return _cache.versions.setdefault(playbook.version, playbook)


def forget() -> None:
    """Look again at the next call: after an apply, and between tests."""
    _cache.current, _cache.disk, _cache.checked_at = None, None, float("-inf")


def applied_hash() -> str:
    """Hash in force by the database; '' before the first apply and before the first migrate."""
    newest = PlaybookVersion.objects.order_by("-applied_at", "-id").values_list("hash", flat=True)
    try:
        return newest.first() or ""
    except (OperationalError, ProgrammingError):
        # No table yet, or the database is away for a moment: the rules we have still hold. Inside a
        # transaction the error must go on, for PostgreSQL has already given that transaction up.
        if connection.in_atomic_block:
            raise
        return _cache.current.version if _cache.current else ""


def history() -> list[PlaybookVersion]:
    """Applied versions without their content, newest first."""
    return list(PlaybookVersion.objects.defer("content").order_by("-applied_at", "-id")[:50])


def folder_of(name: str) -> Path:
    """A playbook's folder: a path as it stands, a bare name under the playbooks folder."""
    path = Path(name)
    return path.resolve() if "/" in name or path.is_dir() else Path(settings.PLAYBOOKS_DIR) / name


def on_disk(name: str = "") -> Loaded:
    """Load by name or folder; by default the playbook that the settings name. Raises PlaybookMissing."""
    return load(folder_of(name or settings.PLAYBOOK))


def _look() -> Playbook:
    in_force = applied_hash()
    if in_force:
        return version(in_force)
    _cache.disk = _cache.disk or remember(on_disk().valid())
    return _cache.disk
