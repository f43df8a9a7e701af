"""Move everything to another database: one instant of this one, loaded there, read again and compared."""

from collections.abc import Callable

from django.db import connections

from ketang.config.backup import rows
from ketang.config.backup.aliases import other, snapshot
from ketang.config.backup.load import Difference, differences, load
from ketang.config.backup.restore import NotEmpty
from ketang.config.backup.schema import in_use, state_of

Progress = Callable[[int], None]


def move(
    url: str, progress: Progress = lambda _rows: None
) -> tuple[dict[str, tuple[int, str]], list[Difference]]:
    """Returns rows and hash per table as read here, and where the other side differs."""
    with snapshot() as here, other(url) as there:
        if connections[there].introspection.table_names() and in_use(there):
            raise NotEmpty
        state = state_of(here)
        given = load(there, state, lambda table: rows.lines(here, table), progress)
        return given, differences(there, state, given, progress)
