"""Writes: a version comes into force. One transaction: row + audit + event + recomputed open cases."""

from datetime import datetime

from django.db import transaction

from ketang.core.audit import api as audit
from ketang.core.outbox import api as outbox
from ketang.core.playbooks import queries, registry
from ketang.core.playbooks.events import PlaybookApplied
from ketang.core.playbooks.models import PlaybookVersion
from ketang.core.playbooks.types import Applied, Change, Playbook, PlaybookMoved
from ketang.kernel.actor import SYSTEM, Actor


def apply(
    new: Playbook,
    actor: Actor,
    *,
    at: datetime,
    note: str = "",
    recompute_open: bool = False,
    expected: str | None = None,
) -> Applied:
    """Bring ``new`` into force; cases keep the version that registered them unless ``recompute_open``.

    ``expected`` is the hash the preview compared with; raises PlaybookMoved when another came in between.
    """
    old = queries.current()
    with transaction.atomic(durable=True):
        # Two who saw the same preview: the second waits here and then sees the first one's version.
        list(PlaybookVersion.objects.select_for_update().values_list("pk"))
        previous = queries.applied_hash()
        if expected is not None and previous not in ("", expected):
            raise PlaybookMoved
        _store(new, actor, at, note)
        done = _recompute(Change(old, new, at, preview=False)) if recompute_open else ()
        detail = {"version": new.version, "previous": previous, "recomputed": list(done), "note": note}
        audit.record(actor, "apply_playbook", f"playbook:{new.version}", detail, at=at)
        outbox.publish(PlaybookApplied(new.version, previous, recompute_open))
    queries.forget()
    return Applied(new.version, previous, done)


def preview_recompute(new: Playbook, *, at: datetime) -> tuple[str, ...]:
    """What ``recompute_open`` would do to open cases, in sentences; changes nothing."""
    return _recompute(Change(queries.current(), new, at, preview=True))


def ensure_applied(*, at: datetime) -> str:
    """On migrate and demo: store the playbook the settings name unless some version is in force already."""
    in_force = queries.applied_hash()
    if in_force:
        return in_force
    return apply(queries.on_disk().valid(), SYSTEM, at=at, note="首次启用").version


def _store(new: Playbook, actor: Actor, at: datetime, note: str) -> None:
    PlaybookVersion.objects.update_or_create(
        hash=new.version,
        defaults={"applied_at": at, "applied_by": actor.label, "note": note},
        create_defaults={
            "name": new.name,
            "title": new.title,
            "content": new.content,
            "applied_at": at,
            "applied_by": actor.label,
            "note": note,
        },
    )


def _recompute(change: Change) -> tuple[str, ...]:
    return tuple(line for hook in registry.recomputes() for line in hook(change))
