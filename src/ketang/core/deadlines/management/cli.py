"""``ketang deadline``: due times on the command line. ``due`` and ``calendar`` need no set-up: no Django,
no data folder, no keys; they only read (or write) the folder of holiday tables beside the playbooks."""

import functools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ketang.core.deadlines.explain import explain_term
from ketang.core.deadlines.measures import micros
from ketang.core.deadlines.rules import begin_of, term_due, unpublished
from ketang.core.deadlines.types import (
    Clock,
    Due,
    Hours,
    Roll,
    Rule,
    Term,
    YearNotPublished,
    parse_instant,
    parse_span,
)
from ketang.kernel import calendar as calendars
from ketang.kernel.calendar import Calendar
from ketang.kernel.errors import KetangError

BASE_HOURS = "09:00-12:00,13:30-17:30"


def _says_what_is_wrong(run: Callable[..., None]) -> Callable[..., None]:
    """A situation becomes click's usage error: one sentence, exit 2."""

    @functools.wraps(run)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            run(*args, **kwargs)
        except KetangError as error:
            hint = f"\n{error.exit}" if error.exit else ""
            raise click.UsageError(f"{error}{hint}") from error

    return wrapped


@click.group()
def deadline() -> None:
    """算期限、看日历 · Compute due times, look after the calendar."""


@deadline.command()
@click.option(
    "--from", "start", required=True, metavar="TIME", help="起算时间，带时区 · start, ISO 8601 with offset"
)
@click.option("--amount", required=True, type=int, help="数量 · how many days, hours or minutes")
@click.option(
    "--clock",
    required=True,
    type=click.Choice([clock.value for clock in Clock]),
    help="计时 · how the term counts",
)
@click.option(
    "--roll",
    default="none",
    type=click.Choice([roll.value for roll in Roll]),
    help="末日非工作日，按日计时才顺延 · when the last day is off; day clocks only",
)
@click.option(
    "--pause", "pauses", multiple=True, metavar="FROM/TO", help="暂停，可多次 · a pause; repeatable"
)
@click.option("--hours", default=BASE_HOURS, show_default=True, help="工作时间 · working hours of a day")
@click.option(
    "--calendar", "tables", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="另加一年的节假日表 · one more official table",
)  # fmt: skip
@click.option("--explain", is_flag=True, help="逐日说明 · say how it came about")
@click.option("--strict", is_flag=True, help="涉及未公布年份即报错 · fail on a year not yet published")
@_says_what_is_wrong
def due(
    start: str, amount: int, clock: str, roll: str, pauses: tuple[str, ...], hours: str,
    tables: tuple[Path, ...], explain: bool, strict: bool,
) -> None:  # fmt: skip
    """到期时间 · Print the due instant, ISO 8601 in Beijing time; 24:00 of a day is 00:00 of the next.

    Prints ``paused`` while a pause without end (FROM/) holds it. Exit 2 on a wrong value, and with --strict
    when a year that was looked up has no official table yet.
    """
    rule = Rule(Clock(clock), amount, roll=Roll(roll))
    term = Term(rule, parse_instant(start), pauses=tuple(parse_span(text) for text in pauses))
    calendar, working = calendars.load(tables), Hours.parse(hours)
    out = term_due(term, calendar, working)
    if out.provisional and strict:
        raise YearNotPublished(years=_unpublished(term, out, calendar))
    click.echo(out.due_at.isoformat() if out.due_at else "paused")
    if out.provisional:
        click.echo(f"暂定：{_unpublished(term, out, calendar)} 年安排未公布 · provisional", err=True)
    if explain:
        click.echo("\n".join(explain_term(term, calendar, working)))


def _unpublished(term: Term, out: Due, calendar: Calendar) -> str:
    due_at = micros(out.due_at) if out.due_at else None
    return "、".join(map(str, unpublished(term.rule, begin_of(term.rule, term.start), due_at, calendar)))


@deadline.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_says_what_is_wrong
def calendar(file: Path | None) -> None:
    """日历版本；给出文件则先检查再装入 · Show the calendar's version; with FILE check and install a table."""
    if file is not None:
        table = calendars.read_table(file)
        calendars.load([file])
        folder = calendars.folder()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / f".{table.year}.new")
        os.replace(folder / f".{table.year}.new", folder / f"{table.year}.yaml")
        click.echo(
            f"已装入 {table.year} 年：放假 {len(table.off)} 天，调休上班 {len(table.worked)} 天", err=True
        )
    today = calendars.load()
    click.echo(f"{today.version} {min(today.official)}–{max(today.official)}")


@deadline.command()
def recompute() -> None:
    """按现在的日历重算暂定期限 · Count provisional due times again by today's calendar."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
    django.setup()
    from ketang.core.audit.api import seal_own_rows
    from ketang.core.deadlines.sweep import recompute_provisional
    from ketang.kernel.clock import now

    done = recompute_provisional(now())
    seal_own_rows()
    click.echo(f"重算了 {done} 个计时 · {done} clocks counted again")
