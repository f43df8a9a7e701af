"""Every profile, random verbs by random people: what must hold whatever happens."""

import secrets
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ketang.core.audit import api as audit
from ketang.core.audit.testing import findings
from ketang.core.cases import api as cases
from ketang.core.cases import rules
from ketang.core.cases.actions import short
from ketang.core.cases.book import of_version
from ketang.core.cases.models import Approval, Case, Step, Unit
from ketang.core.cases.queries import standing_of
from ketang.core.cases.testing import PHONE, make_district
from ketang.core.cases.transitions import TABLE
from ketang.core.cases.types import Act, Channel, Contact, NewCase, Spot, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.kernel.errors import KetangError

# One way into each profile, and into each kind of secrecy.
WAYS = {
    "standard": ("E0702", Channel.RESIDENT, "resident"),
    "urban": ("E0702", Channel.PATROL, "grid_worker"),
    "building": ("E0803", Channel.PATROL, "grid_worker"),
    "hotline": ("E0702", Channel.HOTLINE, "dispatcher"),
    "duty": ("E0406", Channel.RESIDENT, "resident"),
    "sealed": ("E1601", Channel.RESIDENT, "resident"),
    "unsorted": ("", Channel.RESIDENT, "resident"),
    "short": ("E0501", Channel.PATROL, "grid_worker"),
    "query": ("E0907", Channel.WINDOW, "window_clerk"),
}
PEOPLE = (
    "resident",
    "handler",
    "handler2",
    "other_handler",
    "discipline",
    "town_centre",
    "window_clerk",
    "village_desk",
    "grid_worker",
    "grid_head",
    "mediator",
    "dispatcher",
    "dispatcher2",
    "duty_dispatcher",
    "supervisor",
    "leader",
    "system_admin",
)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # a Tuesday morning; examples must not depend on the clock
UNITS = ("市政", "城管执法", "百官街道", "江滨社区", "纪检监察")


class Lot:
    """The draw of short cases, decided by the example."""

    def __init__(self, lot: int) -> None:
        self.randbelow = lambda most: lot


class Loop(RuleBasedStateMachine):
    """One case in one district; the database is rolled back after each example."""

    @initialize(way=st.sampled_from(sorted(WAYS)), reachable=st.booleans(), drawn=st.booleans())
    def raise_it(self, way: str, reachable: bool, drawn: bool) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.here = make_district()
        self.here.now = NOW
        short.secrets = Lot(0 if drawn else 99)
        kind, channel, who = WAYS[way]
        phone = PHONE if reachable or channel == Channel.RESIDENT else ""
        contact = Contact(name="王", phone=phone)
        new = NewCase(
            body="路灯不亮", channel=channel, kind=kind, contact=contact, spot=Spot(area="330604001001001")
        )
        person = self.here.people[who]
        if way in ("short", "query"):
            ref = cases.settle(new, "好了", person, self.here.now, profile=way)
        else:
            ref = cases.report(new, person, self.here.now)
        self.id, self.known = ref.id, []

    def teardown(self) -> None:
        if not hasattr(self, "atomic"):
            return
        try:
            audit.seal()
            assert findings() == []
        finally:
            short.secrets = secrets
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def standing(self) -> rules.Standing:
        case = Case.objects.get(pk=self.id)
        return standing_of(case, of_version(case.playbook))

    @precondition(lambda self: hasattr(self, "id"))
    @rule(
        verb=st.sampled_from(sorted(TABLE)),
        who=st.sampled_from(PEOPLE),
        unit=st.sampled_from(UNITS),
        outcome=st.sampled_from(("pass", "fail", "yes", "no", "dissatisfied", "satisfied")),
        rating=st.integers(1, 5),
        kind=st.sampled_from(("E0702", "E0703", "E0406", "E1601")),
    )
    def anybody_tries(self, verb: Verb, who: str, unit: str, outcome: str, rating: int, kind: str) -> None:
        self.attempt(verb, who, unit, outcome, rating, kind)

    @precondition(lambda self: hasattr(self, "id"))
    @rule(
        data=st.data(),
        unit=st.sampled_from(UNITS),
        outcome=st.sampled_from(("pass", "pass", "fail", "yes", "no", "dissatisfied", "satisfied")),
        rating=st.integers(1, 5),
    )
    def somebody_does_what_is_offered(
        self, data: st.DataObject, unit: str, outcome: str, rating: int
    ) -> None:
        """Random people seldom get far; this rule walks the loop."""
        standing = self.standing()
        offers = [(who, row.verb) for who in PEOPLE for row in rules.offered(self.here.people[who], standing)]
        if offers:
            who, verb = data.draw(st.sampled_from(offers))
            self.attempt(verb, who, unit, outcome, rating, "E0703")

    @precondition(lambda self: hasattr(self, "id"))
    @rule(
        data=st.data(), outcome=st.sampled_from(("pass", "pass", "pass", "fail", "dissatisfied", "satisfied"))
    )
    def the_next_step_is_done(self, data: st.DataObject, outcome: str) -> None:
        """The loop's own way forward, so that examples reach its end and what lies behind it."""
        standing = self.standing()
        coming = rules.main_verb(standing) if standing.open else Verb.RATE
        able = [
            who
            for who in PEOPLE
            if coming in {r.verb for r in rules.offered(self.here.people[who], standing)}
        ]
        if able:
            self.attempt(Verb(coming), data.draw(st.sampled_from(able)), "市政", outcome, 1, "")

    def attempt(self, verb: Verb, who: str, unit: str, outcome: str, rating: int, kind: str) -> None:
        person, standing = self.here.people[who], self.standing()
        asked = Approval.objects.filter(case=self.id, decided_at=None).first()
        form = Act(
            text="说明",
            lead=self.here.departments[unit].pk,
            basis="依据",
            funding="经费",
            reason="not_mine",
            signed_by=self.here.accounts["handler2"].pk,
            kind=kind,
            priority=2,
            outcome=outcome,
            rule="working_days:2",
            rating=rating,
            consent="同意",
            approval=asked.pk if asked else 0,
        )
        allowed = verb in {row.verb for row in rules.offered(person, standing)}
        try:
            with transaction.atomic():
                step = cases.act(self.id, verb, form, person, self.here.now)
        except KetangError:
            return
        assert allowed, f"{who} did {verb} without being offered it"
        if verb is Verb.REVIEW:
            assert step.actor_id != standing.handler_id

    @precondition(lambda self: hasattr(self, "id"))
    @rule(hours=st.integers(1, 50))
    def time_passes(self, hours: int) -> None:
        self.here.later(hours=hours)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "id"):
            return
        case = Case.objects.get(pk=self.id)
        self.no_step_is_lost(case)
        self.one_lead(case)
        self.one_due_time(case)
        if not case.open and case.reachable and case.state not in (State.MERGED,):
            assert case.answered_at, "the reporter was never told"

    def no_step_is_lost(self, case: Case) -> None:
        steps = list(Step.objects.filter(case=case).order_by("seq").values_list("seq", "verb", "text", "at"))
        assert [seq for seq, *_ in steps] == list(range(1, case.version + 1))
        assert steps[: len(self.known)] == self.known
        assert Step.objects.filter(case=case).order_by("seq").last().state == case.state
        self.known = steps

    def one_lead(self, case: Case) -> None:
        leads = list(Unit.objects.filter(case=case, part="lead", ended_at=None))
        assert len(leads) <= 1
        if case.open and case.lead_id:
            assert [unit.department_id for unit in leads] == [case.lead_id]
        if not case.open:
            assert leads == []

    def one_due_time(self, case: Case) -> None:
        live = [f for f in deadlines.of("case", case.pk) if f.name == "resolve" and f.stopped_at is None]
        if not case.open:
            assert live == []
        elif case.profile not in ("short", "query"):
            assert len(live) == 1
            assert live[0].due_at == case.due_at


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_anybody_tries_the_loop_holds():
    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
