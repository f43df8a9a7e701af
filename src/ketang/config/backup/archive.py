"""The file of a backup: a zip of ``manifest.json``, ``tables/<label>.ndjson`` and ``files/…``. No keys.

One portable form for both databases, so a backup of SQLite restores into PostgreSQL and back.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from ketang import __version__
from ketang.kernel.clock import now
from ketang.kernel.errors import BadInput

FORMAT = 1
CHUNK = 1 << 20
NO_KEYS = (
    "本备份不含密钥：没有下列编号的密钥，加密的内容打不开。"
    " · No keys inside: without the keys named here what is sealed does not open."
)


class NotABackup(BadInput):
    message = "%(file)s 不是 Ketang 的备份，或已损坏（%(reason)s）· is not a Ketang backup, or is damaged."


@dataclass(frozen=True)
class Manifest:
    """``tables``: label → rows and SHA-256 of its lines; ``migrations``: app → state; ``keys``: ids only."""

    made_at: str
    database: str
    migrations: dict[str, str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    note: str = NO_KEYS
    version: str = __version__
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(t["rows"] for t in self.tables.values())


def new_manifest(vendor: str, migrations: dict[str, str]) -> Manifest:
    ring = settings.KEYS
    ids = {"data": list(ring.data), "index": ring.index_id, "audit": ring.audit_id}
    return Manifest(now().isoformat(timespec="seconds"), vendor, migrations, keys=ids)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    archive.writestr("manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


def open_archive(path: Path) -> tuple[zipfile.ZipFile, Manifest]:
    try:
        archive = zipfile.ZipFile(path)
        facts = json.loads(archive.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NotABackup(file=path, reason=type(error).__name__) from error
    if facts.get("format") != FORMAT:
        raise NotABackup(file=path, reason=f"format {facts.get('format')}")
    return archive, Manifest(**facts)


def table_entry(label: str) -> str:
    return f"tables/{label}.ndjson"


def file_names(folder: Path) -> Iterator[str]:
    """Relative paths of the kept files; what is still being written (hidden, .part) is not kept yet."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix not in {".part", ".tmp"}:
            yield path.relative_to(folder).as_posix()


def copy_hashed(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy in chunks; the SHA-256 of what went through."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
