"""Orders of the past by the thousand, beside the loop: no notices, no clocks, no escalation.

``draft`` makes one past order's rows with the same functions as a report; ``prepare`` turns many drafts
into tuples; ``write`` puts them in with one transaction, an audit row for each order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import Model

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person
from ketang.core.audit import actions as audit
from ketang.core.audit.types import Record
from ketang.core.cases import clocks
from ketang.core.cases.actions import loading
from ketang.core.cases.actions.loading import Prepared, Shape
from ketang.core.cases.actions.report import report
from ketang.core.cases.actions.rows import case_values, party_values, step_row, step_values
from ketang.core.cases.book import LoopBook
from ketang.core.cases.models import Case, Party, Step, Unit, UpstreamOrder
from ketang.core.cases.types import CaseRef, ContactMissing, NewCase, Part, Secrecy, State, Verb
from ketang.core.sealed import seal, unseal
from ketang.kernel.actor import Actor

ROW = "cases.UpstreamOrder.row_sealed"


@dataclass(frozen=True, slots=True)
class PastOrder:
    """What a source tells of one order. ``row`` is the row as it came, ``row_hash`` a keyed hash of it;
    ``lead`` is the department's id (0: the source's unit is none of ours); ``run`` names the import."""

    new: NewCase
    mapping: str = ""
    row: str = ""
    row_hash: str = ""
    closed: bool = True
    closed_at: datetime | None = None
    answer: str = ""
    overdue: bool = False
    lead: int = 0
    run: int = 0
    profile: str = ""


# A row is a bag of columns with the names of its model: 1 µs instead of the 40 µs of a model instance.
Row = Any


@dataclass(slots=True)
class PastCase:
    """A past order's rows, still without an id; ``children`` as (model, row)."""

    case: Row
    children: list[tuple[type[Model], Row]] = field(default_factory=list)

    def add(self, model: type[Model], **values: Any) -> None:
        self.children.append((model, row(model, values)))


@cache
def defaults(model: type[Model]) -> dict[str, Any]:
    return {f.attname: f.get_default() for f in model._meta.concrete_fields}


def row(model: type[Model], values: dict[str, Any]) -> Row:
    return SimpleNamespace(**{**defaults(model), **values})


def draft(order: PastOrder, book: LoopBook, actor: Actor, now: datetime) -> PastCase:
    """Rows of one order; touches no database. Raises BadInput with the field.

    What is past is not refused for a missing contact, so the kind is put on afterwards.
    """
    case = row(Case, case_values(order.new, None, book, now))
    _put_kind(case, order, book)
    case.import_batch = order.run or None
    past = PastCase(case)
    case.version = 1
    past.add(Step, **step_values(1, Verb.REPORT, State.REPORTED, actor, case.reported_at))
    _put_lead(past, order, book)
    if order.closed:
        _let_go(past, order, actor)
    if party := party_values(order.new.contact):
        past.add(Party, **party)
    if order.row:
        past.add(UpstreamOrder, **upstream_values(order))
    return past


def upstream_values(order: PastOrder) -> dict[str, Any]:
    return {"mapping": order.mapping, "row_sealed": seal(ROW, order.row), "row_hash": order.row_hash}


def _put_kind(case: Row, order: PastOrder, book: LoopBook) -> None:
    kind = book.kind(order.new.kind)
    if kind is not None:
        case.kind, case.priority, case.secrecy = kind.code, kind.priority, kind.secrecy
        case.profile = book.ways.choose(kind, order.new.channel).code
    case.profile = order.profile if order.profile in book.ways.by_code else case.profile
    clocks.resolve_clock(case, kind)  # for the due time alone: history starts no clocks


def _put_lead(past: PastCase, order: PastOrder, book: LoopBook) -> None:
    case, lead = past.case, order.lead
    if case.secrecy == Secrecy.SEALED:  # an accusation goes to 纪检, whoever the source sent it to
        kind = book.kind(case.kind)
        unit = accounts.department_by_code(kind.lead) if kind else None
        lead = unit.id if unit else 0
    if not lead:
        return
    case.lead_id = lead
    ended = (order.closed_at or case.reported_at) if order.closed else None
    past.add(Unit, department_id=lead, part=Part.LEAD, since=case.reported_at, ended_at=ended)
    if not order.closed:
        case.state, case.dispatched_at = State.DISPATCHED, case.reported_at


def _let_go(past: PastCase, order: PastOrder, actor: Actor) -> None:
    """Closed as the source says; a time it does not give stays empty rather than made up."""
    case, at = past.case, order.closed_at or past.case.reported_at
    if order.answer:
        case.answered_at = order.closed_at
        _next(past, Verb.ANSWER, State.ANSWERED, actor, at, text=order.answer, public=True)
    facts: dict[str, Any] = {"overdue": True} if order.overdue else {}
    if order.closed_at is None:
        facts["time_unknown"] = True
    _next(past, Verb.CLOSE, State.CLOSED, actor, at, facts=facts)
    case.state, case.open, case.closed_at = State.CLOSED, False, order.closed_at


def _next(past: PastCase, verb: Verb, state: State, actor: Actor, at: datetime, **more: Any) -> None:
    past.case.version += 1
    past.add(Step, **step_values(past.case.version, verb, state, actor, at, **more))


# ---- tuples


@cache
def shapes() -> dict[type[Model], Shape]:
    children: tuple[type[Model], ...] = (Party, Step, Unit, UpstreamOrder)
    return {Case: loading.shape_of(Case, keyed=True)} | {model: loading.shape_of(model) for model in children}


def prepare(past: Sequence[PastCase], actor: Actor, now: datetime) -> list[Prepared]:
    """Everything of many cases as tuples, tables in the order in which keys allow writing them. Takes
    ids, and writes nothing else: call it before the transaction that writes."""
    rows: dict[type[Model], list[Row]] = {model: [] for model in shapes()}
    records = []
    for each, case_id in zip(past, loading.reserve_ids(Case, len(past)), strict=True):
        each.case.id = case_id
        rows[Case].append(each.case)
        for model, child in each.children:
            child.case_id = case_id
            rows[model].append(child)
        detail = {"run": each.case.import_batch or 0, "open": each.case.open}
        records.append(Record(actor, "case.import", f"case:{case_id}", detail, now))
    return [*(shape.prepare(rows[model]) for model, shape in shapes().items()), audit_rows(records)]


AUDIT_TYPES = ("varchar", "timestamptz", "varchar", "int8", *["varchar"] * 4, "text", *["varchar"] * 2)


def audit_rows(records: Iterable[Record]) -> Prepared:
    return Prepared(
        audit.TABLE, audit.COLUMNS, AUDIT_TYPES, [tuple(audit.values(record)) for record in records]
    )


def write(prepared: Sequence[Prepared]) -> None:
    """All tables in the caller's transaction."""
    for each in prepared:
        loading.write(each)
    audit.wrote = True


def report_order(order: PastOrder, person: Person, now: datetime) -> CaseRef:
    """An order that is to be done now: a report like any other, with its upstream row kept.

    A matter that would need a contact and has none comes in unsorted, for the desk to decide.
    """
    new = replace(order.new, suggested_lead=order.lead)
    try:
        ref = report(new, person, now)
    except ContactMissing:
        ref = report(replace(new, kind=""), person, now)
    UpstreamOrder.objects.create(case_id=ref.id, **upstream_values(order))
    Case.objects.filter(pk=ref.id).update(import_batch=order.run or None)
    return ref


# ---- the same order again, with other content

CONTENT = (
    "title",
    "body",
    "body_secrets",
    "spot_sealed",
    "lon",
    "lat",
    "source_kind",
    "source_department",
    "upstream_due",
)
SHOWN = ("source_kind", "source_department")


def update(case_id: int, order: PastOrder, book: LoopBook, actor: Actor, now: datetime) -> None:
    """Put the new content on a case and keep the earlier one as a step, in one transaction.

    A case that people are working on keeps its kind, lead, state and due time: those are theirs.
    """
    fresh = draft(order, book, actor, now)
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.anonymised_at:
            return  # what was removed by rule does not come back with a later delivery
        case.version += 1
        _keep_earlier(case, order, actor, now).save(force_insert=True)
        for name in CONTENT:
            setattr(case, name, getattr(fresh.case, name))
        if not case.open or not case.kind:
            case.kind = fresh.case.kind or case.kind
        case.save()
        if order.row:
            UpstreamOrder.objects.update_or_create(case=case, defaults=upstream_values(order))
        detail = {"run": order.run, "seq": case.version}
        audit.record_many([Record(actor, "case.update", f"case:{case_id}", detail, now)])


def _keep_earlier(case: Case, order: PastOrder, actor: Actor, now: datetime) -> Step:
    earlier = UpstreamOrder.objects.filter(case=case).values_list("row_hash", flat=True).first() or ""
    facts = {"run": order.run, "row_hash": earlier, **{name: getattr(case, name) for name in SHOWN}}
    secrets = unseal("cases.Case.body_secrets", case.body_secrets)
    step = step_row(case, Verb.UPDATE, State(case.state), actor, now, facts=facts)
    step.text, step.text_secrets = case.body, seal("cases.Step.text_secrets", secrets)
    return step


def known(system: str, numbers: Sequence[str]) -> dict[str, tuple[int, set[str]]]:
    """Number → (case id, hashes of every content it has had) for orders that are here already."""
    rows = Case.objects.filter(source_system=system, source_number__in=numbers)
    found = {
        number: (case_id, {row_hash})
        for number, case_id, row_hash in rows.values_list("source_number", "id", "upstream__row_hash")
    }
    by_id = dict(found.values())
    steps = Step.objects.filter(case_id__in=by_id, seq__gt=1, verb=Verb.UPDATE)
    for case_id, facts in steps.values_list("case_id", "facts"):
        by_id[case_id].add(facts.get("row_hash"))
    return found
