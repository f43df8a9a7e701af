"""Report: something raised becomes a case with an owner, a due time and a next step, in one transaction."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person
from ketang.core.audit import api as audit
from ketang.core.cases import book as books
from ketang.core.cases import clocks
from ketang.core.cases.actions.rows import Draft, case_row, party_row, step_row
from ketang.core.cases.book import LoopBook
from ketang.core.cases.events import EVENT_OF
from ketang.core.cases.models import Case, Party, Step, Unit
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.playbook import Kind
from ketang.core.cases.rules import DESK_ROLES, FIELD_ROLES
from ketang.core.cases.types import CaseRef, Channel, NewCase, Part, Secrecy, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.files import api as files
from ketang.core.outbox import api as outbox
from ketang.kernel.actor import SYSTEM, Actor

ENTERED_AT_THE_DESK = frozenset({Channel.WINDOW, Channel.PHONE, Channel.HOTLINE, Channel.PROVINCE})


def report(new: NewCase, person: Person, now: datetime) -> CaseRef:
    """Make a case of ``new``; the same ``request_key`` twice returns the first case (``created=False``).

    Raises BadInput (with the field) and ContactMissing. Six to eight statements.
    """
    draft = prepare(new, person, books.current(), now)
    try:
        with transaction.atomic():
            return save(draft, person.actor, now)
    except IntegrityError:
        known = known_case(new)
        if known is None:
            raise
        return known


def prepare(new: NewCase, person: Person, book: LoopBook, now: datetime) -> Draft:
    """Everything decided and sealed before the transaction opens: SQLite has one writer."""
    kind = book.kind(new.kind)
    case = case_row(new, kind, book, now)
    if person.actor.kind == "staff" and person.has(*FIELD_ROLES):
        case.finder_id = person.actor.id
    draft = Draft(case, files=new.files)
    for contact, part in ((new.contact, "reporter"), (new.on_behalf_of, "behalf_of")):
        party = party_row(contact, part) if contact else None
        if party:
            draft.parties.append(party)
    draft.steps.append(_first_step(new, case, person, now))
    draft.clocks = clocks.for_report(case, kind, now)
    _go_on_by_itself(draft, new, kind, person, now)
    return draft


def _first_step(new: NewCase, case: Case, person: Person, now: datetime) -> Step:
    case.version = 1
    facts: dict[str, Any] = {"files": list(new.files)} if new.files else {}
    if new.willing_to_mediate is not None:
        facts["willing_to_mediate"] = new.willing_to_mediate
    return step_row(case, Verb.REPORT, State.REPORTED, person.actor, new.reported_at or now, facts=facts)


def _go_on_by_itself(draft: Draft, new: NewCase, kind: Kind | None, person: Person, now: datetime) -> None:
    """What needs nobody's decision: an accusation goes to 纪检 alone; what the desk types is registered;
    what the routing table may dispatch is dispatched."""
    case = draft.case
    if kind and case.secrecy == Secrecy.SEALED:
        lead = accounts.department_by_code(kind.lead)
        _register(draft, SYSTEM, now)
        _dispatch(draft, kind, lead.id if lead else 0, (), SYSTEM, now, "检举控告：入口密封，只交纪检监察")
        return
    if kind is None:
        return
    if new.channel in ENTERED_AT_THE_DESK and (person.has(*DESK_ROLES) or person.actor.kind == "system"):
        _register(draft, person.actor, now)
    if new.auto_dispatch and new.suggested_lead and case.secrecy != Secrecy.DUTY:
        if case.state == State.REPORTED and Verb.REGISTER in books.current().stages(case.profile):
            _register(draft, SYSTEM, now)
        _dispatch(draft, kind, new.suggested_lead, new.suggested_supports, SYSTEM, now, new.routing_reason)


def _register(draft: Draft, actor: Actor, now: datetime) -> None:
    case = draft.case
    case.version += 1
    case.state, case.registered_at = State.REGISTERED, now
    draft.steps.append(step_row(case, Verb.REGISTER, State.REGISTERED, actor, now))
    draft.clocks = [clock for clock in draft.clocks if clock.name != clocks.REGISTER]


def _dispatch(
    draft: Draft, kind: Kind, lead: int, supports: tuple[int, ...], actor: Actor, now: datetime, reason: str
) -> None:
    case = draft.case
    if not lead:
        return
    case.version += 1
    case.state, case.dispatched_at, case.lead_id = State.DISPATCHED, now, lead
    case.routing_reason = reason[:200]
    name = accounts.departments()[lead].name
    facts = {"lead": lead, "supports": list(supports), "why": reason}
    draft.steps.append(step_row(case, Verb.DISPATCH, State.DISPATCHED, actor, now, unit=name, facts=facts))
    draft.units += [Unit(department_id=lead, part=Part.LEAD, since=now)]
    draft.units += [Unit(department_id=s, part=Part.SUPPORT, since=now) for s in supports]
    draft.clocks = [c for c in draft.clocks if c.name != clocks.REGISTER]
    draft.clocks += clocks.for_units(case, kind, lead, supports, now)


def save(draft: Draft, actor: Actor, now: datetime) -> CaseRef:
    """Write a draft inside the caller's transaction: rows, clocks, files, audit, outbox."""
    case = draft.case
    case.save(force_insert=True)
    rows: list[Any] = [*draft.parties, *draft.steps, *draft.units]
    for row in rows:
        row.case = case
    _insert(Party, draft.parties)
    _insert(Step, draft.steps)
    _insert(Unit, draft.units)
    deadlines.start("case", case.pk, draft.clocks, playbook=case.playbook, at=now)
    if draft.files:
        files.attach(draft.files, "case", case.pk, 1, now)
    number = number_of_case(case)
    audit.record(actor, "case.report", f"case:{case.pk}", {"number": number, "channel": case.channel}, at=now)
    outbox.publish(*events_of(case, draft.steps))
    return CaseRef(case.pk, number, case.receipt)


def _insert(model: type[Party] | type[Step] | type[Unit], rows: list) -> None:  # type: ignore[type-arg]
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    elif rows:
        model.objects.bulk_create(rows)


def events_of(case: Case, steps: list[Step]) -> list[object]:
    return [
        EVENT_OF[Verb(step.verb)](case.pk, step.seq, step.verb, step.state, case.district, case.secrecy)
        for step in steps
    ]


def known_case(new: NewCase) -> CaseRef | None:
    """The case that this request, or this upstream order, made before."""
    rows = Case.objects.only("id", "reported_at", "receipt")
    found = None
    if new.request_key:
        found = rows.filter(request_key=new.request_key).first()
    if found is None and new.source_number:
        found = rows.filter(source_system=new.source_system, source_number=new.source_number).first()
    return CaseRef(found.pk, number_of_case(found), found.receipt, created=False) if found else None
