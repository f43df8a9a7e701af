"""Which clocks a case starts, and the one due time it carries while open.

``resolve`` (or the review clock where law sets the pace) belongs to the case from the report on and never
starts again; ``lead`` and ``support`` belong to units from hand-over, ``register``, ``appoint`` to the desk.
"""

from datetime import datetime

from ketang.core.cases.models import Case
from ketang.core.cases.playbook import Kind
from ketang.core.deadlines import api as deadlines
from ketang.core.deadlines.playbook import ClocksFile
from ketang.core.deadlines.types import Rule, StartClock
from ketang.core.playbooks import api as playbooks

RESPOND, RESOLVE, REGISTER, LEAD, SUPPORT, APPOINT, CALL_BACK = (
    "respond",
    "resolve",
    "register",
    "lead",
    "support",
    "appoint",
    "rating_followup",
)
SUBJECT = "case"


def rules_of(kind: Kind | None) -> tuple[Rule, Rule]:
    """(respond, resolve) of a kind; the defaults for what is not yet sorted."""
    file = clocks_file()
    if kind is None:
        return Rule.parse(file.unsorted_respond), Rule.parse(file.unsorted_resolve)
    return Rule.parse(kind.respond), Rule.parse(kind.resolve, kind.roll)


def clocks_file() -> ClocksFile:
    return playbooks.current().section(ClocksFile)


def is_urgent(kind: Kind | None) -> bool:
    """Short return and registration times go with a resolve clock in urgent hours or minutes."""
    return kind is not None and "urgent_" in kind.resolve


def for_report(case: Case, kind: Kind | None, now: datetime) -> list[StartClock]:
    """Clocks at the report, and ``due_at``/``yellow_at`` put on the case."""
    ring = case.priority == 1
    return [
        StartClock(RESPOND, rules_of(kind)[0], case.reported_at, ring=ring),
        resolve_clock(case, kind),
        StartClock(REGISTER, side(REGISTER, kind), now, ring=ring),
    ]


def resolve_clock(case: Case, kind: Kind | None) -> StartClock:
    """The case's own clock, and its due time put on the case."""
    rule = rules_of(kind)[1]
    ring = case.priority == 1
    clock = StartClock(RESOLVE, rule, case.reported_at, ring=ring, fixed=_inside_upstream(case))
    set_due(case, deadlines.due_of(clock), rule)
    return clock


def side(name: str, kind: Kind | None) -> Rule:
    """A clock that no kind sets (clocks.yaml: sides), in the pace of the kind."""
    return Rule.parse(clocks_file().side(name, urgent=is_urgent(kind)))


def _inside_upstream(case: Case) -> datetime | None:
    """The internal due time is the upstream one minus a margin."""
    return deadlines.before_upstream(case.upstream_due, at=case.reported_at) if case.upstream_due else None


def set_due(case: Case, due: deadlines.Due, rule: Rule) -> None:
    if due.due_at is None or due.yellow_at is None:
        return
    case.due_at, case.yellow_at = due.due_at, due.yellow_at
    case.due_provisional, case.due_is_review = due.provisional, rule.review


def for_units(
    case: Case, kind: Kind | None, lead: int, supports: tuple[int, ...], now: datetime
) -> list[StartClock]:
    """The lead's clock ends with the case's; a supporter's by its own rule, never later."""
    ring, pace = case.priority == 1, side(SUPPORT, kind)
    lead_clock = StartClock(LEAD, pace, now, lead, ring, fixed=case.due_at, follows=RESOLVE)
    rest = [StartClock(SUPPORT, pace, now, unit, ring, cap=case.due_at, follows=RESOLVE) for unit in supports]
    return [lead_clock, *rest]


UNITS = {
    "natural_days": "%s 个自然日",
    "working_days": "%s 个工作日",
    "working_hours": "%s 个工作小时",
    "urgent_hours": "%s 小时",
    "urgent_minutes": "%s 分钟",
}


def words_of(rule: Rule) -> str:
    """``working_days:3`` as people say it: 3 个工作日."""
    return UNITS[rule.clock] % rule.amount
