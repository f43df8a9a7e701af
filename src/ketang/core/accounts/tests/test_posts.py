"""Posts: two people give one, nobody holds two administrators', deputies come and go."""

from datetime import timedelta

import pytest

from ketang.core.accounts import api
from ketang.core.accounts.actions import posts
from ketang.core.accounts.actions.posts import NewPost
from ketang.core.accounts.models import Assignment
from ketang.core.accounts.testing import (
    make_account,
    make_assignment,
    make_department,
    make_person,
    make_staff,
    person_for,
    verbs_of,
)
from ketang.core.accounts.types import (
    ADMINISTRATORS,
    AdministratorsApart,
    AlreadyDone,
    NotYourOwn,
    PostUnfit,
    Role,
)
from ketang.core.areas import api as areas
from ketang.core.areas import testing as ground
from ketang.kernel import clock
from ketang.kernel.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas():
    ground.plant()
    yield
    areas.forget()


@pytest.fixture
def system():
    return make_person(Role.SYSTEM_ADMIN)


@pytest.fixture
def security():
    return make_person(Role.SECURITY_ADMIN)


def wanted(role=Role.GRID_WORKER, area=ground.GRID, **more):
    return NewPost(role=role, area=area, starts_at=more.pop("starts_at", clock.now()), **more)


def test_a_post_holds_only_after_the_second_person_said_yes(system, security):
    account, now = make_account(), clock.now()
    row = posts.propose_post(account.pk, wanted(), system, now)
    assert not person_for(account).posts
    posts.approve_post(row.pk, security, now)
    assert person_for(account).has(Role.GRID_WORKER)
    assert verbs_of(f"account:{account.pk}") == {"post.propose", "post.approve"}


def test_only_the_system_administrator_proposes_and_only_the_security_administrator_approves(
    system, security
):
    account, now = make_account(), clock.now()
    for other in (security, make_person(Role.AUDIT_ADMIN), make_person(Role.LEADER)):
        with pytest.raises(NotAllowed):
            posts.propose_post(account.pk, wanted(), other, now)
    row = posts.propose_post(account.pk, wanted(), system, now)
    for other in (system, make_person(Role.AUDIT_ADMIN), make_person(Role.LEADER)):
        with pytest.raises(NotAllowed):
            posts.approve_post(row.pk, other, now)


def test_nobody_approves_a_post_for_themselves(system, security):
    row = make_assignment(
        make_account(), Role.GRID_WORKER, ground.GRID, pending=True, proposed_by=security.actor.id
    )
    with pytest.raises(NotYourOwn):
        posts.approve_post(row.pk, security, clock.now())
    mine = Assignment.objects.create(
        account_id=security.actor.id,
        role=Role.SECURITY_ADMIN,
        starts_at=clock.now(),
        ends_at=clock.now(),
        pending=True,
    )
    with pytest.raises(NotYourOwn):
        posts.approve_post(mine.pk, security, clock.now())


def test_approving_twice_says_that_somebody_did_it_already(system, security):
    row = posts.propose_post(make_account().pk, wanted(), system, clock.now())
    posts.approve_post(row.pk, security, clock.now())
    with pytest.raises(AlreadyDone):
        posts.approve_post(row.pk, security, clock.now())
    with pytest.raises(AlreadyDone):
        posts.refuse_post(row.pk, security, clock.now())


def test_a_refused_post_is_gone_and_the_refusal_is_on_record(system, security):
    account = make_account()
    row = posts.propose_post(account.pk, wanted(), system, clock.now())
    posts.refuse_post(row.pk, security, clock.now())
    assert not Assignment.objects.filter(pk=row.pk).exists()
    assert "post.refuse" in verbs_of(f"account:{account.pk}")


def test_the_same_post_sent_twice_is_proposed_once(system, security):
    account, now = make_account(), clock.now()
    row = posts.propose_post(account.pk, wanted(), system, now)
    with pytest.raises(posts.SamePost):
        posts.propose_post(account.pk, wanted(), system, now)
    posts.approve_post(row.pk, security, now)
    with pytest.raises(posts.SamePost):
        posts.propose_post(account.pk, wanted(), system, now)
    posts.propose_post(account.pk, wanted(area=ground.OTHER_GRID), system, now)


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", [*sorted(ADMINISTRATORS), Role.LEADER])
def test_nobody_gets_a_second_administrators_post(first, second, system):
    account = make_staff(first)
    if first == second:
        with pytest.raises(posts.SamePost):
            posts.propose_post(account.pk, wanted(second, ""), system, clock.now())
    else:
        with pytest.raises(AdministratorsApart):
            posts.propose_post(account.pk, wanted(second, ground.DISTRICT), system, clock.now())


def test_two_proposals_cannot_pass_each_other(system, security):
    account, now = make_account(), clock.now()
    posts.propose_post(account.pk, wanted(Role.SYSTEM_ADMIN, ""), system, now)
    with pytest.raises(AdministratorsApart):
        posts.propose_post(account.pk, wanted(Role.LEADER, ground.DISTRICT), system, now)


def test_an_administrators_post_has_no_end_so_that_the_database_can_refuse_a_second(system):
    ends = clock.now() + timedelta(days=9)
    row = posts.propose_post(
        make_account().pk, wanted(Role.AUDIT_ADMIN, "", ends_at=ends), system, clock.now()
    )
    assert row.ends_at is None


def test_after_the_end_of_one_administrators_post_another_may_follow(system, security):
    account, now = make_staff(Role.AUDIT_ADMIN), clock.now()
    posts.end_post(account.assignments.get().pk, security, now)
    posts.propose_post(account.pk, wanted(Role.SYSTEM_ADMIN, ""), system, now + timedelta(seconds=1))


def test_an_ended_post_gives_nothing_at_once(security):
    account = make_staff(Role.DISPATCHER)
    posts.end_post(account.assignments.get().pk, security, clock.now())
    assert not person_for(account).posts
    with pytest.raises(AlreadyDone):
        posts.end_post(account.assignments.get().pk, security, clock.now())


def test_the_last_security_administrator_stays(system, security):
    only = Assignment.objects.get(role=Role.SECURITY_ADMIN)
    with pytest.raises(PostUnfit):
        posts.end_post(only.pk, system, clock.now())
    make_staff(Role.SECURITY_ADMIN)
    posts.end_post(only.pk, system, clock.now())


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"area": "999999"}, "area"),
        ({"area": ground.TOWN}, "area"),
        ({"role": Role.HANDLER, "area": ""}, "department"),
        ({"department_id": 999}, "department"),
        ({"area": "", "area_group": "无此片区"}, "area_group"),
        ({"starts_at": clock.now(), "ends_at": clock.now() - timedelta(days=1)}, "ends_at"),
    ],
)
def test_an_unfit_post_names_the_field(system, new, field):
    with pytest.raises(PostUnfit) as refused:
        posts.propose_post(make_account().pk, wanted(**new), system, clock.now())
    assert refused.value.field == field


def test_a_post_for_nobody_is_not_found(system):
    with pytest.raises(NotFound):
        posts.propose_post(999_999, wanted(), system, clock.now())


def test_a_deputy_stands_in_after_approval_and_only_for_the_time_named(system, security):
    now = clock.now()
    chief, deputy = make_staff(Role.HANDLER, department=make_department()), make_account()
    held = chief.assignments.get()
    row = posts.propose_deputy(held.pk, deputy.pk, now, now + timedelta(days=3), system, now)
    assert not api.person(deputy.pk, now).posts
    posts.approve_post(row.pk, security, now)
    assert api.person(deputy.pk, now).department_ids == {held.department_id}
    assert not api.person(deputy.pk, now + timedelta(days=3)).posts


def test_an_administrator_has_no_deputy_and_nobody_their_own(system):
    now = clock.now()
    admin, worker = make_staff(Role.AUDIT_ADMIN), make_staff(Role.DISPATCHER)
    span = (now, now + timedelta(days=1), system, now)
    with pytest.raises(PostUnfit):
        posts.propose_deputy(admin.assignments.get().pk, worker.pk, *span)
    with pytest.raises(PostUnfit):
        posts.propose_deputy(worker.assignments.get().pk, worker.pk, *span)


def test_an_administrator_does_not_become_a_deputy(system):
    now = clock.now()
    worker, admin = make_staff(Role.DISPATCHER), make_staff(Role.AUDIT_ADMIN)
    with pytest.raises(AdministratorsApart):
        posts.propose_deputy(worker.assignments.get().pk, admin.pk, now, now + timedelta(days=1), system, now)
