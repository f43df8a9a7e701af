"""The demo district: its published figures, its ground, and that nothing of it is drawn from a real map."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
import shapely

from ketang.core.areas import api, testing
from ketang.core.areas.models import Area
from ketang.core.areas.types import AreaRow, Level
from ketang.demo.areas import load_demo_areas
from ketang.demo.district import demo_rows
from ketang.demo.partition import area_of, blob, divide

pytestmark = pytest.mark.slow  # each loads the whole district


@pytest.fixture(scope="module")
def rows() -> list[AreaRow]:
    return demo_rows()


@pytest.fixture
def district(db: None) -> Iterator[None]:
    load_demo_areas(testing.NOW)
    yield
    api.forget()


def test_the_counts_are_the_published_ones(rows: list[AreaRow]) -> None:
    assert Counter(len(row.code) for row in rows) == {6: 1, 9: 20, 12: 364, 15: 1_075, 18: 6_602}
    assert sum(row.kind.value == "dedicated" for row in rows) == 71
    assert len({row.code for row in rows}) == len(rows)


def test_every_village_has_an_ordinary_grid_and_every_grid_microgrids(rows: list[AreaRow]) -> None:
    codes = {row.code for row in rows}
    assert all(f"{code}001" in codes for code in codes if len(code) in (12, 15))


def test_dedicated_grids_name_their_gate(rows: list[AreaRow]) -> None:
    places = [row.place for row in rows if row.kind.value == "dedicated"]
    assert all(place.endswith("门") for place in places)
    assert len({row.name for row in rows if row.place}) == 71


def test_the_same_district_comes_out_every_time(rows: list[AreaRow]) -> None:
    assert demo_rows() == rows


def test_the_ground_of_each_level_is_the_whole_district_without_overlap(rows: list[AreaRow]) -> None:
    size = dict.fromkeys(Level, 0.0)
    for row in rows:
        size[list(Level)[len(row.code) // 3 - 2]] += shapely.from_wkb(row.outline).area
    whole = size[Level.DISTRICT]
    assert all(level == pytest.approx(whole, rel=1e-3) for level in size.values())
    towns = [shapely.from_wkb(row.outline) for row in rows if len(row.code) == 9]
    assert shapely.union_all(towns).area == pytest.approx(whole, rel=1e-3)


def test_a_partition_gives_each_its_share() -> None:
    sizes = [1.0, 2.0, 3.0, 0.5]
    whole = blob(10)
    for size, cell in zip(sizes, divide(whole, sizes, Random(1)), strict=True):
        assert area_of(cell) == pytest.approx(area_of(whole) * size / sum(sizes), rel=0.01)


def test_loading_it_twice_changes_nothing(district: None) -> None:
    again = load_demo_areas(testing.NOW)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 8_062)
    assert Area.objects.count() == 8_062


def test_a_point_inside_a_cell_is_located_in_it_one_by_one_and_in_bulk(
    district: None, rows: list[AreaRow]
) -> None:
    cells = [row for row in rows if len(row.code) == 18][::7]
    spots = [shapely.from_wkb(row.outline).representative_point() for row in cells]
    lons, lats = [spot.x for spot in spots], [spot.y for spot in spots]
    assert api.locate_many(lons, lats) == [row.code for row in cells]
    assert [api.locate(x, y) for x, y in zip(lons[:50], lats, strict=False)] == [r.code for r in cells[:50]]


def test_groups_cut_across_the_tree(district: None) -> None:
    groups = {group.code: group for group in api.groups()}
    assert len(groups["park-demo"].members) == 12
    assert any(group.kind.value == "comprehensive" for group in groups.values())
