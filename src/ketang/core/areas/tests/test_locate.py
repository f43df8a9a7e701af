"""locate and locate_many: the deepest area, one answer on borders, dedicated grids first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from ketang.core.areas import api, queries, testing
from ketang.core.areas.testing import DEDICATED, DISTRICT, GRID, MICROGRID, OTHER_GRID, OTHER_VILLAGE, point
from ketang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_tree(db: None) -> Iterator[None]:
    testing.plant()
    yield
    api.forget()


@pytest.mark.parametrize(
    "spot,code",
    [
        ((0.5, 0.5), MICROGRID),
        ((0.5, 1.5), GRID),
        ((1.5, 0.5), OTHER_GRID),
        ((3.0, 1.0), OTHER_VILLAGE),
        ((9.0, 9.0), None),
    ],
)
def test_locate_gives_the_deepest_area(spot: tuple[float, float], code: str | None) -> None:
    assert api.locate(*point(*spot)) == code


def test_a_dedicated_grid_wins_over_the_deeper_microgrid_it_covers() -> None:
    assert api.locate(*point(0.9, 0.9)) == DEDICATED
    assert api.locate(*point(1.1, 1.1)) == DEDICATED


def test_a_point_on_a_shared_border_has_one_answer_the_lower_code() -> None:
    assert api.locate(*point(1.0, 1.8)) == GRID
    assert api.locate(*point(2.0, 1.8)) == OTHER_GRID  # deeper than the other village
    assert api.locate(*point(0.0, 0.0)) == MICROGRID


def test_bulk_equals_single() -> None:
    spots = [point(x / 10, y / 10) for x in range(-5, 45, 3) for y in range(-5, 25, 3)]
    assert api.locate_many(*zip(*spots, strict=True)) == [api.locate(*spot) for spot in spots]


def test_bulk_of_nothing_is_nothing() -> None:
    assert api.locate_many([], []) == []


def test_a_closed_area_no_longer_locates(monkeypatch: pytest.MonkeyPatch) -> None:
    api.close_area(MICROGRID, date(2026, 5, 1), [], SYSTEM, now=testing.NOW)
    spot = point(0.5, 0.5)
    monkeypatch.setattr(queries, "now", lambda: datetime(2026, 4, 30, 15, 59, tzinfo=UTC))  # 23:59 in Beijing
    assert api.locate(*spot) == MICROGRID
    monkeypatch.setattr(queries, "now", lambda: datetime(2026, 4, 30, 16, 0, tzinfo=UTC))
    assert api.locate(*spot) == GRID


def test_locating_costs_no_query_once_the_tree_is_read(django_assert_num_queries: object) -> None:
    api.locate(*point(1, 1))
    with django_assert_num_queries(0):  # type: ignore[operator]
        api.locate(*point(1, 1))
        api.names_of(MICROGRID)
        api.exists(DISTRICT)
