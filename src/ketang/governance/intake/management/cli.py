"""``ketang import orders`` and ``ketang export answers``."""

import getpass
import json
import sys
from pathlib import Path

import click

from ketang.core.accounts.types import Person
from ketang.core.audit.api import seal
from ketang.governance.intake.types import Mode, Report
from ketang.kernel.actor import Actor

SHOWN = 20
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_() -> None:
    """导入数据 · Import data."""


@import_.command("orders")
@click.argument("file", type=FILE)
@click.option("--mapping", required=True, metavar="M", help="映射名，如 haikou12345 · Name of the mapping.")
@click.option("--as", "mode", type=click.Choice([m.value for m in Mode]), default=Mode.HISTORY.value,
              show_default=True, help="history 存档；open 进入办理 · archive, or into the loop.")  # fmt: skip
@click.option(
    "--preview", "--dry-run", "dry", is_flag=True, help="只看不写 · Check everything, write nothing."
)
@click.option("--sheet", default="", help="XLSX 的工作表名 · Sheet of a workbook (default: the first).")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="错误文件，默认 FILE.errors.csv · Where rejected rows go.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="最后一行输出 JSON · End with one line of JSON.")
@click.pass_context
def orders(
    ctx: click.Context,
    file: Path,
    mapping: str,
    mode: str,
    dry: bool,
    sheet: str,
    errors: Path | None,
    as_json: bool,
) -> None:
    """导入工单（CSV、XLSX） · Import orders; exit 1 when rows were rejected."""
    from ketang.governance.intake.api import import_orders

    with click.progressbar(length=1000, label="导入 · importing", file=sys.stderr) as bar:
        report = import_orders(
            file, mapping, Mode(mode), operator(), dry=dry, sheet=sheet, errors=errors,
            told=lambda done: bar.update(round(done * 1000) - bar.pos),
        )  # fmt: skip
    seal()
    _tell(report, dry)
    if as_json:
        click.echo(json.dumps(report.counts.as_dict()))
    if report.counts.rejected:
        ctx.exit(1)


def operator() -> Person:
    """Whoever has the shell: the system, under the name it is logged in by."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "?"
    return Person(Actor("system", label=f"命令行 {name}"[:80]))


def _tell(report: Report, dry: bool) -> None:
    counts = report.counts
    if report.no_areas:
        click.echo("还没有辖区，工单暂时没人看得到 · no areas yet: nobody sees these orders", err=True)
    if report.resumed_at:
        click.echo(
            f"接着上次第 {report.resumed_at} 行之后继续 · resumed after row {report.resumed_at}", err=True
        )
    head = "预览，什么都没有写入 · preview, nothing was written: " if dry else ""
    click.echo(
        f"{head}"
        f"新增 {counts.created} · 更新 {counts.updated} · 不变 {counts.unchanged} · 退回 {counts.rejected}"
        f" (created, updated, unchanged, rejected)",
        err=True,
    )
    for line in report.sample if dry else ():
        click.echo(f"  {line}", err=True)
    _unsorted("类别 · kinds", report.unsorted_kinds)
    _unsorted("单位 · units", report.unsorted_departments)
    for error in report.errors[:SHOWN]:
        click.echo(str(error), err=True)
    if counts.rejected > SHOWN:
        click.echo("…", err=True)
    if counts.rejected and not dry:
        click.echo(f"退回的行在 {report.errors_at}，改好后再导入它 · correct it, import it again", err=True)


def _unsorted(what: str, names: dict[str, int]) -> None:
    if not names:
        return
    most = sorted(names.items(), key=lambda item: -item[1])[:5]
    listed = "、".join(f"{name or '没写 · not given'} {n}" for name, n in most)
    more = " …" if len(names) > len(most) else ""
    click.echo(f"待分类 · unsorted {what}: {sum(names.values())} ({listed}{more})", err=True)


@click.group("export")
def export() -> None:
    """导出数据 · Export data."""


@export.command("answers")
@click.option("--source", required=True, metavar="NAME", help="来源或映射名 · Source system or mapping.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="输出 .csv 或 .xlsx · Where to write.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="最后一行输出 JSON · End with one line of JSON.")
def answers(source: str, out: Path, as_json: bool) -> None:
    """按来源自己的列导出答复 · Export answers in the source's own columns."""
    from ketang.governance.intake.api import export_answers

    count = export_answers(source, out, operator())
    seal()
    click.echo(f"已导出 {count} 条到 {out} · exported", err=True)
    if as_json:
        click.echo(json.dumps({"exported": count}))
