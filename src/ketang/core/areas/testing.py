"""Builders for tests: a small tree with square outlines around a given corner."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import shapely

from ketang.core.areas import actions
from ketang.core.areas.types import AreaKind, AreaRow, LoadResult
from ketang.kernel.actor import SYSTEM
from ketang.kernel.geo import Datum

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)
WEST, SOUTH = 120.80, 30.00

DISTRICT = "330604"
TOWN = "330604001"
VILLAGE = "330604001058"
OTHER_VILLAGE = "330604001059"
GRID = "330604001058001"
OTHER_GRID = "330604001058002"
DEDICATED = "330604001058071"
MICROGRID = "330604001058001001"


def box(x: float, y: float, width: float, height: float) -> bytes:
    """A rectangle in hundredths of a degree (~1 km) from the corner of the test district."""
    west, south = WEST + x / 100, SOUTH + y / 100
    return bytes(shapely.to_wkb(shapely.box(west, south, west + width / 100, south + height / 100)))


def point(x: float, y: float) -> tuple[float, float]:
    return WEST + x / 100, SOUTH + y / 100


def row(
    code: str, name: str, outline: bytes = b"", kind: AreaKind = AreaKind.ORDINARY, place: str = ""
) -> AreaRow:
    return AreaRow(0, code, name, kind, place, outline=outline)


def small_tree() -> list[AreaRow]:
    """One town, two villages, two grids side by side, a dedicated one across both, one microgrid."""
    return [
        row(DISTRICT, "上虞区", box(0, 0, 4, 2)),
        row(TOWN, "百官街道", box(0, 0, 4, 2)),
        row(VILLAGE, "南丰社区", box(0, 0, 2, 2)),
        row(OTHER_VILLAGE, "三棚桥社区", box(2, 0, 2, 2)),
        row(GRID, "第1网格", box(0, 0, 1, 2)),
        row(OTHER_GRID, "第2网格", box(1, 0, 1, 2)),
        row(DEDICATED, "第71网格", box(0.8, 0.8, 0.4, 0.4), AreaKind.DEDICATED, "演示商场南门"),
        row(MICROGRID, "第1微网格", box(0, 0, 1, 1)),
    ]


def load(rows: Sequence[AreaRow], *, now: datetime = NOW, valid_from: date = SINCE) -> LoadResult:
    return actions.load(rows, SYSTEM, valid_from=valid_from, datum=Datum.WGS84, now=now)


def plant() -> None:
    """The small tree, in the tables and in this process's picture."""
    load(small_tree())
