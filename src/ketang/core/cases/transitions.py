"""The transition table of the loop: who may do which verb, from where, to where, and what it asks for.

This table is the only place that knows. The profile in the playbook orders the stages of a kind; a verb
with ``to`` and ``after=None`` is a stage and is allowed when it is the profile's next one. Everything
else is a side verb with explicit ``after`` states. Read as rows; documented in docs/guide/loop.md.
"""

from dataclasses import dataclass

from ketang.core.cases.types import Need as N  # noqa: N817 - the table is read as a table
from ketang.core.cases.types import State as S  # noqa: N817
from ketang.core.cases.types import Verb as V  # noqa: N817
from ketang.core.cases.types import Who as W  # noqa: N817


@dataclass(frozen=True, slots=True)
class Transition:
    """``after``: None = where the profile says; ``open_only``: also refused once the loop let go."""

    verb: V
    after: frozenset[S] | None
    to: S | None
    who: frozenset[W]
    needs: tuple[N, ...]
    label: str
    open_only: bool = True
    while_suspended: bool = False


IN_HAND = frozenset({S.DISPATCHED, S.TAKEN, S.CHECKED})
ANY_OPEN = frozenset(S) - {S.MERGED, S.REFERRED}
BEFORE_HANDLED = frozenset({S.REPORTED, S.REGISTERED, S.DISPATCHED, S.RETURNED, S.TAKEN, S.CHECKED})
AFTER_HANDLED = frozenset({S.HANDLED, S.REVIEWED, S.ANSWERED, S.FOLLOWED_UP, S.CLOSED})
DESK, LEAD = frozenset({W.DESK, W.DISPATCHER}), frozenset({W.LEAD})
DISPATCHER, SUPERVISOR = frozenset({W.DISPATCHER}), frozenset({W.SUPERVISOR})
CENTRE = frozenset({W.DISPATCHER, W.SUPERVISOR})


def _row(
    verb: V,
    after: frozenset[S] | None,
    to: S | None,
    who: frozenset[W],
    *needs: N,
    label: str,
    open_only: bool = True,
    while_suspended: bool = False,
) -> Transition:
    return Transition(verb, after, to, who, needs, label, open_only, while_suspended)


TABLE: dict[V, Transition] = {
    row.verb: row
    for row in (
        # stages: the profile says when
        _row(
            V.REGISTER,
            None,
            S.REGISTERED,
            DESK,
            N.KIND_OPTIONAL,
            N.AREA_OPTIONAL,
            N.TEXT_OPTIONAL,
            label="受理",
        ),
        _row(
            V.DISPATCH,
            None,
            S.DISPATCHED,
            DESK,
            N.LEAD,
            N.SUPPORTS_OPTIONAL,
            N.RESPONSIBLE_OPTIONAL,
            N.BASIS_OPTIONAL,
            N.FUNDING_OPTIONAL,
            N.TEXT_OPTIONAL,
            label="派单",
        ),
        _row(V.TAKE, None, S.TAKEN, LEAD, N.TEXT_OPTIONAL, label="签收"),
        _row(V.CHECK, None, S.CHECKED, LEAD | DESK | {W.FINDER}, N.TEXT, N.FILES_OPTIONAL, label="现场核查"),
        _row(V.HANDLE, None, S.HANDLED, LEAD | {W.FINDER}, N.TEXT, N.FILES_OPTIONAL, label="办理完成"),
        _row(
            V.REVIEW,
            None,
            S.REVIEWED,
            frozenset({W.REVIEWER}),
            N.PASS_OR_FAIL,
            N.TEXT,
            N.FILES_OPTIONAL,
            label="复核",
        ),
        _row(V.ANSWER, None, S.ANSWERED, LEAD | DESK, N.TEXT, label="答复"),
        _row(
            V.FOLLOW_UP, None, S.FOLLOWED_UP, DESK, N.FOLLOW_UP_OUTCOME, N.TEXT, label="回访", open_only=False
        ),
        _row(V.CLOSE, None, S.CLOSED, DESK | {W.FINDER}, N.TEXT_OPTIONAL, label="办结"),
        # returns and arbitration
        _row(
            V.RETURN,
            frozenset({S.DISPATCHED}),
            S.RETURNED,
            LEAD,
            N.RETURN_REASON,
            N.BASIS,
            N.SIGNATURE,
            N.CONSENT_OPTIONAL,
            N.TEXT_OPTIONAL,
            label="退单",
        ),
        _row(
            V.APPOINT,
            frozenset({S.RETURNED, S.REGISTERED, S.DISPATCHED}),
            S.DISPATCHED,
            DISPATCHER,
            N.LEAD,
            N.SUPPORTS_OPTIONAL,
            N.BASIS,
            N.FUNDING_OPTIONAL,
            label="指定主办",
        ),
        _row(V.REDO, AFTER_HANDLED, None, CENTRE, N.TEXT, label="退回重办", open_only=False),
        _row(
            V.EXPLAIN,
            IN_HAND | AFTER_HANDLED,
            None,
            LEAD | DISPATCHER,
            N.EXPLAIN_REASON,
            N.TEXT,
            label="申请依法说明",
            open_only=False,
        ),
        # pressure
        _row(V.URGE, IN_HAND | {S.RETURNED}, None, DISPATCHER, N.TEXT, label="催办", while_suspended=True),
        _row(
            V.SUPERVISE,
            ANY_OPEN,
            None,
            SUPERVISOR,
            N.TEXT,
            N.BASIS_OPTIONAL,
            label="督办",
            while_suspended=True,
        ),
        _row(
            V.ESCALATE,
            ANY_OPEN,
            None,
            DESK | {W.SUPERVISOR, W.SYSTEM},
            N.TEXT,
            label="升级",
            while_suspended=True,
        ),
        _row(V.PRIORITISE, ANY_OPEN, None, CENTRE, N.PRIORITY, N.TEXT, label="调整紧急程度"),
        # time
        _row(
            V.EXTEND,
            IN_HAND,
            None,
            LEAD,
            N.RULE,
            N.EXTEND_REASON,
            N.TEXT,
            N.CONSENT_OPTIONAL,
            label="申请延期",
        ),
        _row(V.SUSPEND, IN_HAND, None, LEAD, N.SUSPEND_REASON, N.TEXT, N.CONSENT_OPTIONAL, label="申请挂账"),
        _row(
            V.DECIDE,
            ANY_OPEN,
            None,
            CENTRE,
            N.APPROVAL,
            N.YES_OR_NO,
            N.TEXT_OPTIONAL,
            label="审批",
            open_only=False,
            while_suspended=True,
        ),
        _row(
            V.RESUME,
            ANY_OPEN,
            None,
            LEAD | CENTRE | {W.SYSTEM},
            N.TEXT,
            label="恢复计时",
            while_suspended=True,
        ),
        # order among cases
        _row(
            V.MERGE,
            BEFORE_HANDLED,
            S.MERGED,
            DESK,
            N.OTHER_CASE,
            N.TEXT,
            label="合并到",
            while_suspended=True,
        ),
        _row(V.SPLIT, BEFORE_HANDLED, None, DESK, N.KIND, N.TEXT, label="拆出一件"),
        _row(
            V.RECLASSIFY, BEFORE_HANDLED, None, DESK, N.KIND, N.AREA_OPTIONAL, N.TEXT_OPTIONAL, label="改类别"
        ),
        _row(V.REFER, BEFORE_HANDLED, S.REFERRED, DESK | LEAD, N.BASIS, N.TEXT, label="导出并告知"),
        # everybody's
        _row(
            V.SUPPORT_DONE, ANY_OPEN, None, frozenset({W.SUPPORT}), N.TEXT, N.FILES_OPTIONAL, label="协办完成"
        ),
        _row(
            V.NOTE,
            ANY_OPEN,
            None,
            frozenset({W.STAFF, W.REPORTER}),
            N.TEXT,
            N.FILES_OPTIONAL,
            label="补充说明",
            open_only=False,
            while_suspended=True,
        ),
        _row(V.FOLLOW, ANY_OPEN, None, frozenset({W.STAFF, W.REPORTER}), label="关注", while_suspended=True),
        _row(
            V.RATE,
            frozenset({S.ANSWERED, S.FOLLOWED_UP, S.CLOSED}),
            None,
            frozenset({W.REPORTER}),
            N.RATING,
            N.TEXT_OPTIONAL,
            label="评价",
            open_only=False,
        ),
        _row(
            V.UPDATE,
            frozenset(S),
            None,
            frozenset({W.SYSTEM}),
            N.TEXT_OPTIONAL,
            label="上级来文更新",
            open_only=False,
            while_suspended=True,
        ),
    )
}

STAGE_STATE: dict[V, S] = {
    V.REPORT: S.REPORTED,
    **{verb: row.to for verb, row in TABLE.items() if row.after is None and row.to is not None},
}
STATE_STAGE: dict[S, V] = {state: verb for verb, state in STAGE_STATE.items()}
