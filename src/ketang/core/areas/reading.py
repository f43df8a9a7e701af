"""CSV and GeoJSON → rows of areas, with what is wrong said per row. Knows nothing of the tables."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ketang.core.areas.outlines import BadOutline, outline_of
from ketang.core.areas.rules import level_of
from ketang.core.areas.types import AreaKind, AreaRow, Level, RowError, UnreadableFile
from ketang.kernel.geo import Datum

HEADINGS = {
    "编码": "code", "代码": "code", "名称": "name", "类型": "kind", "场所": "place",
    "启用日期": "valid_from", "停用日期": "valid_to", "接替": "successors", "边界": "wkt",
}  # fmt: skip
KINDS = {"": AreaKind.ORDINARY, "ordinary": AreaKind.ORDINARY, "普通": AreaKind.ORDINARY,
         "dedicated": AreaKind.DEDICATED, "专属": AreaKind.DEDICATED}  # fmt: skip
Source = tuple[int, Mapping[str, Any], Mapping[str, Any] | str]  # row, values, outline


class _Wrong(Exception):
    """One column of one row."""

    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message


def read_areas(path: Path, datum: Datum) -> tuple[list[AreaRow], list[RowError]]:
    """The rows a file holds and the rows that cannot be read. Raises UnreadableFile.

    CSV columns: code, name, and optionally kind, place, valid_from, valid_to, successors (space
    separated), wkt. GeoJSON features carry the same as properties. Outlines come out in WGS-84.
    """
    return rows_of(sources_of(path), datum)


def sources_of(path: Path) -> list[Source]:
    """What the file holds, unread."""
    return _geojson(path) if path.suffix.lower() in (".geojson", ".json") else _csv(path)


def rows_of(sources: Iterable[Source], datum: Datum) -> tuple[list[AreaRow], list[RowError]]:
    """The second half of ``read_areas``, one source at a time, so that progress can be shown."""
    rows: list[AreaRow] = []
    errors: list[RowError] = []
    for number, values, outline in sources:
        try:
            rows.append(_row(number, values, outline, datum))
        except _Wrong as wrong:
            errors.append(RowError(number, wrong.column, wrong.message))
    return rows, errors


def _csv(path: Path) -> list[Source]:
    reader = csv.DictReader(_text(path).splitlines())
    headings = [HEADINGS.get((name or "").strip(), (name or "").strip()) for name in reader.fieldnames or ()]
    if not {"code", "name"} <= set(headings):
        raise UnreadableFile(why="没有 code、name 两列")
    reader.fieldnames = headings
    return [(reader.line_num, row, row.get("wkt") or "") for row in reader]


def _geojson(path: Path) -> list[Source]:
    try:
        features = json.loads(_text(path))["features"]
        return [(n, f.get("properties") or {}, f.get("geometry") or "") for n, f in enumerate(features, 1)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(why="不是 GeoJSON FeatureCollection") from error


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(why="编码既不是 UTF-8 也不是 GB18030")


def _row(number: int, values: Mapping[str, Any], outline: Mapping[str, Any] | str, datum: Datum) -> AreaRow:
    code, name = _cell(values, "code"), _cell(values, "name")
    if level_of(code) is None:
        raise _Wrong("code", f"编码“{code[:40]}”应是 6、9、12、15 或 18 位数字")
    if not 0 < len(name) <= 80:
        raise _Wrong("name", "名称要有，且不超过 80 个字")
    row = AreaRow(
        number, code, name, _kind(values, code), _cell(values, "place")[:80],
        _day(values, "valid_from"), _day(values, "valid_to"),
        tuple(_cell(values, "successors").split()), _outline(outline, datum),
    )  # fmt: skip
    if row.valid_from and row.valid_to and row.valid_to <= row.valid_from:
        raise _Wrong("valid_to", "停用日期要晚于启用日期")
    return row


def _cell(values: Mapping[str, Any], column: str) -> str:
    value = values.get(column)
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value).strip()


def _kind(values: Mapping[str, Any], code: str) -> AreaKind:
    kind = KINDS.get(_cell(values, "kind"))
    if kind is None:
        raise _Wrong("kind", "类型应是 ordinary（普通）或 dedicated（专属）")
    if kind is AreaKind.DEDICATED and level_of(code) is not Level.GRID:
        raise _Wrong("kind", "只有网格（15 位）可以是专属网格")
    return kind


def _day(values: Mapping[str, Any], column: str) -> date | None:
    text = _cell(values, column)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _Wrong(column, f"日期“{text[:20]}”应写成 2026-01-31") from error


def _outline(outline: Mapping[str, Any] | str, datum: Datum) -> bytes:
    try:
        return outline_of(outline, datum) if outline else b""
    except BadOutline as wrong:
        raise _Wrong("wkt", str(wrong)) from wrong
