"""``ketang audit``: is the log as it was written?"""

import json
import sys
from dataclasses import asdict

import click

from ketang.core.audit import checking, queries
from ketang.core.audit.types import Finding, Verdict, What

WORDS = {
    What.CHANGED: "被改动或伪造的行 · changed or forged row",
    What.RESEALED: "封存内容被改的行 · row whose seal was changed",
    What.INSERTED: "不该有的行 · row that does not belong",
    What.MISSING: "缺少的行 · missing row",
    What.HEAD: "链头不见了或不符 · the chain's head is gone or does not fit",
    What.EXPECTED: "记下的链尾不在链上 · the noted end is not in the chain",
}


@click.group()
def audit() -> None:
    """审计链 · The audit chain."""


@audit.command()
@click.option("--expect", default="", metavar="POSITION:DIGEST", help="以前记下的链尾 · an end noted earlier")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON · one JSON object per line")
@click.pass_context
def verify(ctx: click.Context, expect: str, as_json: bool) -> None:
    """核对每一行和链头，从不封存；有问题时列出行号并以 1 结束 · Check every row and the head; never seals.

    Exit 1 with the id of each offending row (the position where a row is missing).
    """
    total = queries.highest_position() + queries.count_unsealed()
    label = "核对 · verifying"
    with click.progressbar(length=total, label=label, hidden=as_json or not sys.stdout.isatty()) as bar:
        verdict = checking.verify(lambda finding: _tell(finding, as_json), bar.update, expect)
    _conclude(verdict, as_json)
    ctx.exit(1 if verdict.findings else 0)


def _tell(finding: Finding, as_json: bool) -> None:
    click.echo(json.dumps(asdict(finding), default=str) if as_json else sentence(finding))


def sentence(finding: Finding) -> str:
    words = [f"! {WORDS[finding.what]}:"]
    if finding.row_id:
        words.append(f"id {finding.row_id}")
    if finding.position is not None:
        run = f"–{finding.until}" if finding.until not in (None, finding.position) else ""
        words.append(f"位置 position {finding.position}{run}")
    return " ".join(words)


def _conclude(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
        return
    click.echo(f"已封存 sealed {verdict.sealed} · 待封存 unsealed {verdict.unsealed}")
    if verdict.findings:
        click.echo(f"发现问题 findings: {verdict.findings}")
    else:
        click.echo(f"链完整 intact. 链尾 end: {verdict.head}")
