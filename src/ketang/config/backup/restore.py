"""Restore: all or nothing. PostgreSQL does it in one transaction, SQLite in a file beside, swapped in."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction

from ketang.config.backup import archive, space
from ketang.config.backup.archive import Manifest, NotABackup
from ketang.config.backup.load import Difference, differences, load
from ketang.config.backup.schema import Table, empty, in_use
from ketang.kernel.errors import BadInput

Progress = Callable[[int], None]


class NotEmpty(BadInput):
    message = (
        "这个数据库里已有数据，没有动它。确要覆盖，请先备份，再加 --force"
        " · The database holds data and was left alone; back it up and add --force to replace it."
    )


class Damaged(BadInput):
    message = (
        "备份已损坏：%(what)s 与清单不符，没有恢复 · The backup is damaged at %(what)s; nothing was restored."
    )


@dataclass(frozen=True)
class Report:
    """What was restored. ``missing_keys``: kind → ids that this installation does not have."""

    manifest: Manifest
    differences: list[Difference] = field(default_factory=list)
    missing_keys: dict[str, list[str]] = field(default_factory=dict)


def restore(path: Path, *, force: bool, verify: bool, progress: Progress = lambda _rows: None) -> Report:
    """Fill this installation from ``path``. With ``verify`` every table is read again and compared."""
    source, manifest = archive.open_archive(path)
    with source:
        _refuse_full(force)
        space.require(settings.KETANG_HOME, sum(i.file_size for i in source.infolist()) * 2)
        with _new_database() as alias:
            given = load(alias, manifest.migrations, lambda table: _lines(source, table), progress)
            expected = {label: (t["rows"], t["sha256"]) for label, t in manifest.tables.items()}
            if wrong := [label for label in expected if given.get(label) != expected[label]]:
                raise Damaged(what=", ".join(wrong))
            found = differences(alias, manifest.migrations, given, progress) if verify else []
            _unpack_files(source, manifest)
    return Report(manifest, found, missing_keys(manifest))


def missing_keys(manifest: Manifest) -> dict[str, list[str]]:
    ring, ids = settings.KEYS, manifest.keys
    missing = {
        "data": [key for key in ids["data"] if key not in ring.data],
        "index": [ids["index"]] if ids["index"] != ring.index_id else [],
        "audit": [ids["audit"]] if ids["audit"] != ring.audit_id else [],
    }
    return {kind: keys for kind, keys in missing.items() if keys}


def _refuse_full(force: bool) -> None:
    """Looking into a SQLite file that does not exist would make it: look at the file first."""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return
    if not force and in_use("default"):
        raise NotEmpty


@contextmanager
def _new_database() -> Iterator[str]:
    """An empty database that becomes the real one when all went well."""
    if connection.vendor == "sqlite":
        with _file_beside(Path(str(connection.settings_dict["NAME"]))) as alias:
            yield alias
    else:
        with transaction.atomic():
            empty("default")
            yield "default"


@contextmanager
def _file_beside(real: Path) -> Iterator[str]:
    from ketang.config.backup.aliases import sqlite_file

    building = real.with_name(real.name + ".restoring")
    _remove(building)
    try:
        with sqlite_file(building) as alias:
            yield alias
            with connections[alias].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        _remove(real)
        building.replace(real)
    finally:
        _remove(building)


def _remove(file: Path) -> None:
    """A SQLite file with its journal."""
    for suffix in ("-wal", "-shm", ""):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _lines(source: zipfile.ZipFile, table: Table) -> Iterator[bytes]:
    try:
        with source.open(archive.table_entry(table._meta.label)) as entry:
            yield from entry
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise Damaged(what=table._meta.label) from error


def _unpack_files(source: zipfile.ZipFile, manifest: Manifest) -> None:
    """Into the folder of kept files; a name that would leave it is refused."""
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True, exist_ok=True)
    for name, digest in manifest.files.items():
        target = (media / name).resolve()
        if not target.is_relative_to(media.resolve()):
            raise NotABackup(file=name, reason="path")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        with source.open(f"files/{name}") as entry, partial.open("wb") as out:
            if archive.copy_hashed(entry, out) != digest:
                raise Damaged(what=name)
        shutil.move(partial, target)
