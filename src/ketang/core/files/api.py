"""The public face of files: photos, recordings and PDFs that belong to something."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile

from ketang.core.files import actions
from ketang.core.files.queries import of, register_guard, waiting
from ketang.core.files.types import FileFacts
from ketang.kernel.actor import SYSTEM, Actor

__all__ = ["FileFacts", "attach", "keep", "of", "register_guard", "remove", "waiting"]


def keep(
    uploaded_file: "UploadedFile[Any]",
    actor: Actor,
    *,
    share_position: bool = False,
    now: datetime,
    mine: Sequence[str] = (),
) -> str:
    """Store one upload (≤ 20 MB, type by content) and return its id; it waits 24 hours for `attach`.

    Position and all metadata are dropped; with ``share_position`` the EXIF position is kept in the row.
    ``mine``: ids this browser already uploaded, so that a resend by somebody not logged in stays one file.
    Raises FileRefused, FileIsProgram, FileBroken, FileEmpty, PictureTooBig, FileTooLarge, NoSpace.
    """
    file: IO[bytes] = uploaded_file.file  # type: ignore[assignment]  # an upload always has one
    sent = actions.Sent(str(uploaded_file.name or "")[:200], uploaded_file.size or 0, file)
    return actions.keep(sent, actor, share_position=share_position, now=now, mine=mine)


def attach(
    ids: Sequence[str], subject_kind: str, subject_id: int, step_seq: int | None, now: datetime
) -> None:
    """Give uploaded files to a subject ("case", 12) at a step, inside the caller's transaction.

    Idempotent; raises FileLost (field "files") when one is unknown, swept or another subject's.
    """
    actions.attach(ids, subject_kind, subject_id, step_seq)


def remove(ids: Iterable[str], reason: str, *, actor: Actor = SYSTEM, now: datetime) -> int:
    """Remove content for good, with proof: the row keeps hash, size, when, why; audited. Returns how many."""
    return actions.remove(ids, reason, actor, now)
