"""Writes: keep, attach, remove, sweep. Bytes first, then the row: a crash between the two leaves only
bytes that the sweeper takes away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.db import transaction

from ketang.core.audit import api as audit
from ketang.core.files import pictures, store
from ketang.core.files.models import File
from ketang.core.files.rules import clean_name, is_id, is_program, is_whole, shown_name, sniff
from ketang.core.files.types import (
    FileBroken,
    FileEmpty,
    FileIsProgram,
    FileLost,
    FileRefused,
    FileTooLarge,
    Kind,
    Sniffed,
)
from ketang.kernel.actor import SYSTEM, Actor

WAITING_HOURS = 24
TAIL_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Sent:
    """One upload as it came: its name (not trusted), its size and its bytes."""

    name: str
    size: int
    file: IO[bytes]

    @property
    def shown(self) -> str:
        return shown_name(self.name)

    def part(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        return self.file.read(length)


def keep(sent: Sent, actor: Actor, *, share_position: bool, now: datetime, mine: Sequence[str] = ()) -> str:
    """Check, rebuild and store one upload; the same bytes from the same person are the same file."""
    kind = _checked(sent)
    store.ensure_room(sent.size)
    source = store.digest(sent.part(0, sent.size))
    if known := _already(source, actor, mine):
        return known
    row = _picture_row(sent, share_position) if kind.kind is Kind.IMAGE else _plain_row(sent, kind)
    row.source_sha256, row.at = source, now
    row.uploader_kind, row.uploader_id = actor.kind, actor.id
    with transaction.atomic():
        row.save(force_insert=True)
        audit.record(actor, "file.keep", f"file:{row.pk}", {"sha256": row.sha256, "size": row.size}, at=now)
    return str(row.pk)


def _checked(sent: Sent) -> Sniffed:
    limit = settings.MAX_UPLOAD_BYTES
    if not sent.size:
        raise FileEmpty(name=sent.shown)
    if sent.size > limit:
        raise FileTooLarge(name=sent.shown, limit_mb=limit // 1024 // 1024)
    head = sent.part(0, 1024)
    kind = sniff(head)
    if kind is None:
        raise (FileIsProgram if is_program(head) else FileRefused)(name=sent.shown)
    if not is_whole(kind, sent.part(max(0, sent.size - TAIL_BYTES), TAIL_BYTES)):
        raise FileBroken(name=sent.shown)
    return kind


def _picture_row(sent: Sent, share_position: bool) -> File:
    sent.file.seek(0)
    picture = pictures.read(sent.file, sent.shown)
    sha256 = store.digest(picture.content)
    for size, content in picture.thumbs.items():
        store.write(store.thumb_of(sha256, size), content)
    row = _row(sha256, picture.kind, sent.name, picture.content)
    row.width, row.height = picture.width, picture.height
    if share_position and picture.position:
        row.lon, row.lat = picture.position
    return row


def _plain_row(sent: Sent, kind: Sniffed) -> File:
    content = sent.part(0, sent.size)
    return _row(store.digest(content), kind, sent.name, content)


def _row(sha256: str, kind: Sniffed, name: str, content: bytes) -> File:
    store.write(store.path_of(sha256, kind.extension), content)
    return File(
        sha256=sha256,
        kind=kind.kind,
        media_type=kind.media_type,
        extension=kind.extension,
        name=clean_name(name, kind.extension),
        size=len(content),
    )


def _already(source: str, actor: Actor, mine: Sequence[str]) -> str:
    """The waiting file of the same bytes: of the same account, or (without one) of the same browser."""
    waiting = File.objects.filter(source_sha256=source, subject_kind="", removed_at=None)
    rows = (
        waiting.filter(uploader_id=actor.id, uploader_kind=actor.kind)
        if actor.id
        else waiting.filter(pk__in=mine)
    )
    found = rows.values_list("pk", flat=True).first()
    return str(found) if found else ""


def attach(ids: Sequence[str], subject_kind: str, subject_id: int, step_seq: int | None) -> None:
    """Give waiting files to a subject; compare-and-swap, so that one file never serves two."""
    wanted = set(ids)
    if not wanted:
        return
    if unknown := [text for text in wanted if not is_id(text)]:
        raise FileLost(n=len(unknown), field="files")
    waiting = File.objects.filter(pk__in=wanted, subject_kind="", removed_at=None)
    done = waiting.update(subject_kind=subject_kind, subject_id=subject_id, step_seq=step_seq)
    if done == len(wanted):
        return
    # The same form sent twice finds them already where they should be.
    there = File.objects.filter(pk__in=wanted, subject_kind=subject_kind, subject_id=subject_id).count()
    if there < len(wanted):
        raise FileLost(n=len(wanted) - there, field="files")


def remove(ids: Iterable[str], why: str, actor: Actor, now: datetime) -> int:
    """Remove content for good; the row stays as proof (hash, size, when, why), and the audit says who."""
    with transaction.atomic():
        rows = list(File.objects.select_for_update().filter(pk__in=list(ids), removed_at=None))
        File.objects.filter(pk__in=[row.pk for row in rows]).update(
            removed_at=now, removed_why=why, name="", lon=None, lat=None
        )
        audit.record_many(
            audit.Record(
                actor,
                "file.remove",
                f"file:{row.pk}",
                {"sha256": row.sha256, "size": row.size, "why": why},
                now,
            )
            for row in rows
        )
        transaction.on_commit(lambda: _delete_unused({(row.sha256, row.extension) for row in rows}))
    return len(rows)


def _delete_unused(contents: set[tuple[str, str]]) -> None:
    hashes = [sha256 for sha256, _ in contents]
    used = set(File.objects.filter(sha256__in=hashes, removed_at=None).values_list("sha256", flat=True))
    for sha256, extension in contents:
        if sha256 not in used:
            store.delete(sha256, extension)


def sweep(now: datetime) -> int:
    """Forget uploads never sent with a form within 24 hours, and bytes that no row names."""
    before = now - timedelta(hours=WAITING_HOURS)
    old = File.objects.filter(subject_kind="", removed_at=None, at__lt=before).values_list("pk", flat=True)[
        :1000
    ]
    swept = remove([str(pk) for pk in old], "never attached", SYSTEM, now) if old else 0
    for sha256, path in store.leftovers(before):
        if not sha256 or not File.objects.filter(sha256=sha256, removed_at=None).exists():
            path.unlink(missing_ok=True)
    return swept
