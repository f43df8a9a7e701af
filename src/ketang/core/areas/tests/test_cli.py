"""ketang areas: exit codes and what is printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ketang.core.areas import api, testing
from ketang.core.areas.management.cli import areas
from ketang.core.areas.testing import MICROGRID, VILLAGE, point

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    api.forget()


def _run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(areas, args)
    return done.exit_code, done.output


def _load(path: Path, text: str, *more: str) -> tuple[int, str]:
    path.write_text(text)
    return _run("load", str(path), "--datum", "wgs84", "--valid-from", "2026-01-01", *more)


def test_load_prints_counts_and_exits_0(tmp_path: Path) -> None:
    code, output = _load(tmp_path / "a.csv", "code,name\n330604,上虞区\n330604001,百官街道\n", "--json")
    assert code == 0
    assert json.loads(output.splitlines()[-1]) == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}


def test_load_names_bad_rows_keeps_good_ones_and_exits_1(tmp_path: Path) -> None:
    code, output = _load(tmp_path / "a.csv", "code,name\n330604,上虞区\n33060,短\n330605001,无上级\n")
    assert code == 1
    assert "第 3 行 code" in output
    assert "第 4 行 code" in output
    assert api.exists("330604")


def test_check_writes_nothing(tmp_path: Path) -> None:
    assert _load(tmp_path / "a.csv", "code,name\n330604,上虞区\n", "--check")[0] == 0
    assert not api.exists("330604")


def test_a_missing_datum_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,name\n")
    assert _run("load", str(tmp_path / "a.csv"), "--valid-from", "2026-01-01")[0] == 2


def test_locate_names_the_area_and_exits_1_outside() -> None:
    testing.plant()
    lon, lat = point(0.5, 0.5)
    assert _run("locate", str(lon), str(lat)) == (
        0,
        f"{MICROGRID} 百官街道 · 南丰社区 · 第1网格 · 第1微网格\n",
    )
    assert _run("locate", "100", "30")[0] == 1


def test_list_shows_the_level_below() -> None:
    testing.plant()
    code, output = _run("list", VILLAGE, "--json")
    assert code == 0
    assert [json.loads(line)["name"] for line in output.splitlines()] == ["第1网格", "第2网格", "第71网格"]
