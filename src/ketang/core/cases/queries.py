"""Reads of the loop. Every one goes through the one scope of ``accounts``."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Branch, Person, Scope
from ketang.core.cases.book import LoopBook
from ketang.core.cases.models import Case, Step, Unit
from ketang.core.cases.rules import Standing, id_of_number
from ketang.core.cases.types import CaseGone, Part, State
from ketang.core.sealed import unseal
from ketang.kernel.clock import local

PAGE = 50
LARGEST_ID = 2**62
OPEN_BRANCH = Q(open=True)


def supported_by(department_id: int) -> Q:
    """Cases in which a department still supports; served by ``unit_open``."""
    rows = Unit.objects.filter(department_id=department_id, part=Part.SUPPORT, ended_at=None)
    return Q(pk__in=rows.values("case_id"))


def case_for(person: Person, case_id: int, now: datetime, *, holds_receipt: bool = False) -> Case:
    """The case if this person may see it, else CaseGone. Whoever holds the receipt is the reporter; the
    system sees all."""
    rows = Case.objects.select_related("lead")
    if not holds_receipt and person.actor.kind != "system":
        rows = accounts.visible(rows, accounts.scope_of(person, now=now))
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise CaseGone
    return case


def case_by_number(person: Person, number: str, now: datetime) -> Case:
    """The case with this number, if this person may see it; a date that does not fit finds nothing."""
    parsed = id_of_number(number)
    if parsed is None or parsed[0] > LARGEST_ID:
        raise CaseGone
    case = case_for(person, parsed[0], now)
    if f"{local(case.reported_at):%Y-%m%d}" != parsed[1]:
        raise CaseGone
    return case


def find(person: Person, text: str, now: datetime) -> Case | None:
    """By number, else by the upstream's number; within the scope."""
    try:
        return case_by_number(person, text, now)
    except CaseGone:
        rows = accounts.visible(Case.objects.filter(source_number=text), accounts.scope_of(person, now=now))
        return rows.first()


def case_by_receipt(receipt: str) -> Case:
    case = Case.objects.select_related("lead").filter(receipt=receipt.strip().upper()).first()
    if case is None:
        raise CaseGone
    return case


def standing_of(case: Case, book: LoopBook, supports: Iterable[int] | None = None) -> Standing:
    """What the rules need; one query for the supporting units unless they are given."""
    if supports is None:
        units = Unit.objects.filter(case=case, part=Part.SUPPORT, ended_at=None)
        supports = units.values_list("department_id", flat=True)
    return Standing(
        state=State(case.state),
        open=case.open,
        suspended=case.suspended,
        stages=book.stages(case.profile, drawn=case.drawn),
        optional=book.optional(case.profile, case.kind),
        done_by=book.done_by(case.profile),
        area=deepest(case),
        kind=case.kind,
        secrecy=case.secrecy,
        lead_id=case.lead_id or 0,
        support_ids=frozenset(supports),
        handler_id=case.handler_id or 0,
        reporter_id=case.reporter_id or 0,
        finder_id=case.finder_id or 0,
        reachable=case.reachable,
        answered=case.answered_at is not None,
        handled=case.handled_at is not None,
        returns=case.returns,
        appointed=case.appointed,
        may_exit=book.may_exit(case.kind),
        rating=case.rating,
        called_back=case.called_back,
        dissatisfied_at=book.reasons.after.dissatisfied_at,
    )


def deepest(case: Case) -> str:
    return str(case.microgrid or case.grid or case.village or case.town or case.district)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the work list is narrowed by; kept in the URL. ``view`` is one of VIEWS."""

    view: str = "all"
    kind: str = ""
    state: str = ""
    channel: str = ""
    priority: int = 0
    town: str = ""


VIEWS: dict[str, Q] = {
    "all": Q(),
    "new": Q(state__in=(State.REPORTED, State.REGISTERED)),
    "returned": Q(state=State.RETURNED),
    "review": Q(state=State.HANDLED),
    "suspended": Q(suspended=True),
    "escalated": Q(escalation__gt=0),
    "unsorted": Q(kind=""),
}
Cursor = tuple[datetime, int]
ROW_COLUMNS = (
    "id",
    "kind",
    "profile",
    "state",
    "suspended",
    "title",
    "channel",
    "priority",
    "secrecy",
    "district",
    "town",
    "village",
    "grid",
    "microgrid",
    "open",
    "lead_id",
    "suggested_lead_id",
    "responsible_party",
    "returns",
    "escalation",
    "routing_reason",
    "reported_at",
    "due_at",
    "yellow_at",
    "due_is_review",
    "due_provisional",
    "source_system",
    "handler_id",
)


def work_list(scope: Scope, filters: Filters, after: Cursor | None = None, size: int = PAGE) -> list[Case]:
    """Open cases by due time, ``size + 1`` rows at most (the extra one says there is a next page).

    One indexed read per branch of the scope, merged: an OR over branches would lose the index.
    """
    found: dict[int, Case] = {}
    for branch in branches_for(scope, filters):
        rows = narrowed(Case.objects.filter(open=True), scope, branch, filters)
        if after:
            rows = rows.filter(
                Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]), due_at__gte=after[0]
            )
        found |= {case.pk: case for case in rows.only(*ROW_COLUMNS).order_by("due_at", "id")[: size + 1]}
    return sorted(found.values(), key=lambda case: (case.due_at, case.pk))[: size + 1]


def branches_for(scope: Scope, filters: Filters) -> tuple[Branch, ...]:
    if filters.view == "support":
        return tuple(branch for branch in scope.branches if branch.column == "support")
    return scope.branches


def narrowed(rows: QuerySet[Case], scope: Scope, branch: Branch, filters: Filters) -> QuerySet[Case]:
    rows = accounts.narrow(rows, branch, scope).filter(VIEWS.get(filters.view, Q()))
    exact: dict[str, Any] = {
        "state": filters.state,
        "channel": filters.channel,
        "priority": filters.priority,
        "town": filters.town,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if not filters.kind:
        return rows
    if len(filters.kind) >= 5:
        return rows.filter(kind=filters.kind)
    return rows.filter(kind__gte=filters.kind, kind__lt=filters.kind + "\uffff")


COUNT_LIMIT = 200  # every row counted is visited, for its secrecy


def count_up_to(scope: Scope, filters: Filters, limit: int = COUNT_LIMIT) -> int:
    """How many, counted no further than ``limit``: a list may be of any length."""
    ids: set[int] = set()
    for branch in branches_for(scope, filters):
        rows = narrowed(Case.objects.filter(open=True), scope, branch, filters)
        ids |= set(rows.values_list("id", flat=True)[: limit + 1])
    return min(len(ids), limit + 1)


def steps_of(case: Case, since: int = 0) -> list[Step]:
    return list(Step.objects.filter(case=case, seq__gt=since).order_by("seq"))


def in_clear(text: str, secrets: str, about: str) -> str:
    """The text with what was taken out put back; only for somebody whose reveal was recorded."""
    for placeholder, value in json.loads(unseal(about, secrets) or "{}").items():
        text = text.replace(placeholder, value)
    return text
