"""A row as one line of JSON, the same on every database, so that hashes can be compared."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, connections, models
from django.db.models import F
from django.db.models.functions import Collate

from ketang.config.backup.schema import Table, columns
from ketang.kernel.errors import KetangError

BATCH = 2000
Convert = Callable[[Any], Any]
# Field class → (to JSON, from JSON). The first class that matches counts; what is not here is JSON already.
FORMS: "list[tuple[type[models.Field[Any, Any]], Convert, Convert]]" = [
    (models.DateTimeField, lambda v: v.astimezone(UTC).isoformat(), datetime.fromisoformat),
    (models.DateField, date.isoformat, date.fromisoformat),
    (models.TimeField, time.isoformat, time.fromisoformat),
    (models.DurationField, lambda v: v // timedelta(microseconds=1), lambda v: timedelta(microseconds=v)),
    (models.DecimalField, lambda v: format(v.normalize(), "f"), Decimal),
    (models.BinaryField, lambda v: base64.b64encode(v).decode(), base64.b64decode),
    (models.UUIDField, lambda v: v.hex, uuid.UUID),
]


class RowRefused(KetangError):
    message = "表 %(table)s 的数据装不进去：%(reason)s · Rows of %(table)s were refused."


def lines(alias: str, table: Table) -> Iterator[bytes]:
    """Every row in order of its key. Text keys are compared byte by byte on both databases."""
    fields = columns(table)
    to_json = [(i, form[0]) for i, f in enumerate(fields) if (form := _form(f))]
    key: Any = table._meta.pk
    order = Collate(F(key.attname), "C") if _is_text_on_postgres(alias, key) else F(key.attname)
    rows = table._base_manager.using(alias).order_by(order.asc()).values_list(*(f.attname for f in fields))
    for row in rows.iterator(chunk_size=BATCH):
        values = list(row)
        for i, convert in to_json:
            if values[i] is not None:
                values[i] = convert(values[i])
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield text.encode() + b"\n"


def insert(alias: str, table: Table, source: Iterable[bytes]) -> None:
    """Put lines into an empty table: COPY on PostgreSQL, INSERT in batches on SQLite."""
    fields = columns(table)
    connection = connections[alias]
    quote = connection.ops.quote_name
    into = quote(str(table._meta.db_table))
    names = ", ".join(quote(str(f.column)) for f in fields)
    ready = _prepared(alias, fields, source)
    try:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} ({names}) FROM STDIN") as copy:
                    for row in ready:
                        copy.write_row(row)
            else:
                slots = ", ".join(["%s"] * len(fields))
                sql = f"INSERT INTO {into} ({names}) VALUES ({slots})"  # noqa: S608
                while batch := list(islice(ready, BATCH)):
                    cursor.executemany(sql, batch)
    except (DataError, IntegrityError) as error:
        # The first line only: the rest of PostgreSQL's message quotes the row.
        raise RowRefused(table=table._meta.label, reason=str(error).partition("\n")[0]) from error


class Tally:
    """Counts and hashes lines on their way through."""

    def __init__(self) -> None:
        self.rows, self._hash = 0, hashlib.sha256()

    def through(self, source: Iterable[bytes]) -> Iterator[bytes]:
        for line in source:
            self.rows += 1
            self._hash.update(line)
            yield line

    @property
    def result(self) -> tuple[int, str]:
        return self.rows, self._hash.hexdigest()


def tally(alias: str, table: Table) -> tuple[int, str]:
    """Rows and SHA-256 of a table as it stands."""
    count = Tally()
    for _ in count.through(lines(alias, table)):
        pass
    return count.result


def _prepared(alias: str, fields: list[Any], source: Iterable[bytes]) -> Iterator[list[Any]]:
    connection = connections[alias]
    from_json = [(i, form[1]) for i, f in enumerate(fields) if (form := _form(f))]
    for line in source:
        values = json.loads(line)
        for i, convert in from_json:
            if values[i] is not None:
                values[i] = convert(values[i])
        yield [f.get_db_prep_save(v, connection) for f, v in zip(fields, values, strict=True)]


def _form(field: Any) -> tuple[Convert, Convert] | None:
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    return next(((to, back) for kind, to, back in FORMS if isinstance(target, kind)), None)


def _is_text_on_postgres(alias: str, field: Any) -> bool:
    return connections[alias].vendor == "postgresql" and isinstance(
        field, models.CharField | models.TextField
    )
