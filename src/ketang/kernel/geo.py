"""Coordinates: WGS-84 (what we store), GCJ-02 (what Chinese map services give), distances and plausibility.

GCJ-02 is the obfuscated datum of published Chinese maps: 300-600 m off WGS-84. The forward formula is
the publicly known approximation; its inverse is iterated until the error is below a millimetre.
All functions take and return degrees, longitude first.
"""

from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt

EARTH_M = 6_371_008.8
_AXIS = 6_378_245.0  # Krasovsky 1940, which the offset formula is built on
_ECCENTRICITY = 0.00669342162296594323


class Datum(StrEnum):
    """What a coordinate in a source means; stored coordinates are always WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


# Coarse outlines (lon, lat), some 50 km outside the border, good enough to tell land of China from the
# open sea and from a slip of the keyboard; not a map and never drawn.
_MAINLAND = (
    (73.0, 39.5), (73.5, 36.5), (78.0, 34.8), (78.5, 30.8), (81.0, 29.8), (86.0, 27.5), (92.0, 26.5),
    (96.5, 27.5), (97.3, 24.0), (99.0, 21.5), (102.0, 20.8), (106.5, 21.4), (108.2, 17.8), (111.5, 17.8),
    (114.5, 21.5), (117.5, 23.0), (119.5, 25.0), (121.0, 27.0), (122.5, 28.6), (123.2, 30.0), (122.5, 32.0),
    (121.0, 34.5), (123.0, 36.5), (122.8, 38.8), (124.6, 39.4), (128.5, 41.6), (131.3, 42.1), (131.8, 45.0),
    (135.5, 48.5), (130.5, 49.2), (126.5, 53.0), (123.5, 54.0), (119.5, 53.0), (119.0, 50.5), (115.0, 48.3),
    (118.5, 47.4), (115.0, 45.6), (111.0, 44.0), (110.5, 43.0), (105.0, 42.0), (97.0, 43.3), (91.0, 46.0),
    (87.5, 49.6), (85.0, 47.5), (82.0, 46.0), (79.5, 42.8),
)  # fmt: skip
_TAIWAN = ((119.2, 23.0), (120.6, 21.6), (121.6, 21.7), (122.4, 25.4), (119.9, 26.5))
_SOUTH_SEA = ((109.0, 3.3), (116.0, 3.3), (118.5, 10.5), (118.5, 15.5), (115.0, 21.5), (109.0, 17.8))


def in_china(lon: float, lat: float) -> bool:
    """Whether the point can be on land or islands of China (coarse outline, ±50 km)."""
    return any(_inside(lon, lat, ring) for ring in (_MAINLAND, _TAIWAN, _SOUTH_SEA))


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether latitude and longitude were exchanged: only the exchanged pair lies in China."""
    return not in_china(lon, lat) and in_china(lat, lon)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 position of a WGS-84 point; outside China the two are the same by definition."""
    if not _obfuscated(lon, lat):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The WGS-84 position of a GCJ-02 point, by fixed-point iteration (each step: error ÷ ~1000)."""
    x, y = lon, lat
    for _ in range(6):
        there_x, there_y = wgs84_to_gcj02(x, y)
        slip_x, slip_y = there_x - lon, there_y - lat
        if abs(slip_x) < 1e-10 and abs(slip_y) < 1e-10:
            break
        x, y = x - slip_x, y - slip_y
    return x, y


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    return gcj02_to_wgs84(lon, lat) if datum is Datum.GCJ02 else (lon, lat)


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (haversine; 0.5 % off the ellipsoid at worst)."""
    half_lat, half_lon = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(chord)))


def _obfuscated(lon: float, lat: float) -> bool:
    """The rectangle inside which map services shift coordinates."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _offset(lon: float, lat: float) -> tuple[float, float]:
    """Degrees to add, east and north."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = lat / 180 * pi
    magic = 1 - _ECCENTRICITY * sin(phi) ** 2
    north_deg = north * 180 / (_AXIS * (1 - _ECCENTRICITY) / (magic * sqrt(magic)) * pi)
    east_deg = east * 180 / (_AXIS / sqrt(magic) * cos(phi) * pi)
    return east_deg, north_deg


def _inside(x: float, y: float, ring: tuple[tuple[float, float], ...]) -> bool:
    """Even-odd rule."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
