"""Decisions of the loop: pure, no Django, ``now`` passed in. The table is ``transitions.TABLE``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ketang.core.accounts.types import ROLE_NAMES, DepartmentKind, Person, Post, Role
from ketang.core.cases import types as t
from ketang.core.cases.transitions import BEFORE_HANDLED, STAGE_STATE, STATE_STAGE, TABLE, Transition
from ketang.core.cases.types import Act, Need, Secrecy, State, Verb, Who
from ketang.kernel.errors import BadInput

DESK_ROLES = frozenset({Role.DISPATCHER, Role.TOWN_CENTRE, Role.WINDOW_CLERK, Role.VILLAGE_DESK})
LEAD_ROLES = frozenset({Role.HANDLER, Role.TOWN_CENTRE, Role.VILLAGE_DESK, Role.MEDIATOR})
REVIEW_ROLES = DESK_ROLES | {Role.GRID_HEAD, Role.GRID_WORKER, Role.SUPERVISOR}
FIELD_ROLES = frozenset({Role.GRID_WORKER, Role.GRID_HEAD, Role.VILLAGE_DESK})
WORK_ROLES = REVIEW_ROLES | LEAD_ROLES
SKIPPED_IF_UNREACHABLE = frozenset({Verb.ANSWER, Verb.FOLLOW_UP})
RETURNS_UNTIL_APPOINTED = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need to know of a case. ``stages`` is its profile's order."""

    state: State
    open: bool
    suspended: bool
    stages: tuple[Verb, ...]
    area: str
    optional: frozenset[Verb] = frozenset()
    done_by: Mapping[Verb, frozenset[Role]] = field(default_factory=dict)
    kind: str = ""
    secrecy: str = ""
    lead_id: int = 0
    support_ids: frozenset[int] = frozenset()
    handler_id: int = 0
    reporter_id: int = 0
    finder_id: int = 0
    reachable: bool = False
    answered: bool = False
    handled: bool = False
    returns: int = 0
    appointed: bool = False
    may_exit: bool = False
    rating: int = 0
    called_back: bool = False
    dissatisfied_at: int = 2

    @property
    def dissatisfied(self) -> bool:
        """The centre calls back (reasons.yaml: dissatisfied_at, of 5)."""
        return 0 < self.rating <= self.dissatisfied_at


def next_stage(case: Standing) -> Verb | None:
    """The stage that comes next, None when the loop may let go.

    Answer and call-back are passed over when nobody can be told; a returned case waits for dispatch.
    """
    if case.state in (State.MERGED, State.REFERRED):
        return None
    for verb in _after(case):
        if verb in case.optional:
            continue
        if verb in SKIPPED_IF_UNREACHABLE and (not case.reachable or (verb is Verb.ANSWER and case.answered)):
            continue
        return Verb.ANSWER if verb is Verb.CLOSE and must_answer_first(case) else verb
    return None


def must_answer_first(case: Standing) -> bool:
    """Who can be contacted is answered before the case closes, also where the profile has no such stage."""
    return case.reachable and not case.answered and Verb.ANSWER not in case.stages


def may_pass_now(case: Standing) -> frozenset[Verb]:
    """Optional stages that stand between here and the next one that must be."""
    found = set()
    for verb in _after(case):
        if verb not in case.optional:
            break
        found.add(verb)
    return frozenset(found)


def _after(case: Standing) -> tuple[Verb, ...]:
    if case.state is State.RETURNED:
        return case.stages[case.stages.index(Verb.DISPATCH) :]
    stage = STATE_STAGE[case.state]
    if stage in case.stages:
        return case.stages[case.stages.index(stage) + 1 :]
    # A state from outside the profile (reported by phone in a profile that starts with 受理).
    order = list(STATE_STAGE.values())
    later = order[order.index(stage) + 1 :]
    return tuple(verb for verb in case.stages if verb in later)


def who_of(person: Person, case: Standing, *, holds_receipt: bool = False) -> frozenset[Who]:
    """How this person stands to the case; the areas and departments of every post in force count."""
    if person.actor.kind == "system":
        return frozenset({Who.SYSTEM})
    stands = set()
    if holds_receipt or (
        person.actor.id and person.actor.kind == "resident" and person.actor.id == case.reporter_id
    ):
        stands.add(Who.REPORTER)
    for post in person.posts:
        stands |= _stands_by(post, case)
    if person.actor.kind == "staff" and person.actor.id == case.finder_id and person.has(*FIELD_ROLES):
        stands.add(Who.FINDER)
    return frozenset(stands)


def _stands_by(post: Post, case: Standing) -> set[Who]:
    """One post's standing. In a sealed matter 纪检 does the desk's work as well: nobody else may look."""
    stands: set[Who] = set()
    lead = bool(post.department_id) and post.department_id == case.lead_id and post.role in LEAD_ROLES
    if lead:
        stands |= {Who.LEAD, Who.STAFF}
        if case.secrecy == Secrecy.SEALED:
            stands |= {Who.DESK, Who.DISPATCHER, Who.REVIEWER}
    if post.department_id in case.support_ids and post.role in WORK_ROLES:
        stands |= {Who.SUPPORT, Who.STAFF}
    if covers(post, case.area) and post.role in WORK_ROLES and may_know(post, case):
        stands |= _stands_by_area(post.role)
    return stands


def may_know(post: Post, case: Standing) -> bool:
    """Secrecy once more, beside the scope: an area alone opens neither a sealed nor a duty matter."""
    return knows(post, case.kind, case.secrecy)


def knows(post: Post, kind: str, secrecy: str) -> bool:
    if secrecy == Secrecy.SEALED:
        return False
    return secrecy != Secrecy.DUTY or "*" in post.duties or kind in post.duties


def _stands_by_area(role: Role) -> set[Who]:
    stands: set[Who] = set()
    if role in DESK_ROLES:
        stands |= {Who.DESK, Who.STAFF}
    if role in REVIEW_ROLES:
        stands |= {Who.REVIEWER, Who.STAFF}
    if role is Role.DISPATCHER:
        stands.add(Who.DISPATCHER)
    if role is Role.SUPERVISOR:
        stands.add(Who.SUPERVISOR)
    return stands


def covers(post: Post, area: str) -> bool:
    """Whether the post's area (or a member of its area group) contains ``area``."""
    return any(area.startswith(code) for code in (post.area, *post.group_areas) if code)


def offered(person: Person, case: Standing, *, holds_receipt: bool = False) -> list[Transition]:
    """The verbs this person may do now, the next stage first."""
    stands = who_of(person, case, holds_receipt=holds_receipt)
    rows = [row for row in TABLE.values() if stands & row.who and is_time_for(row, case)]
    rows = [row for row in rows if not (row.verb is Verb.REVIEW and person.actor.id == case.handler_id)]
    rows = [row for row in rows if row.verb not in case.done_by or person.roles & case.done_by[row.verb]]
    return sorted(rows, key=lambda row: row.verb != main_verb(case))


def is_time_for(row: Transition, case: Standing) -> bool:
    """Whether the case's state lets this verb happen, whoever does it."""
    if row.open_only and not case.open:
        return False
    if case.suspended and not row.while_suspended:
        return False
    special = SPECIAL.get(row.verb)
    if special is not None:
        return bool(special(case))
    if row.after is None:
        return next_stage(case) is row.verb or row.verb in may_pass_now(case)
    return case.state in row.after


def _answer_time(case: Standing) -> bool:
    """Also outside the profile: who can be contacted is answered before the case closes."""
    if next_stage(case) is Verb.ANSWER:
        return True
    return case.handled and case.reachable and not case.answered and case.open


def _follow_up_time(case: Standing) -> bool:
    if case.open:
        return next_stage(case) is Verb.FOLLOW_UP
    return case.dissatisfied and not case.called_back


def _close_time(case: Standing) -> bool:
    return case.open and next_stage(case) is Verb.CLOSE


def _redo_time(case: Standing) -> bool:
    """Not done or untrue: while open after handling, or when the dissatisfied was called back."""
    if case.state in (State.MERGED, State.REFERRED) or not case.handled:
        return False
    return case.open or (case.dissatisfied and case.called_back)


def _explain_time(case: Standing) -> bool:
    if case.open:
        return case.state in TABLE[Verb.EXPLAIN].after  # type: ignore[operator]
    return case.dissatisfied


def _dispatch_time(case: Standing) -> bool:
    """The second return goes to the dispatcher, who has to appoint."""
    return next_stage(case) is Verb.DISPATCH and not _awaits_appointment(case)


def _awaits_appointment(case: Standing) -> bool:
    return case.state is State.RETURNED and case.returns >= RETURNS_UNTIL_APPOINTED


def main_verb(case: Standing) -> Verb | None:
    """The one next step of a case, stage or not."""
    return Verb.APPOINT if _awaits_appointment(case) else next_stage(case)


SPECIAL: dict[Verb, Callable[[Standing], bool]] = {
    Verb.DISPATCH: _dispatch_time,
    Verb.ANSWER: _answer_time,
    Verb.FOLLOW_UP: _follow_up_time,
    Verb.CLOSE: _close_time,
    Verb.REDO: _redo_time,
    Verb.EXPLAIN: _explain_time,
    Verb.REFER: lambda case: case.may_exit and case.state in BEFORE_HANDLED,
    Verb.RETURN: lambda case: case.state is State.DISPATCHED and not case.appointed,
    Verb.RESUME: lambda case: case.suspended,
    Verb.RATE: lambda case: case.answered and not case.rating,
    Verb.SUPPORT_DONE: lambda case: bool(case.support_ids),
}


def check(verb: Verb, act: Act, person: Person, case: Standing, *, holds_receipt: bool = False) -> Transition:
    """The row of the table, or the reason why not: not now, not you, something missing."""
    row = TABLE[verb]
    if verb is Verb.RETURN and case.appointed:
        raise t.ReturnUsedUp
    if verb is Verb.CLOSE and case.open and next_stage(case) is Verb.ANSWER and _closes_after_answer(case):
        raise t.NotAnsweredYet
    if not is_time_for(row, case):
        raise t.VerbNotNow(state=case.state, verb=row.label)
    if not who_of(person, case, holds_receipt=holds_receipt) & row.who:
        raise t.NotYourVerb(verb=row.label, who="、".join(sorted(WHO_NAMES[w] for w in row.who)))
    if verb in case.done_by and not person.roles & case.done_by[verb]:
        raise t.NotYourVerb(verb=row.label, who="、".join(ROLE_NAMES[role] for role in case.done_by[verb]))
    if verb is Verb.REVIEW and person.actor.id == case.handler_id:
        raise t.ReviewerIsHandler
    check_needs(row, act)
    return row


def check_may_ask(row: Transition, person: Person, case: Standing) -> None:
    """Whether the form of a verb may be shown: its time and its people, not yet its fields."""
    if row not in offered(person, case):
        check(row.verb, Act(), person, case)


def _closes_after_answer(case: Standing) -> bool:
    """False only where the profile itself closes first and tells afterwards (结案→反馈)."""
    order = case.stages
    return Verb.ANSWER not in order or order.index(Verb.ANSWER) < order.index(Verb.CLOSE)


WHO_NAMES = {
    Who.REPORTER: "反映人",
    Who.DESK: "受理窗口或中心",
    Who.DISPATCHER: "调度员",
    Who.LEAD: "主办单位",
    Who.SUPPORT: "协办单位",
    Who.REVIEWER: "复核人",
    Who.SUPERVISOR: "督办员",
    Who.FINDER: "发现人",
    Who.STAFF: "有关工作人员",
    Who.SYSTEM: "系统",
}
MISSING = {
    Need.TEXT: ("text", "请写一句说明。"),
    Need.LEAD: ("lead", "请选择主办单位。"),
    Need.BASIS: ("basis", "请写明依据。"),
    Need.RETURN_REASON: ("reason", "请选择退单原因。"),
    Need.SUSPEND_REASON: ("reason", "请选择挂账原因。"),
    Need.EXTEND_REASON: ("reason", "请选择延期原因。"),
    Need.EXPLAIN_REASON: ("reason", "请选择不能办理的原因。"),
    Need.KIND: ("kind", "请选择事项类别。"),
    Need.PRIORITY: ("priority", "请选择紧急程度。"),
    Need.PASS_OR_FAIL: ("outcome", "请选择复核结果。"),
    Need.FOLLOW_UP_OUTCOME: ("outcome", "请选择回访结果。"),
    Need.YES_OR_NO: ("outcome", "请选择同意或不同意。"),
    Need.APPROVAL: ("approval", "请选择要审批的申请。"),
    Need.RULE: ("rule", "请写延长多久。"),
    Need.OTHER_CASE: ("other", "请填合并到哪一张工单。"),
    Need.RATING: ("rating", "请选择满意程度。"),
}
OUTCOMES = {
    Need.PASS_OR_FAIL: ("pass", "fail"),
    Need.FOLLOW_UP_OUTCOME: ("satisfied", "dissatisfied", "unreachable"),
    Need.YES_OR_NO: ("yes", "no"),
}


def check_needs(row: Transition, act: Act) -> None:
    """Every field the row asks for is there; outcomes are known words; a return is signed."""
    for need in row.needs:
        if need is Need.SIGNATURE and not act.signed_by:
            raise t.NeedsSignature(field="signed_by")
        if need in MISSING and not getattr(act, MISSING[need][0]):
            raise BadInput(MISSING[need][1], field=MISSING[need][0])
        if need in OUTCOMES and act.outcome not in OUTCOMES[need]:
            raise BadInput(MISSING[need][1], field="outcome")
    if Need.RATING in row.needs and not 1 <= act.rating <= 5:
        raise BadInput(MISSING[Need.RATING][1], field="rating")
    if Need.PRIORITY in row.needs and act.priority not in (1, 2, 3, 4):
        raise BadInput(MISSING[Need.PRIORITY][1], field="priority")


def check_lead(name: str, kind: DepartmentKind, town_duty: str, kind_name: str) -> None:
    """Who may lead: a government department or a town, and a town only where the duty list lets it."""
    if not kind.may_lead:
        raise t.CannotLead(unit=name, field="lead")
    if kind is DepartmentKind.TOWN:
        check_town_duty(town_duty, kind_name, leading=True)


def check_town_duty(town_duty: str, kind_name: str, *, leading: bool) -> None:
    """履职清单: what was taken back goes to no town; a supporting duty lets a town support only."""
    if town_duty == "recalled":
        raise t.DutyRecalled(kind=kind_name, field="lead")
    if town_duty == "support" and leading:
        raise t.DutySupportsOnly(kind=kind_name, field="lead")


def check_return_in_time(now: datetime, limit_at: datetime, limit_words: str) -> None:
    if now > limit_at:
        raise t.ReturnTooLate(limit=limit_words)


def state_for_redo(case: Standing) -> State:
    """Where a case goes when it has to be done again: just before handling, in its lead's hands."""
    must = [verb for verb in case.stages if verb not in case.optional]
    before = must[: must.index(Verb.HANDLE)] if Verb.HANDLE in must else must[:1]
    return STAGE_STATE[before[-1]] if before else State.REPORTED


def number_of(prefix: str, reported_on: datetime, case_id: int) -> str:
    """``SY2026-1122-000417``: prefix, Beijing date, id. The date checks what was read out by phone."""
    return f"{prefix}{reported_on:%Y-%m%d}-{case_id:06d}"


def id_of_number(text: str) -> tuple[int, str] | None:
    """``(id, "YYYY-MMDD")`` of a case number however it was typed; None when it is none."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < 14 or len(digits) > 26:
        return None
    return int(digits[8:]), f"{digits[:4]}-{digits[4:8]}"
