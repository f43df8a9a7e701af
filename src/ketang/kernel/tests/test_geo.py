"""Datums and plausibility of coordinates."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketang.kernel.geo import (
    Datum,
    distance_m,
    gcj02_to_wgs84,
    in_china,
    looks_swapped,
    to_wgs84,
    wgs84_to_gcj02,
)

longitudes = st.floats(73.0, 135.6)
latitudes = st.floats(3.4, 53.6)


@given(longitudes, latitudes)
def test_gcj02_and_back_ends_within_a_metre(lon: float, lat: float) -> None:
    back = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert distance_m(lon, lat, *back) < 1.0


@given(longitudes, latitudes)
def test_gcj02_lies_some_hundred_metres_off(lon: float, lat: float) -> None:
    assert 10 < distance_m(lon, lat, *wgs84_to_gcj02(lon, lat)) < 1_500


def test_the_known_offset_in_beijing_is_reproduced() -> None:
    # 39.90887/116.39742 → 39.91027/116.40366: published by several map SDKs' documentation tests
    lon, lat = wgs84_to_gcj02(116.3974, 39.9087)
    assert (lon - 116.3974, lat - 39.9087) == pytest.approx((0.00624, 0.00140), abs=2e-5)


def test_outside_china_both_datums_are_the_same() -> None:
    assert wgs84_to_gcj02(-71.06, 42.36) == (-71.06, 42.36)


def test_to_wgs84_converts_only_what_is_labelled_gcj02() -> None:
    assert to_wgs84(120.87, 30.03, Datum.WGS84) == (120.87, 30.03)
    assert distance_m(120.87, 30.03, *to_wgs84(120.87, 30.03, Datum.GCJ02)) > 300


@pytest.mark.parametrize(
    "place",
    [(116.4, 39.9), (120.87, 30.03), (114.17, 22.3), (91.1, 29.65), (75.99, 39.47), (122.5, 53.0),
     (109.5, 18.25), (121.5, 25.0), (134.3, 48.36), (122.1, 30.0), (124.4, 40.1), (112.3, 16.8),
     (107.97, 21.54), (81.3, 43.9)],
)  # fmt: skip
def test_places_in_china_are_in_china_and_recognised_when_swapped(place: tuple[float, float]) -> None:
    assert in_china(*place)
    assert not looks_swapped(*place)
    assert looks_swapped(*reversed(place))


@pytest.mark.parametrize(
    "place", [(0, 0), (125.0, 30.0), (124.0, 33.0), (127.0, 37.5), (139.0, 35.0), (105.8, 21.0), (77.0, 28.6)]
)
def test_the_open_sea_and_other_countries_are_not(place: tuple[float, float]) -> None:
    assert not in_china(*place)


@given(longitudes, latitudes, longitudes, latitudes)
def test_distance_is_symmetric_and_never_beyond_half_the_globe(
    a: float, b: float, c: float, d: float
) -> None:
    assume((a, b) != (c, d))
    there = distance_m(a, b, c, d)
    assert there == pytest.approx(distance_m(c, d, a, b))
    assert 0 <= there < 20_040_000


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m(120, 30, 120, 31) == pytest.approx(111_195, abs=10)
