"""Outlines as SVG path data: a 1000-unit-wide picture, north up, degrees of longitude shrunk by cos(lat)."""

from collections.abc import Sequence
from math import cos, radians
from typing import Any

import numpy as np
import shapely

from ketang.core.areas.types import AreaFacts, Drawing, Shape

WIDTH = 1000.0
MARGIN = 4  # half of a thick line would be cut off


def draw(outlines: Sequence[tuple[AreaFacts, bytes]]) -> Drawing:
    """Fit all outlines into one viewBox; whole units are fine enough for a screen."""
    if not outlines:
        return Drawing("0 0 1 1", ())
    geometries = shapely.from_wkb([wkb for _, wkb in outlines])
    west, south, east, north = shapely.total_bounds(geometries)
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, north - south, 1e-9)
    across, down = (east - west) * squeeze * scale, (north - south) * scale
    size = f"{across + 2 * MARGIN:.0f} {down + 2 * MARGIN:.0f}"
    frame = np.array([west, north]), np.array([scale * squeeze, -scale])
    shapes = (
        Shape(area.code, area.name, _path(geometry, *frame), area.dedicated)
        for (area, _), geometry in zip(outlines, geometries, strict=True)
    )
    return Drawing(f"-{MARGIN} -{MARGIN} {size}", tuple(shapes))


def _path(geometry: Any, origin: Any, scale: Any) -> str:
    """Rings as ``M x y L … Z``; holes come out empty under the even-odd fill rule."""
    rings = (ring for part in shapely.get_parts(geometry) for ring in (part.exterior, *part.interiors))
    return "".join(_ring((shapely.get_coordinates(ring) - origin) * scale) for ring in rings)


def _ring(points: Any) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in np.rint(points).astype(int)) + "Z"
