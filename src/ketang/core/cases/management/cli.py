"""``ketang retention``: what is due, do it now, show the proof, keep a case back."""

import json
import sys
from collections import Counter
from typing import Any

import click

from ketang.core.cases import retention
from ketang.core.cases.actions import retiring
from ketang.core.cases.models import Case
from ketang.core.cases.numbers import id_behind, number_of_case
from ketang.kernel import clock
from ketang.kernel.actor import Actor

OPERATOR = Actor("system", label="ketang retention")


class CaseNumber(click.ParamType[Case]):
    """A case by its number."""

    name = "CASE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Case:
        found = Case.objects.filter(pk=id_behind(str(value)) or 0).first()
        if found is None:
            self.fail(f"没有这张工单 · no such case: {value}", param, ctx)
        return found


@click.group(name="retention")
def retention_() -> None:
    """保存期：到期去除个人信息，并留下证明 · Retention: remove personal fields when their time is up."""


@retention_.command()
@click.option("--list", "listed", is_flag=True, help="逐张列出 · list each case")
def preview(listed: bool) -> None:
    """按规则数一数到期的工单，不改任何东西 · Count what is due by rule; changes nothing."""
    now, counts = clock.now(), Counter[str]()
    for one in retention.due(now):
        counts[f"{one.rule.code} ({one.rule.days})"] += 1
        if listed:
            click.echo(number_of_case(Case.objects.only("reported_at").get(pk=one.case_id)))
    for rule, count in counts.items():
        click.echo(f"{rule}: {count}")
    idle = retention.idle_accounts(now).count()
    click.echo(f"到期 · due: {counts.total()}; 可清空的居民账号 · idle accounts: {idle}")


@retention_.command()
@click.option("--yes", is_flag=True, help="不再询问：去除后不能恢复 · do not ask; it cannot be undone")
def apply(yes: bool) -> None:
    """现在就清理到期的工单；可中断，再运行接着做 · Remove what is due now; may be stopped and run again."""
    now = clock.now()
    total = sum(1 for _ in retention.due(now))
    if total and not yes:
        click.confirm(f"去除 {total} 张工单的个人信息，不能恢复 · irreversible. OK?", abort=True)
    done = after = 0
    with click.progressbar(length=total, label="清理 · removing", hidden=not sys.stdout.isatty()) as bar:
        while True:
            some, after = retiring.run(now, after=after, most=100)
            done += some
            bar.update(some)
            if not after:
                break
    accounts = retiring.forget_accounts(now, sys.maxsize)
    click.echo(f"已清理 · anonymised: {done}; 账号 · accounts: {accounts}")


@retention_.command()
@click.argument("case", type=CaseNumber())
@click.pass_context
def proof(ctx: click.Context, case: Case) -> None:
    """一张工单去除了什么，现在还剩什么；有剩余时以 1 结束 · What was removed, what is left (then exit 1)."""
    found = retention.proof_of(case)
    if found is None:
        click.echo("还没有清理 · nothing was removed yet")
        ctx.exit(1)
    said = {"at": found.at.isoformat(), **found.facts, "audited": found.audited, "left": found.left}
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    ctx.exit(1 if found.left or not found.audited else 0)


@retention_.command()
@click.argument("case", type=CaseNumber())
@click.option("--basis", required=True, help="谁、凭什么文书要求保全 · who asked, by which document")
def hold(case: Case, basis: str) -> None:
    """依法保全：在解除以前不清理 · Legal hold: keep until released."""
    retiring.hold(case, basis, OPERATOR, clock.now())
    click.echo(f"已保全 · held: {number_of_case(case)}")


@retention_.command()
@click.argument("case", type=CaseNumber())
@click.pass_context
def release(ctx: click.Context, case: Case) -> None:
    """解除保全 · Release a legal hold."""
    lifted = retiring.release(case, OPERATOR, clock.now())
    click.echo(f"已解除 · released: {number_of_case(case)}" if lifted else "没有在保全 · was not held")
    ctx.exit(0 if lifted else 1)
