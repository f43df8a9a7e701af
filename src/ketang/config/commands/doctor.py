"""``ketang check`` (settings alone, before the start) and ``ketang doctor`` (everything)."""

import click
from django.conf import settings

from ketang.config.examine import Examined, examine
from ketang.config.preflight import problems

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """启动前检查设置 · Check the settings before the start; 1 when something will not work."""
    found = problems()
    for problem in found:
        click.echo(f"{MARKS['bad'] if problem.fatal else MARKS['warn']} {problem}")
    if not found:
        click.echo("设置没有问题 · settings are fine")
    context.exit(1 if any(p.fatal for p in found) else 0)


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """全面体检：设置、数据库、密钥、磁盘、时钟、队列、审计 · Examine everything.

    有问题以 1 结束，数据库连不上以 3 结束 · 1 with findings, 3 when the database is down.
    """
    click.echo(f"KETANG_HOME {settings.KETANG_HOME}")
    worst = 0
    for one in examine():
        _say(one)
        worst = max(worst, 3 if one.database_down else 1 if one.mark == "bad" else 0)
    context.exit(worst)


def _say(one: Examined) -> None:
    click.echo(f"{MARKS[one.mark]} {one.what}: {one.found}")
    if one.advice:
        click.echo(f"    → {one.advice}")
