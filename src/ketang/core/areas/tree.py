"""The area tree as each process holds it: read once, looked at again when the revision token moves.

Eight thousand areas are a few megabytes; a name or a parent then costs no query. Outlines are read
only by processes that locate points.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

import numpy as np
import shapely

from ketang.core.areas.models import Area, AreaGroup, Revision
from ketang.core.areas.types import AreaFacts, AreaKind, GroupFacts, GroupKind, Level

LOOK_AGAIN_SECONDS = 2.0


class Locator:
    """Point → deepest code. Polygons are ordered from the least to the most wanted answer, so that of
    all polygons that hold a point the highest position wins: inside a dedicated grid before outside
    one, deeper before shallower, then the lower code (a point on a shared border has one answer)."""

    def __init__(self, outlines: Iterable[tuple[str, bytes]], dedicated: frozenset[str]) -> None:
        ordered = sorted(outlines, key=lambda item: item[0], reverse=True)
        ordered.sort(key=lambda item: (item[0][: Level.GRID.length] in dedicated, len(item[0])))
        self.codes = [code for code, _ in ordered]
        self._shapes = shapely.from_wkb([wkb for _, wkb in ordered])
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def one(self, lon: float, lat: float) -> str | None:
        near = self._tree.query(shapely.Point(lon, lat))
        hits = near[shapely.intersects_xy(self._shapes[near], lon, lat)] if len(near) else near
        return self.codes[hits.max()] if len(hits) else None

    def many(self, lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
        x, y = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        which, near = self._tree.query(shapely.points(x, y))
        holds = shapely.intersects_xy(self._shapes[near], x[which], y[which])
        best = np.full(len(x), -1)
        np.maximum.at(best, which[holds], near[holds])
        return [self.codes[position] if position >= 0 else None for position in best]


@dataclass(frozen=True)
class Tree:
    """One consistent picture of areas and groups."""

    token: str
    areas: Mapping[str, AreaFacts]
    children: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, GroupFacts]


class _Held:
    """What this process holds, swapped as a whole; the lock only keeps two threads from reading twice."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.tree: Tree | None = None
        self.looked_at = 0.0
        self.locator: tuple[str, date, Locator] | None = None


_held = _Held()


def forget() -> None:
    """Look again at the next call: after a write here, and between tests."""
    _held.forget()


def tree() -> Tree:
    """The current picture; at most one small query per two seconds, a full read only after a change."""
    held = _held.tree
    if held is not None and monotonic() - _held.looked_at < LOOK_AGAIN_SECONDS:
        return held
    with _held.lock:
        token = Revision.objects.values_list("token", flat=True).first() or ""
        if _held.tree is None or _held.tree.token != token:
            _held.tree = _read(token)
        _held.looked_at = monotonic()
        return _held.tree


def locator(day: date) -> Locator:
    """The index over areas valid on ``day``, rebuilt when areas change or the day does."""
    picture = tree()
    held = _held.locator
    if held is not None and held[:2] == (picture.token, day):
        return held[2]
    valid = {code: area for code, area in picture.areas.items() if area.valid_on(day)}
    stored = Area.objects.exclude(outline=b"").values_list("code", "outline")
    outlines = ((code, bytes(wkb)) for code, wkb in stored if code in valid)
    built = Locator(outlines, frozenset(code for code, area in valid.items() if area.dedicated))
    _held.locator = (picture.token, day, built)
    return built


def _read(token: str) -> Tree:
    areas = {facts.code: facts for facts in map(_facts, Area.objects.order_by("code").values_list(*_COLUMNS))}
    children: dict[str, list[str]] = defaultdict(list)
    for area in areas.values():
        children[area.parent].append(area.code)
    groups = {group.code: _group(group) for group in AreaGroup.objects.order_by("code")}
    return Tree(token, areas, {code: tuple(below) for code, below in children.items()}, groups)


_COLUMNS = ("code", "level", "name", "kind", "place", "valid_from", "valid_to", "successors")
_Row = tuple[str, str, str, str, str, date, date | None, list[str]]


def _facts(row: _Row) -> AreaFacts:
    code, level, name, kind, place, valid_from, valid_to, successors = row
    return AreaFacts(code, Level(level), name, AreaKind(kind), place, valid_from, valid_to, tuple(successors))


def _group(row: AreaGroup) -> GroupFacts:
    return GroupFacts(
        row.code, row.name, GroupKind(row.kind), tuple(row.members), row.escalates_to, row.carries_scope
    )
