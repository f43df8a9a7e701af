"""``ketang playbook``: check a folder, see what it would change, bring it into force."""

import re
from pathlib import Path

import click
from django.conf import settings

from ketang.core.audit import api as audit
from ketang.core.playbooks import api
from ketang.core.playbooks.types import Playbook, Problem
from ketang.kernel import clock
from ketang.kernel.actor import Actor


@click.group()
def playbook() -> None:
    """规则：检查、比较、启用 · Playbooks: check, compare, apply."""


@playbook.command()
@click.argument("name", default="")
@click.pass_context
def check(ctx: click.Context, name: str) -> None:
    """检查一套规则，按“文件:行”列出问题 · Check a playbook; findings as file:line, exit 1 if any."""
    loaded = api.on_disk(name)
    for problem in sorted(loaded.problems, key=_by_place):
        click.echo(str(problem))
    if loaded.playbook is None:
        click.echo(f"{len(loaded.errors)} 处问题 · findings: {len(loaded.errors)}", err=True)
        ctx.exit(1)
    click.echo(f"没有问题 · no findings: {loaded.playbook.title} {loaded.playbook.version}")


@playbook.command()
@click.argument("old", default="")
@click.argument("new", default="")
def diff(old: str, new: str) -> None:
    """两套规则差在哪里、影响谁（默认：现行→磁盘） · What changes for whom (default: in force → disk).

    OLD and NEW are names, folders or versions (12 hex digits).
    """
    before = _find(old) if old and new else api.current()
    after = _find(new or old)
    _show(before, after)


@playbook.command()
@click.argument("name", default="")
@click.option("--recompute-open", is_flag=True, help="未办结的工单也按新规则重算 · recompute open cases too")
@click.option("--note", default="", help="为什么改（记入审计） · why, kept in the audit")
@click.option("--yes", is_flag=True, help="不再询问 · do not ask")
def apply(name: str, recompute_open: bool, note: str, yes: bool) -> None:
    """先看差别，再启用 · Preview, then bring into force; cases keep their version unless --recompute-open."""
    old, new, at = api.current(), api.on_disk(name).valid(), clock.now()
    if api.applied_hash() == new.version and not recompute_open:
        click.echo(f"已经是现行规则 · already in force: {new.version}")
        return
    _show(old, new)
    for line in api.preview_recompute(new, at=at) if recompute_open else ():
        click.echo(f"  重算：{line}")
    if not yes:
        click.confirm("启用？ · Apply?", abort=True)
    done = api.apply(
        new,
        Actor("system", label="命令行"),
        at=at,
        note=note[:200],
        recompute_open=recompute_open,
        expected=old.version,
    )
    audit.seal_own_rows()
    click.echo(f"已启用 · in force: {new.title} {done.version}")
    for line in done.recomputed:
        click.echo(f"  {line}")


def _show(old: Playbook, new: Playbook) -> None:
    click.echo(f"{old.title} {old.version} → {new.title} {new.version}")
    changes = api.differences(old, new)
    for file, lines in changes.items():
        click.echo(f"{file}")
        for line in lines:
            click.echo(f"  {line}")
    if not changes:
        click.echo("没有差别 · no differences")


def _find(name: str) -> Playbook:
    """By version, else by name or folder, checked."""
    if re.fullmatch(r"[0-9a-f]{12}", name) and not (Path(settings.PLAYBOOKS_DIR) / name).is_dir():
        return api.version(name)
    return api.on_disk(name).valid()


def _by_place(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line
