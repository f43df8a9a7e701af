"""The stages: register, dispatch, take, check, handle, review, answer, follow up, close."""

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import DepartmentKind
from ketang.core.areas import api as areas
from ketang.core.cases import clocks, rules
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.models import Unit
from ketang.core.cases.types import BasisMissing, Part, PhotoMissing, Secrecy, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.files import api as files
from ketang.kernel.errors import BadInput

AREA_COLUMNS = ("district", "town", "village", "grid", "microgrid")


class UnknownUnit(BadInput):
    message = "没有这个单位，请从列表里选择。"


class UnknownKind(BadInput):
    message = "没有这个事项类别，请从列表里选择。"


def register(change: Change) -> None:
    change.set(registered_at=change.now)
    deadlines.stop("case", change.case.pk, [clocks.REGISTER], change.now)
    if change.act.kind:
        apply_kind(change, change.act.kind)
    place(change)


class UnknownArea(BadInput):
    message = "没有这个辖区，请从列表里选择。"


def place(change: Change) -> None:
    """Put a case that came in words where it belongs: whoever works there sees it from here on."""
    code = change.act.area
    if not code:
        return
    if not areas.exists(code):
        raise UnknownArea(field="area")
    change.set(**dict.fromkeys(AREA_COLUMNS, "") | areas.levels_of(code))
    change.note(area=code)


def apply_kind(change: Change, code: str) -> None:
    """Another kind means other clocks from the same start, other secrecy, other duties."""
    kind = change.book.kind(code)
    if kind is None:
        raise UnknownKind(field="kind")
    change.note(kind=code, kind_before=change.case.kind)
    change.set(kind=code, secrecy=kind.secrecy, priority=min(kind.priority, change.case.priority))
    if change.case.dispatched_at is None:
        change.set(profile=_profile_after(change))
    respond, resolve = clocks.rules_of(kind)
    deadlines.replace("case", change.case.pk, clocks.RESPOND, respond, change.now)
    due = deadlines.replace("case", change.case.pk, clocks.RESOLVE, resolve, change.now)
    clocks.set_due(change.case, due, resolve)
    keep_due(change)
    if Secrecy(kind.secrecy) is Secrecy.SEALED:
        _seal(change, kind.lead)


def _profile_after(change: Change) -> str:
    """Before anything was dispatched the case takes the way of its new kind."""
    chosen = change.book.ways.choose(change.kind, change.case.channel).code
    change.columns["_stages"] = change.book.stages(chosen, drawn=change.case.drawn)
    return chosen


def keep_due(change: Change) -> None:
    """Copy the case's due time from its clock into the columns that lists sort by."""
    case = change.case
    change.set(
        due_at=case.due_at,
        yellow_at=case.yellow_at,
        due_provisional=case.due_provisional,
        due_is_review=case.due_is_review,
    )


def _seal(change: Change, lead_code: str) -> None:
    """An accusation found at the desk: from here on only 纪检 sees it."""
    lead = accounts.department_by_code(lead_code)
    if lead:
        hand_over(change, lead.id, ())
        change.state = State.DISPATCHED


def dispatch(change: Change) -> None:
    act = change.act
    check_units(change, act.lead, act.supports)
    hand_over(change, act.lead, act.supports)
    change.set(responsible_party=act.responsible_party[:120], appointed=False)
    reason = act.routing_reason or f"{change.person.actor.label} 派单"
    change.set(routing_reason=reason[:200])
    change.note(why=reason, basis=act.basis, funding=act.funding, responsible_party=act.responsible_party)


def check_units(change: Change, lead_id: int, supports: tuple[int, ...]) -> None:
    """Who may lead and support: department kinds, the duty list, basis and funding for villages."""
    units = accounts.departments()
    if lead_id not in units:
        raise UnknownUnit(field="lead")
    lead, kind = units[lead_id], change.kind
    duty, name = (kind.duty.town, kind.name) if kind else ("basic", "")
    rules.check_lead(lead.name, DepartmentKind(lead.kind), duty, name)
    for support in supports:
        if support not in units:
            raise UnknownUnit(field="supports")
        if units[support].kind == DepartmentKind.TOWN:
            rules.check_town_duty(duty, name, leading=False)
        if units[support].kind == DepartmentKind.VILLAGE and not (change.act.basis and change.act.funding):
            raise BasisMissing(field="basis")


def hand_over(change: Change, lead_id: int, supports: tuple[int, ...]) -> None:
    """The old lead is responsible up to this moment, the new one from it; the case's clock runs on."""
    case, now = change.case, change.now
    deadlines.stop("case", case.pk, [clocks.REGISTER, clocks.APPOINT, clocks.LEAD, clocks.SUPPORT], now)
    Unit.objects.filter(case=case, ended_at=None).update(ended_at=now)
    supports = tuple(s for s in dict.fromkeys(supports) if s != lead_id)
    rows = [Unit(case=case, department_id=lead_id, part=Part.LEAD, since=now)]
    rows += [
        Unit(
            case=case,
            department_id=s,
            part=Part.SUPPORT,
            since=now,
            basis=change.act.basis[:200],
            funding=change.act.funding[:200],
        )
        for s in supports
    ]
    Unit.objects.bulk_create(rows)
    deadlines.start(
        "case",
        case.pk,
        clocks.for_units(case, change.kind, lead_id, supports, now),
        playbook=case.playbook,
        at=now,
    )
    change.set(lead_id=lead_id, dispatched_at=now, handler_id=None)
    change.unit = accounts.departments()[lead_id].name
    change.note(lead=lead_id, supports=list(supports), lead_before=case.lead_id)


def take(change: Change) -> None:
    _in_hand(change)
    Unit.objects.filter(case=change.case, part=Part.LEAD, ended_at=None).update(taken_at=change.now)


def _in_hand(change: Change) -> None:
    deadlines.stop("case", change.case.pk, [clocks.RESPOND], change.now)
    change.set(handler_id=change.person.actor.id or None)


def check_on_site(change: Change) -> None:
    deadlines.stop("case", change.case.pk, [clocks.RESPOND], change.now)


def handle(change: Change) -> None:
    kind = change.kind
    if kind and kind.photo == "required" and not has_photo(change):
        raise PhotoMissing(field="files")
    _in_hand(change)
    deadlines.stop("case", change.case.pk, [clocks.LEAD], change.now)
    change.set(handled_at=change.now)


def has_photo(change: Change) -> bool:
    """Given with this step, or already on the case from an earlier one."""
    if change.act.files:
        return True
    return any((f.step_seq or 0) > 1 and f.kind == "image" for f in files.of("case", change.case.pk))


def review(change: Change) -> None:
    """By someone other than the handler; on site for safety and the dissatisfied, else as the kind says."""
    kind = change.kind
    on_site = change.case.redone > 0 or bool(kind and kind.safety)
    change.note(outcome=change.act.outcome, by="site" if on_site else (kind.review.by if kind else "photo"))
    if change.act.outcome == "fail":
        do_again(change)


def do_again(change: Change) -> None:
    """Back into the lead's hands; the clock of an open case runs on, as clocks never restart."""
    change.state = rules.state_for_redo(change.standing)
    change.set(redone=change.case.redone + 1, handled_at=None, answered_at=None)


def answer(change: Change) -> None:
    """Tell the reporter. Outside the profile's order the state stays, the answer stands."""
    if rules.next_stage(change.standing) is not Verb.ANSWER or Verb.ANSWER not in change.standing.stages:
        change.state = change.standing.state
    change.public = True
    change.set(answered_at=change.now)


def follow_up(change: Change) -> None:
    change.note(outcome=change.act.outcome)
    if not change.standing.open:
        change.state = change.standing.state
        change.set(called_back=True)
        deadlines.stop("case", change.case.pk, [clocks.CALL_BACK], change.now)
    elif change.act.outcome == "dissatisfied":
        change.set(rating=change.standing.dissatisfied_at, called_back=True)


VERBS: dict[Verb, Effect] = {
    Verb.REGISTER: register,
    Verb.DISPATCH: dispatch,
    Verb.TAKE: take,
    Verb.CHECK: check_on_site,
    Verb.HANDLE: handle,
    Verb.REVIEW: review,
    Verb.ANSWER: answer,
    Verb.FOLLOW_UP: follow_up,
}
