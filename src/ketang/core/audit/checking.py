"""Is the chain as it was written? Walks it link by link in constant memory; never seals, never writes."""

from collections.abc import Callable, Iterator

from django.conf import settings

from ketang.core.audit import queries, rules
from ketang.core.audit.types import Finding, Head, Sealed, Verdict, What
from ketang.kernel.crypto import KeyRing

Report = Callable[[Finding], None]
Progress = Callable[[int], None]


class Walk:
    """Follows the links. ``links`` are the digests the next row may build on: the one stored in the last
    row and the one it should have, so that one changed row does not condemn all that follow."""

    def __init__(self, keys: KeyRing) -> None:
        self.keys = keys
        self.position = 0
        self.links = {rules.GENESIS}

    def step(self, row: Sealed) -> Iterator[Finding]:
        position = row.position
        if not isinstance(position, int) or position <= self.position:
            yield Finding(What.INSERTED, row.content.id, position)
            return
        if position > self.position + 1:
            yield Finding(What.MISSING, "", self.position + 1, position - 1)
            self.links = set()  # the link before is gone: this row's own cannot be recomputed
        yield from self._check(row)
        self.position = position

    def _check(self, row: Sealed) -> Iterator[Finding]:
        right = {
            rules.digest_of(link, row.algorithm, row.position, row.mac, row.content) for link in self.links
        }
        if not rules.mac_holds(self.keys, row):
            yield Finding(What.CHANGED, row.content.id, row.position)
        elif right and row.digest not in right:
            yield Finding(What.RESEALED, row.content.id, row.position)
        self.links = {row.digest, *right}


def verify(report: Report, progress: Progress = lambda rows: None, expected: str = "") -> Verdict:
    """Check every row and the head; call ``report`` for each finding as it is met.

    ``expected`` is an end of the chain ("position:digest") noted earlier outside the database. Rows that
    are sealed while this runs are left to the next run.
    """
    found = 0

    def tell(finding: Finding) -> None:
        nonlocal found
        found += 1
        report(finding)

    head = queries.head()
    sealed = _check_sealed(head, tell, progress, expected)
    unsealed = _check_unsealed(tell, progress)
    for row_id in queries.repeated_ids():
        tell(Finding(What.INSERTED, row_id))
    return Verdict(sealed, unsealed, found, f"{head.position}:{head.digest}" if head else "")


def _check_sealed(head: Head | None, tell: Report, progress: Progress, expected: str) -> int:
    trusted = head is not None and rules.head_holds(settings.KEYS, head)
    last = head.position if head and trusted else queries.highest_position()
    walk, rows = Walk(settings.KEYS), 0
    noted_position, _, noted_digest = expected.partition(":")
    for page in queries.sealed_pages(queries.LOWEST, last):
        for row in page:
            for finding in walk.step(row):
                tell(finding)
            if str(row.position) == noted_position and row.digest == noted_digest:
                expected = ""
        rows += len(page)
        progress(len(page))
    _check_end(head if trusted else None, walk, tell)
    if expected:
        tell(Finding(What.EXPECTED, "", noted_position))
    return rows


def _check_end(head: Head | None, walk: Walk, tell: Report) -> None:
    """The head knows how many there are and how the last one ends; nothing may stand beyond it."""
    if head is None:
        tell(Finding(What.HEAD))
        return
    if walk.position < head.position:
        tell(Finding(What.MISSING, "", walk.position + 1, head.position))
    elif head.digest not in walk.links:
        tell(Finding(What.HEAD, "", head.position))
    for page in queries.pages_beyond(head.position):
        # Read the head after the page: rows a sealer added meanwhile are then within it.
        newest = queries.head() or head
        for row in page:
            if not isinstance(row.position, int) or row.position > newest.position:
                tell(Finding(What.INSERTED, row.content.id, row.position))


def _check_unsealed(tell: Report, progress: Progress) -> int:
    rows = 0
    for page in queries.unsealed_pages():
        for row in page:
            if not rules.mac_holds(settings.KEYS, row):
                tell(Finding(What.CHANGED, row.content.id))
        rows += len(page)
        progress(len(page))
    return rows
