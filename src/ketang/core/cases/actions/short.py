"""The one-screen paths: 即办件 (found, done and closed) and 咨询件 (answered at the desk)."""

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from ketang.core.accounts.types import Person
from ketang.core.audit import api as audit
from ketang.core.cases import book as books
from ketang.core.cases.actions.report import known_case, prepare, save
from ketang.core.cases.actions.rows import Draft, step_row
from ketang.core.cases.rules import DESK_ROLES, FIELD_ROLES
from ketang.core.cases.types import CaseRef, Channel, NewCase, NotYourVerb, State, Verb
from ketang.kernel.errors import BadInput


class NotShort(BadInput):
    message = "这一类事项不能当场办结，请按普通上报提交。"


def settle(new: NewCase, done: str, person: Person, now: datetime, *, profile: str = "short") -> CaseRef:
    """Report and close on one screen (``profile`` short) or answer a query at the desk (query).

    Some short cases are drawn at random for review by another (reasons.yaml, 5 %) and stay open until then.
    """
    if not person.has(*(DESK_ROLES if profile == "query" else DESK_ROLES | FIELD_ROLES)):
        raise NotYourVerb(verb="即办", who="网格员或窗口")
    draft = _prepare(new, done, person, now, profile)
    try:
        with transaction.atomic():
            ref = save(draft, person.actor, now)
            audit.record(person.actor, "case.settle", f"case:{ref.id}", {"profile": profile}, at=now)
            return ref
    except IntegrityError:
        if known := known_case(new):
            return known
        raise


def _prepare(new: NewCase, done: str, person: Person, now: datetime, profile: str) -> Draft:
    book = books.current()
    kind = book.kind(new.kind)
    if kind is None or kind.secrecy or kind.exit:
        raise NotShort(field="kind")
    if not done.strip():
        raise BadInput("请写一句怎么办的。", field="done")
    draft = prepare(_plain(new), person, book, now)
    case = draft.case
    case.profile = profile
    case.drawn = profile == "short" and secrets.randbelow(100) < book.reasons.after.short_review_percent
    draft.units, draft.clocks = (
        [],
        [clock for clock in draft.clocks if case.drawn and clock.name == "resolve"],
    )
    case.handled_at, case.handler_id, case.state = now, person.actor.id, State.REPORTED
    for verb, state in _walk(profile, case.drawn, case.reachable):
        _step(draft, verb, state, done, person, now)
    return draft


def _plain(new: NewCase) -> NewCase:
    return replace(
        new, auto_dispatch=False, channel=Channel.PATROL if new.channel == Channel.OTHER else new.channel
    )


def _walk(profile: str, drawn: bool, reachable: bool) -> list[tuple[Verb, State]]:
    """The stages passed on the one screen; a reachable reporter is answered with what was done."""
    answered = [(Verb.ANSWER, State.ANSWERED)] if reachable or profile == "query" else []
    if profile == "query":
        return [(Verb.REGISTER, State.REGISTERED), *answered, (Verb.CLOSE, State.CLOSED)]
    if drawn:
        return [(Verb.HANDLE, State.HANDLED)]
    return [(Verb.HANDLE, State.HANDLED), *answered, (Verb.CLOSE, State.CLOSED)]


def _step(draft: Draft, verb: Verb, state: State, done: str, person: Person, now: datetime) -> None:
    case = draft.case
    if verb is Verb.REGISTER and case.state == State.REGISTERED:
        return
    case.version, case.state = case.version + 1, state
    text = done if verb in (Verb.HANDLE, Verb.ANSWER) else ""
    draft.steps.append(step_row(case, verb, state, person.actor, now, text=text, public=verb is Verb.ANSWER))
    if verb is Verb.ANSWER:
        case.answered_at = now
    if verb is Verb.CLOSE:
        case.open, case.closed_at = False, now
