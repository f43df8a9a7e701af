"""Make a backup: one instant of the database, then the kept files (a file is there before its row is)."""

import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connections

from ketang.config.backup import archive, rows, space
from ketang.config.backup.aliases import snapshot
from ketang.config.backup.archive import Manifest, new_manifest
from ketang.config.backup.schema import Table, state_of, tables
from ketang.kernel.clock import local, now

Progress = Callable[[int], None]
# Compressed lines take a fifth of what the database takes; half is on the safe side.
SHARE_OF_DATABASE = 0.5


def destination(target: Path) -> Path:
    """A folder gets a file named by the time; a file is taken as it is."""
    if target.is_dir():
        return target / f"ketang-{local(now()):%Y%m%d-%H%M%S}.zip"
    return target


def write_backup(target: Path, progress: Progress = lambda _rows: None) -> Manifest:
    """Write beside the target and rename at the end: a backup is whole or it is not there."""
    media = Path(settings.MEDIA_ROOT)
    space.require(
        target.parent, int(space.database_bytes("default") * SHARE_OF_DATABASE) + space.folder_bytes(media)
    )
    partial = target.with_name(target.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            manifest = _write(file, media, progress)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    return manifest


def _write(file: object, media: Path, progress: Progress) -> Manifest:
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,  # type: ignore[call-overload]
        snapshot() as alias,
    ):
        manifest = new_manifest(connections[alias].vendor, state_of(alias))
        for table in tables(alias, manifest.migrations):
            manifest.tables[table._meta.label] = _write_table(out, alias, table, progress)
        for name in archive.file_names(media):
            manifest.files[name] = _write_file(out, media, name)
        archive.write_manifest(out, manifest)
        return manifest


def _write_table(out: zipfile.ZipFile, alias: str, table: Table, progress: Progress) -> dict[str, object]:
    count = rows.Tally()
    with out.open(archive.table_entry(table._meta.label), "w", force_zip64=True) as entry:
        batch: list[bytes] = []
        for line in count.through(rows.lines(alias, table)):
            batch.append(line)
            if len(batch) == rows.BATCH:
                entry.write(b"".join(batch))
                progress(len(batch))
                batch.clear()
        entry.write(b"".join(batch))
        progress(len(batch))
    number, digest = count.result
    return {"rows": number, "sha256": digest}


def _write_file(out: zipfile.ZipFile, media: Path, name: str) -> str:
    """Photos are compressed already: stored as they are."""
    entry = zipfile.ZipInfo(f"files/{name}")
    entry.external_attr = 0o600 << 16
    with (media / name).open("rb") as source, out.open(entry, "w", force_zip64=True) as target:
        return archive.copy_hashed(source, target)
