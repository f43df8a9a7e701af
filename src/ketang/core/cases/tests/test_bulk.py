"""The bulk path beside the loop: the same rows, no noise, the same on both databases."""

from datetime import datetime, timedelta

import pytest

from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases.actions import loading
from ketang.core.cases.api import PastOrder
from ketang.core.cases.models import Case, Notice, Party, Step, Unit, UpstreamOrder
from ketang.core.cases.types import Channel, Contact, NewCase, Spot, Verb
from ketang.core.deadlines.models import Deadline
from ketang.core.outbox.models import OutboxMessage
from ketang.kernel.actor import SYSTEM


def order(here, number: str = "1", **more) -> PastOrder:
    told = more.pop("told", {})
    at = here.now - timedelta(days=400)
    new = NewCase(
        **{
            "body": "人民西路路灯不亮，电话13800138000",
            "channel": Channel.HOTLINE,
            "kind": "E0702",
            "contact": Contact(name="王小明", phone="13900139000"),
            "spot": Spot(words="人民西路12号", area="330604001001"),
            "source_system": "某市12345",
            "source_number": number,
            "reported_at": at,
        }
        | told
    )
    return PastOrder(new, **{"mapping": "m", "row": "[]", "row_hash": "h1", "closed_at": at} | more)


def put(here, *orders: PastOrder) -> list[Case]:
    book = cases.loop_book()
    past = [cases.draft_past(each, book, SYSTEM, here.now) for each in orders]
    cases.write_past(cases.prepare_past(past, SYSTEM, here.now))
    return list(Case.objects.order_by("id"))


def test_a_past_case_has_the_columns_of_a_reported_one(here):
    past, lamp = put(here, order(here))[0], here.departments["市政"]
    ref = cases.report(order(here, "2").new, here.people["dispatcher"], here.now)
    now = Case.objects.get(pk=ref.id)
    for name in ("kind", "profile", "priority", "secrecy", "title", "body", "channel", "district", "village"):
        assert getattr(past, name) == getattr(now, name), name
    assert past.due_at == now.due_at
    assert (past.open, now.open) == (False, True)
    assert past.lead_id is None
    assert lamp.pk


def test_history_makes_no_noise(here):
    before = OutboxMessage.objects.count()
    put(here, order(here))
    assert OutboxMessage.objects.count() == before
    assert Notice.objects.count() == Deadline.objects.count() == 0
    assert AuditRow.objects.filter(verb="case.import").count() == 1


def test_answer_and_close_are_steps_at_their_own_time(here):
    case = put(here, order(here, answer="已换灯泡，详询13800138000", overdue=True))[0]
    verbs = list(Step.objects.filter(case=case).order_by("seq").values_list("seq", "verb"))
    assert verbs == [(1, Verb.REPORT), (2, Verb.ANSWER), (3, Verb.CLOSE)]
    answer, close = Step.objects.get(verb=Verb.ANSWER), Step.objects.get(verb=Verb.CLOSE)
    assert (answer.public, answer.text) == (True, "已换灯泡，详询〔电话1〕")
    assert close.facts == {"overdue": True}
    assert close.at == case.closed_at == case.answered_at


def test_a_closing_time_that_nobody_knows_is_not_made_up(here):
    case = put(here, order(here, closed_at=None))[0]
    assert (case.open, case.closed_at) == (False, None)
    assert Step.objects.get(verb=Verb.CLOSE).facts == {"time_unknown": True}


def test_a_known_unit_leads_and_one_still_at_it_stays_open(here):
    lamp = here.departments["市政"].pk
    closed, running = put(here, order(here, lead=lamp), order(here, "2", lead=lamp, closed=False))
    assert Unit.objects.get(case=closed).ended_at == closed.closed_at
    assert Unit.objects.get(case=running).ended_at is None
    assert (running.state, running.open) == ("dispatched", True)


def test_an_accusation_goes_to_discipline_inspection_whoever_had_it(here):
    accused = here.departments["城管执法"].pk
    case = put(here, order(here, lead=accused, told={"kind": "E1601", "contact": Contact()}))[0]
    assert case.secrecy == "sealed"
    assert case.lead_id == here.departments["纪检监察"].pk


def test_a_missing_contact_does_not_keep_the_past_out(here):
    case = put(here, order(here, told={"kind": "E0102", "contact": Contact()}))[0]
    assert case.kind == "E0102"
    assert Party.objects.count() == 0


def test_ids_are_taken_once_and_never_twice(here):
    first, second = loading.reserve_ids(Case, 3), loading.reserve_ids(Case, 2)
    ref = cases.report(order(here).new, here.people["dispatcher"], here.now)
    assert len({*first, *second, ref.id}) == 6


def test_the_same_number_twice_is_refused_by_the_database(here):
    from django.db import IntegrityError, transaction

    put(here, order(here))
    with pytest.raises(IntegrityError), transaction.atomic():
        put(here, order(here))
    assert Case.objects.count() == UpstreamOrder.objects.count() == 1


def test_an_update_of_an_open_case_keeps_what_people_decided(here):
    case = put(here, order(here, closed=False))[0]
    changed = order(here, row_hash="h2", told={"body": "改过的话", "kind": "E0701"})
    cases.update_order(case.pk, changed, cases.loop_book(), SYSTEM, here.now)
    after = Case.objects.get(pk=case.pk)
    assert (after.body, after.kind, after.due_at, after.version) == ("改过的话", "E0702", case.due_at, 2)
    assert cases.known_orders("某市12345", ["1", "2"]) == {"1": (case.pk, {"h1", "h2"})}
    assert isinstance(after.reported_at, datetime)
