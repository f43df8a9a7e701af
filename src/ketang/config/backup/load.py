"""Fill an empty database with tables from elsewhere, and compare what arrived."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections, transaction

from ketang.config.backup import rows
from ketang.config.backup.schema import Table, migrate_to, reset_sequences, tables

Lines = Callable[[Table], Iterable[bytes]]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A table whose rows or hash are not what they should be."""

    table: str
    expected: tuple[int, str]
    found: tuple[int, str]


def load(alias: str, state: dict[str, str], source: Lines, progress: Progress) -> dict[str, tuple[int, str]]:
    """Build the tables of ``state`` and fill them; returns rows and hash of what the source gave."""
    migrate_to(alias, state)
    models = tables(alias, state)
    given = {}
    with _loading(alias):
        for table in models:
            _clear(alias, table)
            count = rows.Tally()
            rows.insert(alias, table, _told(count.through(source(table)), progress))
            given[table._meta.label] = count.result
        reset_sequences(alias, models)
    return given


def differences(
    alias: str, state: dict[str, str], expected: dict[str, tuple[int, str]], progress: Progress
) -> list[Difference]:
    """Read every table again and compare with ``expected``; row by row, so memory stays constant."""
    found = []
    connections[alias].settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    with transaction.atomic(using=alias):
        for table in tables(alias, state):
            label = table._meta.label
            there = rows.tally(alias, table)
            progress(there[0])
            if there != expected.get(label, (0, "")):
                found.append(Difference(label, expected.get(label, (0, "")), there))
    return found


@contextmanager
def _loading(alias: str) -> Iterator[None]:
    """One transaction, foreign keys checked at its end."""
    connection = connections[alias]
    with connection.constraint_checks_disabled(), transaction.atomic(using=alias):
        yield
        if connection.vendor == "sqlite":
            connection.check_constraints()


def _clear(alias: str, table: Table) -> None:
    """What a migration put there comes again from the source."""
    connection = connections[alias]
    name = connection.ops.quote_name(table._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608
        if cursor.fetchone():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


def _told(source: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    waiting = 0
    for line in source:
        yield line
        waiting += 1
        if waiting == rows.BATCH:
            progress(waiting)
            waiting = 0
    progress(waiting)
