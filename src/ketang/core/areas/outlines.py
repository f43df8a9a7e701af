"""Outlines as sources give them (GeoJSON or WKT, either datum) → WKB in WGS-84, or what is wrong in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from ketang.kernel.errors import BadInput
from ketang.kernel.geo import Datum, gcj02_to_wgs84, in_china, looks_swapped

FAR_DEGREES = 0.01  # ~1 km: neighbours' surveys overlap a little, a village in another county does not


class BadOutline(BadInput):
    message = "%(why)s"


def outline_of(source: Mapping[str, Any] | str, datum: Datum) -> bytes:
    """WKB of a polygon in WGS-84. Raises BadOutline: not a polygon, swapped, outside China, self-crossing."""
    shape = _polygon(_parsed(source))
    _check_position(*shapely.bounds(shape))
    if datum is Datum.GCJ02:
        shape = shapely.transform(shape, _from_gcj02)
    return bytes(shapely.to_wkb(shape, output_dimension=2))


def far_apart(outlines: list[bytes], parents: list[bytes]) -> list[bool]:
    """For each pair: whether a point inside the child lies more than ~1 km outside the parent."""
    inner = shapely.point_on_surface(shapely.from_wkb(outlines))
    return [bool(far) for far in shapely.distance(inner, shapely.from_wkb(parents)) > FAR_DEGREES]


def _parsed(source: Mapping[str, Any] | str) -> Any:
    try:
        if isinstance(source, str):
            return shapely.from_wkt(source)
        return shapely.geometry.shape(source)
    except (shapely.errors.ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise BadOutline(why="边界读不出来：应是 Polygon 或 MultiPolygon") from error


def _polygon(shape: Any) -> Any:
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise BadOutline(why="边界应是 Polygon 或 MultiPolygon")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise BadOutline(why="边界里有不是数字的坐标")
    if not shape.is_valid:
        raise BadOutline(why=f"边界自己相交：{shapely.is_valid_reason(shape)}")
    return shape


def _check_position(west: float, south: float, east: float, north: float) -> None:
    corners = ((west, south), (east, north))
    if any(looks_swapped(*corner) for corner in corners):
        raise BadOutline(why="经度和纬度写反了：应先写经度（73–135），再写纬度（3–54）")
    if not all(in_china(*corner) for corner in corners):
        raise BadOutline(why="边界落在海里或国外：请检查坐标")


def _from_gcj02(points: Any) -> Any:
    return np.array([gcj02_to_wgs84(lon, lat) for lon, lat in points])
