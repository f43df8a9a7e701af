"""Answers for the source an order came from: the row as it was sent, and what became of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person
from ketang.core.cases.book import LoopBook, current
from ketang.core.cases.models import Case, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.transitions import STATE_STAGE
from ketang.core.cases.types import State, Verb
from ketang.core.sealed import unseal
from ketang.kernel.text import put_back

PAGE = 500


@dataclass(frozen=True, slots=True)
class UpstreamAnswer:
    """``row`` is the source's own row (JSON pairs); times are None while it has not come so far."""

    row: str
    number: str
    state: str
    unit: str
    kind: str
    answer: str
    answered_at: datetime | None
    closed_at: datetime | None
    rating: int


def upstream_answers(system: str, mapping: str, person: Person) -> Iterator[UpstreamAnswer]:
    """Every order of a source that ``person`` may export, oldest first; the system may export all."""
    rows = Case.objects.filter(source_system=system, upstream__mapping=mapping, anonymised_at=None)
    if person.actor.kind != "system":
        rows = accounts.visible(rows, accounts.scope_of(person, "export"))
    rows = rows.select_related("upstream", "lead").order_by("id")
    book, last = current(), 0
    while page := list(rows.filter(id__gt=last)[:PAGE]):
        texts = _answers([case.pk for case in page])
        yield from (_answer(case, texts.get(case.pk, ""), book) for case in page)
        last = page[-1].pk


def _answers(ids: list[int]) -> dict[int, str]:
    """The last answer of each case, with what was taken out put back: it goes to whom it was for."""
    steps = Step.objects.filter(case_id__in=ids, verb=Verb.ANSWER).order_by("seq")
    rows = steps.values_list("case_id", "text", "text_secrets")
    return {case_id: _in_clear(text, secrets) for case_id, text, secrets in rows}


def _in_clear(text: str, secrets: str) -> str:
    return put_back(text, json.loads(unseal("cases.Step.text_secrets", secrets) or "{}"))


def _answer(case: Case, text: str, book: LoopBook) -> UpstreamAnswer:
    verb = STATE_STAGE.get(State(case.state))
    return UpstreamAnswer(
        row=unseal("cases.UpstreamOrder.row_sealed", case.upstream.row_sealed),
        number=number_of_case(case),
        state=book.stage_name(case.profile, verb, case.state) if verb else case.state,
        unit=case.lead.name if case.lead else "",
        kind=book.kind_name(case.kind) if case.kind else "",
        answer=text,
        answered_at=case.answered_at,
        closed_at=case.closed_at,
        rating=case.rating,
    )
