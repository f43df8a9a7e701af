"""The sequencer of the audit: committed rows get gapless positions and the next links of the chain."""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from ketang.core.audit import queries, rules
from ketang.core.audit.models import AuditHead
from ketang.core.audit.types import ChainHeadGone, Link
from ketang.core.sequence import sequencer

BATCH = 1000  # rows per transaction: SQLite's one writer waits some 20 ms for it


@sequencer("audit")
def seal_what_is_there() -> int:
    """For the worker's round: skips while another process seals."""
    return _seal(wait=False)


def seal() -> int:
    """Seal every committed row, waiting for another sealer to finish first. Returns how many."""
    return _seal(wait=True)


def _seal(*, wait: bool) -> int:
    total = 0
    while queries.has_unsealed():
        sealed = _seal_batch(wait=wait)
        total += sealed
        if not sealed:
            break
    return total


def _seal_batch(*, wait: bool) -> int:
    with transaction.atomic():
        head = _locked_head(wait=wait)
        if head is None:
            return 0
        # Read after the lock: what an earlier sealer took is no longer unsealed in this statement's snapshot.
        links = rules.chain(head.position, head.digest, queries.unsealed_page("", BATCH))
        if links:
            _store(links)
            _move_head(head, links[-1])
    return len(links)


def _locked_head(*, wait: bool) -> AuditHead | None:
    """The head under its lock (on SQLite BEGIN IMMEDIATE took the write lock); None: somebody else seals."""
    head = AuditHead.objects.select_for_update(skip_locked=not wait).first()
    if head is None and not AuditHead.objects.exists():
        raise ChainHeadGone
    return head


def _store(links: Sequence[Link]) -> None:
    """One statement for the batch, the same text on both databases."""
    slots = ", ".join(["(%s, %s, %s, %s)"] * len(links))
    sql = (
        f"WITH link (id, position, algorithm, digest) AS (VALUES {slots}) "  # noqa: S608 - only %s slots
        "UPDATE audit_row SET position = link.position, algorithm = link.algorithm, digest = link.digest "
        "FROM link WHERE audit_row.id = link.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for link in links for value in link])


def _move_head(head: AuditHead, last: Link) -> None:
    head.position, head.digest = last.position, last.digest
    head.key_id = settings.KEYS.audit_id
    head.mac = rules.head_mac(settings.KEYS, last.position, last.digest)
    head.save(update_fields=["position", "digest", "key_id", "mac"])


def begin_chain() -> None:
    """Write the head of an empty chain, once, when the tables are made. Never later: a head that is gone
    must be noticed, not replaced."""
    mac = rules.head_mac(settings.KEYS, 0, rules.GENESIS)
    AuditHead.objects.get_or_create(
        id=1,
        defaults={"position": 0, "digest": rules.GENESIS, "key_id": settings.KEYS.audit_id, "mac": mac},
    )
