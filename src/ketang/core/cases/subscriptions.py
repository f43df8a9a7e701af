"""What follows a step or a clock: notices to people and units, escalation, followers, restated due times."""

from ketang.core.accounts.types import Person
from ketang.core.cases import notify, texting  # noqa: F401 - texting registers its job
from ketang.core.cases.actions import retiring
from ketang.core.cases.actions.act import act
from ketang.core.cases.actions.clockwork import COMES_UP, restate, suspended_by
from ketang.core.cases.clocks import RESOLVE, SUBJECT
from ketang.core.cases.events import (
    CaseAnswered,
    CaseChanged,
    CaseClosed,
    CaseDispatched,
    CaseEvent,
    CaseHandled,
    CasePressed,
    CaseRated,
    CaseRegistered,
    CaseReported,
    CaseReturned,
)
from ketang.core.cases.models import Case
from ketang.core.cases.types import Act, Verb
from ketang.core.deadlines.events import DeadlineNear, DeadlinePassed, DueRestated
from ketang.core.outbox.api import every, handles, job, schedule
from ketang.core.outbox.types import Payload
from ketang.kernel import clock
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import KetangError

THE_SYSTEM = Person(SYSTEM)
BATCH = 100
ESCALATES = {
    "resolve": "办结时限已过，按规则升级。",
    "respond": "首次响应时限已过，按规则升级。",
    "register": "受理时限已过，仍无人受理，按规则升级。",
    "appoint": "指定主办时限已过，按规则升级。",
}


def _tell(happened: CaseEvent) -> None:
    notify.of_step(happened.case_id, happened.seq, clock.now())


for _event in (
    CaseReported,
    CaseRegistered,
    CaseDispatched,
    CaseReturned,
    CaseHandled,
    CaseRated,
    CasePressed,
    CaseChanged,
    CaseClosed,
):
    handles(_event)(_tell)


@handles(CaseAnswered)
def answered(happened: CaseAnswered) -> None:
    """The reporter, and everybody whose report was merged into this one, hears the answer."""
    _tell(happened)
    notify.followers(happened.case_id, happened.seq, clock.now())


@handles(DeadlineNear)
def near(happened: DeadlineNear) -> None:
    if happened.subject_kind == SUBJECT and not happened.overtaken:
        notify.of_clock(happened, "near", clock.now())


@handles(DeadlinePassed)
def passed(happened: DeadlinePassed) -> None:
    """Overdue and unassigned cases climb: town centre, dispatcher, supervisor."""
    if happened.subject_kind != SUBJECT:
        return
    now = clock.now()
    notify.of_clock(happened, "passed", now)
    case = Case.objects.only("open", "due_is_review").filter(pk=happened.subject_id).first()
    if case is None or not case.open or happened.name not in ESCALATES:
        return
    if happened.name == RESOLVE and case.due_is_review:
        return
    form = Act(
        text=ESCALATES[happened.name],
        request_key=f"deadline:{happened.deadline_id}:{happened.due_at:%Y%m%d%H%M}",
    )
    try:
        act(happened.subject_id, Verb.ESCALATE, form, THE_SYSTEM, now)
    except KetangError:
        return  # closed in the meantime: there is nobody to press any more


@handles(DueRestated)
def restated(happened: DueRestated) -> None:
    if happened.subject_kind == SUBJECT and happened.name == RESOLVE:
        restate(happened, clock.now())


@job(COMES_UP)
def comes_up(payload: Payload) -> None:
    """A suspended case does not sleep for ever: its clock goes on, and lead and dispatcher are told."""
    case, approval = int(payload["case"]), int(payload["approval"])
    if suspended_by(case) == approval:
        form = Act(text="挂账期满，恢复计时。", request_key=f"{COMES_UP}:{approval}")
        act(case, Verb.RESUME, form, THE_SYSTEM, clock.now())


@every("cases.retention", seconds=86_400)
def retention_daily() -> None:
    """Starts a day's round; rounds go on as jobs, so that a stopped worker loses at most one batch."""
    now = clock.now()
    schedule("cases.retention", {"after": 0}, key=f"retention:{now:%Y%m%d}:0", at=now)


@job("cases.retention", external=True)
def retention_batch(payload: Payload, key: str) -> None:
    """External: each case is a transaction of its own, and files leave the disk after it."""
    now = clock.now()
    _, after = retiring.run(now, after=payload["after"], most=BATCH)
    if after:
        day = key.split(":")[1]
        schedule("cases.retention", {"after": after}, key=f"retention:{day}:{after}", at=now)
    else:
        retiring.forget_accounts(now, BATCH)
