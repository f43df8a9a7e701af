"""Loading CSV and GeoJSON: what fits goes in, what does not is said per row, twice changes nothing."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from ketang.core.areas import api, testing
from ketang.core.areas.models import Area
from ketang.core.areas.reading import read_areas
from ketang.core.areas.testing import DISTRICT, TOWN, VILLAGE
from ketang.core.areas.types import UnreadableFile
from ketang.core.audit.models import AuditRow
from ketang.kernel.geo import Datum, distance_m, wgs84_to_gcj02

SQUARE = [[120.80, 30.00], [120.82, 30.00], [120.82, 30.02], [120.80, 30.02], [120.80, 30.00]]


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    api.forget()


def _csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "areas.csv"
    path.write_bytes(text.encode(encoding))
    return path


def _geojson(folder: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    path = folder / "areas.geojson"
    body = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": body}))
    return path


def _ring(points: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [points]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_either_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    rows, errors = read_areas(_csv(tmp_path, "编码,名称\n330604,上虞区\n", encoding), Datum.WGS84)
    assert [(row.code, row.name) for row in rows] == [("330604", "上虞区")]
    assert errors == []


@pytest.mark.parametrize(
    "line,column",
    [
        ("33060,短了", "code"),
        ("33060A,字母", "code"),
        ("330604,", "name"),
        ("330604," + "长" * 81, "name"),
        ("330604,区,strange", "kind"),
        ("330604,区,dedicated", "kind"),
        ("330604,区,,,2026-13-01", "valid_from"),
        ("330604,区,,,2026-02-01,2026-01-01", "valid_to"),
        ("330604,区,,,,,,POINT (120 30)", "wkt"),
        ("330604,区,,,,,,nonsense", "wkt"),
        ('330604,区,,,,,,"POLYGON ((120.8 30, 120.9 30.1, 120.9 30, 120.8 30.1, 120.8 30))"', "wkt"),
        ('330604,区,,,,,,"POLYGON ((30 120.8, 30.1 120.8, 30.1 120.9, 30 120.8))"', "wkt"),
        ('330604,区,,,,,,"POLYGON ((126 29, 126.1 29, 126.1 29.1, 126 29))"', "wkt"),
    ],
)
def test_a_bad_row_names_its_line_and_column(tmp_path: Path, line: str, column: str) -> None:
    head = "code,name,kind,place,valid_from,valid_to,successors,wkt"
    rows, errors = read_areas(_csv(tmp_path, f"{head}\n330605,好的\n{line}\n"), Datum.WGS84)
    assert [row.code for row in rows] == ["330605"]
    assert [(error.row, error.column) for error in errors] == [(3, column)]


def test_swapped_coordinates_are_called_swapped(tmp_path: Path) -> None:
    swapped = [[lat, lon] for lon, lat in SQUARE]
    _, errors = read_areas(
        _geojson(tmp_path, ({"code": "330604", "name": "区"}, _ring(swapped))), Datum.WGS84
    )
    assert "写反了" in errors[0].message


@pytest.mark.parametrize(
    "geometry", [{"type": "Polygon"}, {"type": "Polygon", "coordinates": [[1]]}, {"type": "Odd"}, "x"]
)
def test_a_broken_geometry_is_an_error_of_its_feature(tmp_path: Path, geometry: Any) -> None:
    path = _geojson(
        tmp_path, ({"code": "330604", "name": "区"}, geometry), ({"code": "330605", "name": "好"}, None)
    )
    rows, errors = read_areas(path, Datum.WGS84)
    assert [row.code for row in rows] == ["330605"]
    assert [(error.row, error.column) for error in errors] == [(1, "wkt")]


@pytest.mark.parametrize(
    "name,text", [("a.geojson", "{}"), ("a.geojson", "[1]"), ("a.csv", "x,y\n1,2\n"), ("a.csv", "")]
)
def test_a_file_of_another_kind_is_unreadable(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UnreadableFile):
        read_areas(path, Datum.WGS84)


def test_gcj02_input_is_stored_as_wgs84_to_the_metre(tmp_path: Path) -> None:
    moved = [list(wgs84_to_gcj02(*corner)) for corner in SQUARE]
    rows, _ = read_areas(_geojson(tmp_path, ({"code": "330604", "name": "区"}, _ring(moved))), Datum.GCJ02)
    stored = shapely.get_coordinates(shapely.from_wkb(rows[0].outline))
    assert all(distance_m(*there, *here) < 0.01 for there, here in zip(stored, SQUARE, strict=True))


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_audits_once_per_area() -> None:
    first = testing.load(testing.small_tree())
    again = testing.load(testing.small_tree())
    assert (first.created, first.updated, first.unchanged) == (8, 0, 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 8)
    assert AuditRow.objects.filter(verb="area.created").count() == 8


@pytest.mark.django_db
def test_a_changed_name_updates_one_area_and_keeps_its_outline_and_dates() -> None:
    testing.plant()
    before = Area.objects.get(code=VILLAGE)
    result = testing.load([testing.row(VILLAGE, "新南丰社区")], valid_from=date(2026, 1, 1))
    after = Area.objects.get(code=VILLAGE)
    assert (result.created, result.updated, result.unchanged) == (0, 1, 0)
    assert after.name == "新南丰社区"
    assert (bytes(after.outline), after.valid_from) == (bytes(before.outline), before.valid_from)


@pytest.mark.django_db
def test_a_check_writes_nothing() -> None:
    from ketang.core.areas import actions
    from ketang.kernel.actor import SYSTEM

    result = actions.load(
        testing.small_tree(), SYSTEM, valid_from=testing.SINCE, datum=Datum.WGS84, now=testing.NOW, check=True
    )
    assert result.created == 8
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_without_its_parent_an_area_and_all_below_it_stay_out() -> None:
    rows = [row for row in testing.small_tree() if row.code != TOWN]
    result = testing.load(rows)
    assert result.created == 1
    assert len(result.errors) == len(rows) - 1
    assert {error.column for error in result.errors} == {"code"}


@pytest.mark.django_db
def test_the_same_code_twice_in_a_file_keeps_the_first() -> None:
    result = testing.load([testing.row(DISTRICT, "一"), testing.row(DISTRICT, "二")])
    assert (result.created, len(result.errors)) == (1, 1)
    assert api.name_of(DISTRICT) == "一"


@pytest.mark.django_db
def test_an_outline_away_from_its_parent_is_refused_unless_the_grid_is_dedicated() -> None:
    testing.plant()
    away = testing.box(40, 40, 1, 1)
    ordinary = testing.row("330604001058003", "第3网格", away)
    result = testing.load([ordinary])
    assert [error.column for error in result.errors] == ["wkt"]
    from dataclasses import replace

    from ketang.core.areas.types import AreaKind

    assert testing.load([replace(ordinary, kind=AreaKind.DEDICATED)]).created == 1


@pytest.mark.django_db
def test_an_unknown_successor_is_an_error_of_its_row() -> None:
    from dataclasses import replace

    row = replace(testing.row(DISTRICT, "区"), successors=("330605",), valid_to=date(2026, 1, 1))
    result = testing.load([row])
    assert result.created == 0
    assert result.errors[0].column == "successors"
