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
from ketang.core.deadlines.playbook import ClocksFile
from ketang.core.deadlines.types import ClockMissing, Rule
from ketang.core.playbooks import api as playbooks
from ketang.core.playbooks.api import Change, Playbook
from ketang.kernel.actor import SYSTEM

MOVED = "规则已更新，按新规则办理。"
RECOUNTED = "规则已更新，办结时限按新规则重新计算。"


@dataclass(frozen=True)
class Move:
    """Open cases of one kind ('' = 待分类) under one former version; ``gone``: the kind is no more."""

    version: str
    code: str
    name: str
    open: int
    resolve: str
    recounts: bool
    gone: bool


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
        if not move.gone and not change.preview:
            _carry_out(move, change.new, change.at)
    return [_sentence(move) for move in moves]


def _moves(new: Playbook) -> Iterator[Move]:
    groups = Case.objects.filter(open=True).exclude(playbook=new.version)
    for version, code, count in groups.values_list("playbook", "kind").annotate(Count("pk")).order_by("kind"):
        old, after = _book(version), new.section(KindsFile).of(code)
        before = old.section(KindsFile).of(code) if old else None
        recounts = old is None or _pace(old, code) != _pace(new, code)
        if recounts or _bare(before) != _bare(after):
            name = next((kind.name for kind in (after, before) if kind), UNSORTED)
            gone = bool(code) and after is None
            yield Move(version, code, name, count, _pace(new, code)[1], recounts, gone)


def _book(version: str) -> Playbook | None:
    try:
        return playbooks.version(version)
    except playbooks.PlaybookMissing:
        return None


def _bare(kind: Kind | None) -> Kind | None:
    return kind.model_copy(update={"words": ()}) if kind else None


def _pace(book: Playbook, code: str) -> tuple[str, ...]:
    """All that a due time of this kind depends on; working hours only where a clock runs in them."""
    kind, file = book.section(KindsFile).of(code), book.section(ClocksFile)
    rules = (
        (kind.respond, kind.resolve, kind.roll) if kind else (file.unsorted_respond, file.unsorted_resolve)
    )
    hours = file.working_hours if any("working_hours" in rule for rule in rules) else ""
    return (*rules, hours, str(file.yellow_percent))


def _sentence(move: Move) -> str:
    if move.gone:
        return f"“{move.name}”在新规则里没有了，{move.open} 件未办结的仍按原规则办"
    if not move.recounts:
        return f"“{move.name}”{move.open} 件未办结的改按新规则办，时限不变"
    return f"“{move.name}”{move.open} 件未办结的重算时限：{rule_words(move.resolve)}，起点不变"


def _carry_out(move: Move, new: Playbook, at: datetime) -> None:
    concerned = Case.objects.filter(open=True, kind=move.code, playbook=move.version).order_by("pk")
    for number in list(concerned.values_list("pk", flat=True)):  # a list: the loop changes what it filters by
        case = Case.objects.get(pk=number)
        facts = {
            "playbook_before": case.playbook,
            "playbook": new.version,
            "due_before": case.due_at.isoformat(),
        }
        if move.recounts:
            _recount(case, new, at)
        _write(
            case,
            new.version,
            facts | {"due": case.due_at.isoformat()},
            RECOUNTED if move.recounts else MOVED,
            at,
        )


def _recount(case: Case, new: Playbook, at: datetime) -> None:
    """Other rules from the same start; what history brought in has no clocks and keeps its due time."""
    kind, file = new.section(KindsFile).of(case.kind), new.section(ClocksFile)
    respond = Rule.parse(kind.respond if kind else file.unsorted_respond)
    resolve = Rule.parse(kind.resolve, kind.roll) if kind else Rule.parse(file.unsorted_resolve)
    try:
        _replace(case, clocks.RESPOND, respond, new, at)
        clocks.set_due(case, _replace(case, clocks.RESOLVE, resolve, new, at), resolve)
    except ClockMissing:
        return


def _replace(case: Case, name: str, rule: Rule, new: Playbook, at: datetime) -> deadlines.Due:
    return deadlines.replace(clocks.SUBJECT, case.pk, name, rule, at, playbook=new.version)


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
