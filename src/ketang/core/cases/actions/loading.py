"""Prepared tuples → tables, many at a time: binary COPY on PostgreSQL, one prepared statement on SQLite.

Both writers take the same tuples, so a bench may time the bare COPY of what the loader itself wrote.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection, models

Tuple = tuple[object, ...]


@dataclass(slots=True)
class Prepared:
    """Rows ready for either writer. ``types`` are PostgreSQL's names, in the order of ``columns``."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Tuple] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shape:
    """How instances of a model become tuples: one C-level call each. The key is left to the database
    unless ``keyed``."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    tuple_of: Callable[[Any], Tuple]

    def prepare(self, instances: Iterable[Any]) -> Prepared:
        return Prepared(self.table, self.columns, self.types, [self.tuple_of(each) for each in instances])


def shape_of(model: type[models.Model], *, keyed: bool = False) -> Shape:
    fields = [f for f in model._meta.concrete_fields if keyed or not f.primary_key]
    return Shape(
        model._meta.db_table,
        tuple(str(f.column) for f in fields),
        tuple(_type_of(f) for f in fields),
        attrgetter(*(f.attname for f in fields)),
    )


POSTGRES_TYPES = {
    "BigAutoField": "int8", "BigIntegerField": "int8", "ForeignKey": "int8", "OneToOneField": "int8",
    "IntegerField": "int4", "PositiveIntegerField": "int4", "SmallIntegerField": "int2",
    "PositiveSmallIntegerField": "int2", "BooleanField": "bool", "FloatField": "float8",
    "DateTimeField": "timestamptz", "JSONField": "jsonb", "TextField": "text", "CharField": "varchar",
}  # fmt: skip


def _type_of(field: "models.Field[Any, Any]") -> str:
    kinds = (kind.__name__ for kind in type(field).__mro__)
    return next(POSTGRES_TYPES[kind] for kind in kinds if kind in POSTGRES_TYPES)


def write(prepared: Prepared) -> None:
    """Inside the caller's transaction."""
    if not prepared.rows:
        return
    if connection.vendor == "postgresql":
        copy_in(prepared)
    else:
        _execute_many(prepared)


def copy_in(prepared: Prepared) -> None:
    """Binary COPY: no text, no parsing, no parameters."""
    names = ", ".join(f'"{column}"' for column in prepared.columns)
    statement = f'COPY "{prepared.table}" ({names}) FROM STDIN (FORMAT BINARY)'
    # psycopg's own errors become Django's: callers tell a number taken in the meantime by IntegrityError.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(prepared.types)
        write_row = copy.write_row
        for row in prepared.rows:
            write_row(row)


def _execute_many(prepared: Prepared) -> None:
    names = ", ".join(f'"{column}"' for column in prepared.columns)
    slots = ", ".join(["%s"] * len(prepared.columns))
    statement = f'INSERT INTO "{prepared.table}" ({names}) VALUES ({slots})'  # noqa: S608 - names are ours
    adapt = {"timestamptz": _sqlite_time, "jsonb": _sqlite_json}
    places = [(n, adapt[kind]) for n, kind in enumerate(prepared.types) if kind in adapt]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_adapted(row, places) for row in prepared.rows])


def _adapted(row: Tuple, places: Sequence[tuple[int, Callable[[Any], object]]]) -> list[Any]:
    values = list(row)
    for n, adapt in places:
        if values[n] is not None:
            values[n] = adapt(values[n])
    return values


def _sqlite_time(at: datetime | str) -> object:
    """Rooms that prepare their own tuples (audit) have adapted their times already."""
    return at if isinstance(at, str) else connection.ops.adapt_datetimefield_value(at)


def _sqlite_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will get, so that children and audit rows can be prepared before the write
    transaction opens. Unused ones leave a gap, as a rolled back INSERT does."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        last = _advance_sqlite(cursor, table, count)
        return list(range(last - count + 1, last + 1))


def _advance_sqlite(cursor: Any, table: str, count: int) -> int:
    """AUTOINCREMENT never goes below ``sqlite_sequence``; one statement, so it is atomic without a lock."""
    cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
    found = cursor.fetchall()
    if found:
        return int(found[0][0])
    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
    return count
