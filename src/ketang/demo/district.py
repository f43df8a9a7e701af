"""The demo district: real names and codes of 330604 down to the village, everything else invented.

1,075 grids of which 71 are dedicated, 6,602 micro-grids: the figures the district published. Outlines
are cut from an invented shape of about its size around its public centre; see docs/adr/0006-areas.md.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from random import Random

import shapely
from django.conf import settings

from ketang.core.areas.types import AreaKind, AreaRow, Level
from ketang.demo.partition import Polygon, blob, divide

SEED = 330604
CENTRE_LON, CENTRE_LAT = 120.87, 30.03
RADIUS_KM = 21.0
KM_PER_DEGREE = 111.195
GRIDS, DEDICATED, MICROGRIDS = 1_075, 71, 6_602
FIRST_DEDICATED = 501  # dedicated grids are numbered apart, as local standards do
COUNTRY_SIZE, TOWN_SIZE = 3.0, 1.0  # a village covers more ground than a neighbourhood

OWNERS = ("青禾", "星澜", "禾风", "映川", "岚汀", "云杉", "晴溪", "朗悦", "安屿", "知夏", "远帆", "明圃")
PLACES = ("产业园", "商业广场", "实验学校", "科创园", "农贸市场", "物流园")
GATES = ("南门", "东门", "北门", "西门")


@dataclass(frozen=True)
class Plot:
    """An area still without ground."""

    code: str
    name: str
    size: float = 1.0
    kind: AreaKind = AreaKind.ORDINARY
    place: str = ""


@dataclass(frozen=True)
class Cell:
    """An area with its ground, in kilometres from the centre."""

    plot: Plot
    shape: Polygon


def demo_rows() -> list[AreaRow]:
    """Every area of the demo district, parents first. The same rows at every call."""
    rng = Random(SEED)  # noqa: S311 - a drawing, not a secret
    named = _named_plots(settings.PLAYBOOKS_DIR / "demo" / "areas.csv")
    levels = [[Cell(named[Level.DISTRICT][0], blob(RADIUS_KM))]]
    for plots in (named[Level.TOWN], named[Level.VILLAGE]):
        levels.append(_settle(levels[-1], plots, rng))
    levels.append(_settle(levels[-1], _grid_plots(named[Level.VILLAGE], rng), rng))
    levels.append(_settle(levels[-1], _microgrid_plots([cell.plot.code for cell in levels[-1]], rng), rng))
    return [_row(number, cell) for number, cell in enumerate((c for level in levels for c in level), 1)]


def _named_plots(path: Path) -> dict[Level, list[Plot]]:
    """The named areas by level; a town is as large as its villages together."""
    with path.open(encoding="utf-8") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    sizes = {code: _size(name) for code, name in names.items() if len(code) == Level.VILLAGE.length}
    return {
        level: [
            Plot(code, name, sum(size for below, size in sizes.items() if below.startswith(code)))
            for code, name in names.items()
            if len(code) == level.length
        ]
        for level in (Level.DISTRICT, Level.TOWN, Level.VILLAGE)
    }


def _size(village: str) -> float:
    return COUNTRY_SIZE if "村委" in village else TOWN_SIZE


def _grid_plots(villages: Sequence[Plot], rng: Random) -> list[Plot]:
    """At least one ordinary grid per village, the rest by lot; dedicated grids in 71 of the villages."""
    counts = _spread(GRIDS - DEDICATED, len(villages), rng)
    hosts = {village.code for village in rng.sample(villages, DEDICATED)}
    dedicated = iter(range(DEDICATED))
    plots = []
    for village, count in zip(villages, counts, strict=True):
        plots += [Plot(f"{village.code}{n:03}", f"第{n}网格") for n in range(1, count + 1)]
        if village.code in hosts:
            plots.append(_dedicated_plot(village.code, next(dedicated)))
    return plots


def _dedicated_plot(village: str, number: int) -> Plot:
    owner, place = OWNERS[number % len(OWNERS)], PLACES[number // len(OWNERS)]
    gate = GATES[number % len(GATES)]
    name = f"{owner}{place}"
    return Plot(f"{village}{FIRST_DEDICATED}", f"{name}专属网格", 0.4, AreaKind.DEDICATED, f"{name}{gate}")


def _microgrid_plots(grids: Sequence[str], rng: Random) -> list[Plot]:
    counts = _spread(MICROGRIDS, len(grids), rng, at_least=3)
    return [
        Plot(f"{grid}{n:03}", f"第{n}微网格")
        for grid, count in zip(grids, counts, strict=True)
        for n in range(1, count + 1)
    ]


def _spread(total: int, over: int, rng: Random, at_least: int = 1) -> list[int]:
    """``total`` things over so many places, each with ``at_least``, the rest by lot."""
    counts = [at_least] * over
    for _ in range(total - at_least * over):
        counts[rng.randrange(over)] += 1
    return counts


def _settle(parents: Sequence[Cell], plots: Sequence[Plot], rng: Random) -> list[Cell]:
    """Give every plot its share of its parent's ground."""
    below: dict[str, list[Plot]] = defaultdict(list)
    for plot in plots:
        below[plot.code[:-3]].append(plot)
    return [
        Cell(plot, shape)
        for parent in parents
        for plot, shape in zip(
            below[parent.plot.code],
            divide(parent.shape, [plot.size for plot in below[parent.plot.code]], rng),
            strict=True,
        )
    ]


def _row(number: int, cell: Cell) -> AreaRow:
    plot = cell.plot
    ring = [_degrees(x, y) for x, y in cell.shape]
    outline = bytes(shapely.to_wkb(shapely.Polygon(ring)))
    return AreaRow(number, plot.code, plot.name, plot.kind, plot.place, outline=outline)


def _degrees(x_km: float, y_km: float) -> tuple[float, float]:
    """Six decimals: 0.1 m."""
    lon = CENTRE_LON + x_km / (KM_PER_DEGREE * cos(radians(CENTRE_LAT)))
    return round(lon, 6), round(CENTRE_LAT + y_km / KM_PER_DEGREE, 6)
