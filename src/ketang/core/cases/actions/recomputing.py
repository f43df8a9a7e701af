"""``ketang playbook apply --recompute-open``: open cases move to the new rules, with a step each.

Runs inside the apply's transaction. A case moves when its kind says something else in the new version
(recognition words apart); its clocks are counted again from their own start, so none restarts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from ketang.core.audit import api as audit
from ketang.core.cases import clocks
from ketang.core.cases.actions.rows import step_row
from ketang.core.cases.book import UNSORTED
from ketang.core.cases.models import Case
from ketang.core.cases.playbook import Kind, KindsFile
from ketang.core.cases.playbook.changes import rule_words
from ketang.core.cases.types import StaleCase, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.deadlines.types import ClockMissing
from ketang.core.playbooks import api as playbooks
from ketang.core.playbooks.api import Change, Playbook
from ketang.kernel.actor import SYSTEM

MOVED = "规则已更新，按新规则办理。"
RECOUNTED = "规则已更新，办结时限按新规则重新计算。"


@dataclass(frozen=True)
class Move:
    """Open cases of one kind under one former version. ``after`` None: the new version has no such kind."""

    version: str
    before: Kind | None
    after: Kind | None
    code: str
    open: int

    @property
    def recounts(self) -> bool:
        return self.before is None or self.after is None or _pace(self.before) != _pace(self.after)


def register() -> None:
    playbooks.count_open_with(open_by_kind)
    playbooks.on_recompute(recompute)


def open_by_kind() -> dict[str, int]:
    """Kind code → open cases."""
    rows = Case.objects.filter(open=True).values_list("kind").annotate(Count("pk"))
    return dict(rows)


def recompute(change: Change) -> list[str]:
    """Move the open cases that ``change`` concerns (not in a preview); one sentence per kind and version."""
    moves = list(_moves(change.new))
    for move in moves:
        if move.after is not None and not change.preview:
            _carry_out(move, change.new.version, change.at)
    return [_sentence(move) for move in moves]


def _moves(new: Playbook) -> Iterator[Move]:
    kinds = new.section(KindsFile)
    groups = Case.objects.filter(open=True).exclude(playbook=new.version).exclude(kind="")
    for version, code, count in groups.values_list("playbook", "kind").annotate(Count("pk")).order_by("kind"):
        before, after = _kind_under(version, code), kinds.of(code)
        if before is None or after is None or _bare(before) != _bare(after):
            yield Move(version, before, after, code, count)


def _kind_under(version: str, code: str) -> Kind | None:
    try:
        return playbooks.version(version).section(KindsFile).of(code)
    except playbooks.PlaybookMissing:
        return None


def _bare(kind: Kind) -> Kind:
    return kind.model_copy(update={"words": ()})


def _pace(kind: Kind) -> tuple[str, str, str]:
    return kind.respond, kind.resolve, kind.roll


def _sentence(move: Move) -> str:
    if move.after is None:
        name = move.before.name if move.before else UNSORTED
        return f"“{name}”在新规则里没有了，{move.open} 件未办结的仍按原规则办"
    if not move.recounts:
        return f"“{move.after.name}”{move.open} 件未办结的改按新规则办，时限不变"
    return f"“{move.after.name}”{move.open} 件未办结的重算时限：{rule_words(move.after.resolve)}，起点不变"


def _carry_out(move: Move, new: str, at: datetime) -> None:
    concerned = Case.objects.filter(open=True, kind=move.code, playbook=move.version).order_by("pk")
    for number in list(concerned.values_list("pk", flat=True)):  # a list: the loop changes what it filters by
        case = Case.objects.get(pk=number)
        facts = {"playbook_before": case.playbook, "playbook": new, "due_before": case.due_at.isoformat()}
        if move.recounts:
            _recount(case, move.after, at)
        _write(case, new, facts | {"due": case.due_at.isoformat()}, RECOUNTED if move.recounts else MOVED, at)


def _recount(case: Case, kind: Kind | None, at: datetime) -> None:
    """Other rules from the same start; what history brought in has no clocks and keeps its due time."""
    respond, resolve = clocks.rules_of(kind)
    try:
        deadlines.replace(clocks.SUBJECT, case.pk, clocks.RESPOND, respond, at)
        clocks.set_due(case, deadlines.replace(clocks.SUBJECT, case.pk, clocks.RESOLVE, resolve, at), resolve)
    except ClockMissing:
        return


def _write(case: Case, new: str, facts: dict[str, str], text: str, at: datetime) -> None:
    before = case.version
    case.version += 1
    step = step_row(case, Verb.UPDATE, State(case.state), SYSTEM, at, text=text, facts=facts)
    moved = Case.objects.filter(pk=case.pk, version=before).update(
        version=case.version,
        playbook=new,
        due_at=case.due_at,
        yellow_at=case.yellow_at,
        due_provisional=case.due_provisional,
        due_is_review=case.due_is_review,
    )
    if moved != 1:
        raise StaleCase
    step.save(force_insert=True)
    audit.record(SYSTEM, "case.recompute", f"case:{case.pk}", facts, at=at)
