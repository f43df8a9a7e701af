"""Cut an invented outline into pieces of given sizes: convex cells, exact shares, no gaps, always the same.

Real boundaries are never used. Points are (x, y) in kilometres.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, cos, pi, sin
from random import Random

Point = tuple[float, float]
Polygon = list[Point]

HALVINGS = 14  # share of a cut exact to 1/16,000


def blob(radius_km: float, corners: int = 48) -> Polygon:
    """A convex, slightly lopsided outline around (0, 0)."""
    angles = [2 * pi * i / corners for i in range(corners)]
    sizes = [radius_km * (1 + 0.09 * cos(2 * a - 0.9) + 0.02 * sin(3 * a)) for a in angles]
    return [(r * cos(a), r * sin(a)) for a, r in zip(angles, sizes, strict=True)]


def divide(polygon: Polygon, sizes: Sequence[float], rng: Random) -> list[Polygon]:
    """One cell per size, areas in that proportion; neighbours in the list are neighbours on the ground."""
    if len(sizes) == 1:
        return [polygon]
    half = _middle(sizes)
    share = sum(sizes[:half]) / sum(sizes)
    angle = _long_axis(polygon) + rng.uniform(-0.25, 0.25)
    first, second = _cut(polygon, (cos(angle), sin(angle)), share)
    return divide(first, sizes[:half], rng) + divide(second, sizes[half:], rng)


def area_of(polygon: Polygon) -> float:
    """Square kilometres (shoelace); corners run against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]])) / 2


def centre_of(polygon: Polygon) -> Point:
    """Centre of gravity."""
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]]):
        wedge = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * wedge, y + (y1 + y2) * wedge
    six_times = 6 * area_of(polygon)
    return x / six_times, y / six_times


def _middle(sizes: Sequence[float]) -> int:
    """Where to split the list so that both sides weigh about the same; each keeps at least one."""
    wanted, running = sum(sizes) / 2, 0.0
    for index, size in enumerate(sizes[:-1], 1):
        running += size
        if running >= wanted:
            return index
    return len(sizes) - 1


def _long_axis(polygon: Polygon) -> float:
    """Direction in which the ground is longest (second moments): cutting across it keeps cells compact."""
    middle_x, middle_y = centre_of(polygon)
    xx = yy = xy = 0.0
    for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]]):
        x1, y1, x2, y2 = x1 - middle_x, y1 - middle_y, x2 - middle_x, y2 - middle_y
        wedge = x1 * y2 - x2 * y1
        xx += wedge * (x1 * x1 + x1 * x2 + x2 * x2)
        yy += wedge * (y1 * y1 + y1 * y2 + y2 * y2)
        xy += wedge * (2 * x1 * y1 + x1 * y2 + x2 * y1 + 2 * x2 * y2) / 2
    return atan2(2 * xy, xx - yy) / 2


def _cut(polygon: Polygon, normal: Point, share: float) -> tuple[Polygon, Polygon]:
    """Both sides of a straight cut across ``normal`` that leaves ``share`` of the area on the first."""
    reach = [x * normal[0] + y * normal[1] for x, y in polygon]
    low, high, wanted = min(reach), max(reach), share * area_of(polygon)
    for _ in range(HALVINGS):
        at = (low + high) / 2
        if area_of(_side(polygon, reach, at)) < wanted:
            low = at
        else:
            high = at
    return _side(polygon, reach, at), _side(polygon, [-r for r in reach], -at)


def _side(polygon: Polygon, reach: Sequence[float], at: float) -> Polygon:
    """The part of a convex polygon whose reach along the normal is at most ``at``."""
    kept: Polygon = []
    corners = list(zip(polygon, reach, strict=True))
    for (here, r1), (there, r2) in pairwise([*corners, corners[0]]):
        if r1 <= at:
            kept.append(here)
        if (r1 < at < r2) or (r2 < at < r1):
            t = (at - r1) / (r2 - r1)
            kept.append((here[0] + t * (there[0] - here[0]), here[1] + t * (there[1] - here[1])))
    return kept if len(kept) > 2 else polygon[:3]
