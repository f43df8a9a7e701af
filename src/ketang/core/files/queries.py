"""Reads, and who may read: a file is seen by whoever may see what it belongs to."""

from collections.abc import Callable, Iterable

from ketang.core.accounts.types import Person
from ketang.core.files.models import File
from ketang.core.files.types import FileFacts, FileGone, FileRemoved, Kind

Guard = Callable[[Person, int], bool]
_guards: dict[str, Guard] = {}


def register_guard(subject_kind: str, guard: Guard) -> None:
    _guards[subject_kind] = guard


def of(subject_kind: str, subject_id: int) -> list[FileFacts]:
    rows = File.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by(
        "step_seq", "at", "pk"
    )
    return [facts(row) for row in rows]


def waiting(ids: Iterable[str]) -> list[FileFacts]:
    return [facts(row) for row in File.objects.filter(pk__in=list(ids), subject_kind="", removed_at=None)]


def readable(file_id: str, person: Person, mine: Iterable[str]) -> File:
    """The file, or FileGone: what is out of scope does not exist. ``mine``: this browser's waiting ids."""
    row = File.objects.filter(pk=file_id).first()
    if row is None or not _may_read(row, person, mine):
        raise FileGone
    if row.removed_at:
        raise FileRemoved
    return row


def _may_read(row: File, person: Person, mine: Iterable[str]) -> bool:
    if row.subject_kind:
        guard = _guards.get(row.subject_kind)
        return guard is not None and guard(person, row.subject_id)
    own = person.actor.id and (row.uploader_kind, row.uploader_id) == (person.actor.kind, person.actor.id)
    return bool(own) or str(row.pk) in mine


def facts(row: File) -> FileFacts:
    return FileFacts(
        id=str(row.pk),
        kind=Kind(row.kind),
        media_type=row.media_type,
        name=row.name,
        size=row.size,
        width=row.width,
        height=row.height,
        step_seq=row.step_seq,
        at=row.at,
        sha256=row.sha256,
        lon=row.lon,
        lat=row.lat,
        removed=row.removed_at is not None,
    )
