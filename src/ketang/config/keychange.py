"""Seal every sealed value anew with the newest key.

It goes through each table by its key in batches, so it can stop anywhere and be started again: what is
sealed with the newest key already is passed over. A value is replaced only when it is still the one that
was read (compare-and-swap), so nobody's concurrent change is lost.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q

from ketang.core.sealed import about_of, sealed_columns
from ketang.kernel.crypto import CannotOpen, KeyRing

BATCH = 500
Change = tuple[str, Any, str]  # sealed anew, the row's key, sealed before


def rows_in() -> int:
    return sum(model._base_manager.count() for model, _ in sealed_columns())


def seal_anew(ring: KeyRing, progress: Callable[[int], None] = lambda _rows: None) -> tuple[int, list[str]]:
    """Returns how many values changed, and which could not be opened ("cases.Party.phone_sealed 12")."""
    changed, failed = 0, []
    for model, columns in sealed_columns():
        for batch in _batches(model, columns):
            for column in columns:
                changes, lost = _anew(ring, model, column, batch)
                changed += _store(model, column, changes)
                failed += lost
            progress(len(batch))
    return changed, failed


def left_behind(current: str) -> int:
    """Values that are sealed with another key than ``current``."""
    count = 0
    for model, columns in sealed_columns():
        old = Q()
        for column in columns:
            old |= ~Q(**{column: ""}) & ~Q(**{f"{column}__startswith": current + "."})
        count += model._base_manager.filter(old).count()
    return count


def _batches(model: type[Model], columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    last = None
    while True:
        rows = model._base_manager.order_by("pk").values("pk", *columns)
        batch = list((rows.filter(pk__gt=last) if last is not None else rows)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]["pk"]


def _anew(
    ring: KeyRing, model: type[Model], column: str, batch: list[dict[str, Any]]
) -> tuple[list[Change], list[str]]:
    about, changes, lost = about_of(model, column), [], []
    for row in batch:
        old = row[column]
        if not old or old.startswith(ring.current + "."):
            continue
        try:
            changes.append((ring.seal(ring.open(old, about), about), row["pk"], old))
        except CannotOpen:
            lost.append(f"{about} {row['pk']}")
    return changes, lost


def _store(model: type[Model], column: str, changes: list[Change]) -> int:
    if not changes:
        return 0
    meta: Any = model._meta
    quote = connection.ops.quote_name
    field, key = quote(meta.get_field(column).column), quote(meta.pk.column)
    sql = f"UPDATE {quote(meta.db_table)} SET {field} = %s WHERE {key} = %s AND {field} = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, changes)
        return int(cursor.rowcount)
