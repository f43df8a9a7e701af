"""``ketang areas``: load a tree, look a point up, list areas."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from ketang.core.areas import api
from ketang.core.areas.types import LoadResult, RowError
from ketang.core.audit.api import seal
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now
from ketang.kernel.geo import Datum, to_wgs84

SHOWN_ERRORS = 50


@click.group()
def areas() -> None:
    """辖区：导入、定位、列出 · Areas: load, locate, list."""


@areas.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--datum", type=click.Choice([d.value for d in Datum]), required=True,
              help="文件里坐标的基准 · Datum of the file's coordinates.")  # fmt: skip
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), required=True,
              help="新辖区的启用日期 · First day of new areas.")  # fmt: skip
@click.option("--check", is_flag=True, help="只检查，不写入 · Only tell what would happen.")
@click.option("--json", "as_json", is_flag=True, help="最后一行输出 JSON · End with one line of JSON.")
@click.pass_context
def load(ctx: click.Context, file: Path, datum: str, valid_from: date, check: bool, as_json: bool) -> None:
    """从 CSV 或 GeoJSON 导入辖区 · Load areas from CSV or GeoJSON; exit 1 when rows were refused."""
    with click.progressbar(api.sources_of(file), label="读取 · Reading", file=sys.stderr) as sources:
        rows, unread = api.rows_of(sources, Datum(datum))
    since = date(valid_from.year, valid_from.month, valid_from.day)
    result = api.load(rows, SYSTEM, valid_from=since, datum=Datum(datum), now=now(), check=check)
    seal()
    _tell(result, sorted([*unread, *result.errors], key=lambda e: e.row), as_json)
    if unread or result.errors:
        ctx.exit(1)


@areas.command()
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--datum", type=click.Choice([d.value for d in Datum]), default=Datum.WGS84.value,
              help="坐标的基准 · Datum of the coordinates.")  # fmt: skip
@click.pass_context
def locate(ctx: click.Context, lon: float, lat: float, datum: str) -> None:
    """这个点在哪个辖区 · Which area holds this point; exit 1 when none does."""
    code = api.locate(*to_wgs84(lon, lat, Datum(datum)))
    click.echo(f"{code} {api.names_of(code)}" if code else "不在任何辖区内 / in no area")
    if code is None:
        ctx.exit(1)


@areas.command("list")
@click.argument("code", default="")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON · One JSON object per line.")
def list_(code: str, as_json: bool) -> None:
    """列出一个辖区的下一级 · List the areas directly below one (default: the districts)."""
    for area in api.children(code):
        facts = {
            "code": area.code,
            "level": area.level,
            "name": area.name,
            "kind": area.kind,
            "place": area.place,
        }
        click.echo(
            json.dumps(facts, ensure_ascii=False) if as_json else f"{area.code} {area.name} {area.place}"
        )


def _tell(result: LoadResult, errors: list[RowError], as_json: bool) -> None:
    for error in errors[:SHOWN_ERRORS]:
        click.echo(f"第 {error.row} 行 {error.column}：{error.message}", err=True)
    if len(errors) > SHOWN_ERRORS:
        click.echo(f"…… 还有 {len(errors) - SHOWN_ERRORS} 处 / {len(errors) - SHOWN_ERRORS} more", err=True)
    counts = {k: v for k, v in asdict(result).items() if k != "errors"} | {"rejected": len(errors)}
    if as_json:
        click.echo(json.dumps(counts))
        return
    click.echo("新增 {created} · 更新 {updated} · 未变 {unchanged} · 拒绝 {rejected}".format(**counts))
