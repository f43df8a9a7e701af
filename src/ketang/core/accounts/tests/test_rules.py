"""Scope as a pure decision: no branch reaches outside its post, sealed matters stay sealed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketang.core.accounts import rules
from ketang.core.accounts.types import (
    ADMINISTRATORS,
    AdministratorsApart,
    Branch,
    Person,
    Post,
    PostUnfit,
    Role,
)
from ketang.kernel.actor import Actor

DISTRICT, TOWN, VILLAGE, GRID, MICRO = (
    "330604",
    "330604001",
    "330604001001",
    "330604001001001",
    "330604001001001002",
)
SEALED = frozenset({"纪检监察"})


def scope(*posts, account=7, purpose="work"):
    return rules.scope_for(Person(Actor("staff", account), posts), purpose, SEALED)


def columns(found):
    return {(b.column, b.value) for b in found.branches}


@pytest.mark.parametrize(
    ("role", "area", "expected"),
    [
        (Role.GRID_WORKER, GRID, ("grid", GRID)),
        (Role.GRID_WORKER, MICRO, ("grid", GRID)),
        (Role.GRID_HEAD, VILLAGE, ("village", VILLAGE)),
        (Role.VILLAGE_DESK, VILLAGE, ("village", VILLAGE)),
        (Role.VILLAGE_DESK, GRID, ("village", VILLAGE)),
        (Role.TOWN_CENTRE, TOWN, ("town", TOWN)),
        (Role.TOWN_CENTRE, VILLAGE, ("town", TOWN)),
        (Role.WINDOW_CLERK, TOWN, ("town", TOWN)),
        (Role.WINDOW_CLERK, DISTRICT, ("district", DISTRICT)),
        (Role.DISPATCHER, DISTRICT, ("district", DISTRICT)),
        (Role.SUPERVISOR, TOWN, ("district", DISTRICT)),
        (Role.LEADER, DISTRICT, ("district", DISTRICT)),
    ],
)
def test_a_role_reads_its_level(role, area, expected):
    assert columns(scope(Post(1, role, area=area))) == {expected}


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.GRID_WORKER, TOWN),
        (Role.VILLAGE_DESK, DISTRICT),
        (Role.TOWN_CENTRE, DISTRICT),
        (Role.DISPATCHER, ""),
    ],
)
def test_a_post_wider_than_its_role_reads_nothing(role, area):
    assert scope(Post(1, role, area=area)).branches == ()


def test_a_resident_reads_what_they_reported_and_nothing_else():
    assert columns(scope(Post(0, Role.RESIDENT), account=9)) == {("reporter_id", 9)}


def test_a_handler_reads_by_department_not_by_area():
    post = Post(1, Role.HANDLER, department_id=5, department_code="城管", area=DISTRICT)
    assert columns(scope(post)) == {("lead_id", 5), ("support", 5)}


def test_a_mediator_reads_disputes_only():
    assert scope(Post(1, Role.MEDIATOR, area=TOWN)).branches == (Branch("town", TOWN, "E01"),)


def test_a_group_gives_every_member_area():
    post = Post(1, Role.GRID_HEAD, area_group="G1", group_areas=(GRID, "330604002001"))
    assert columns(scope(post)) == {("grid", GRID), ("village", "330604002001")}


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_reads_no_cases_even_with_another_post(role):
    assert scope(Post(1, role), Post(2, Role.DISPATCHER, area=DISTRICT)).branches == ()


def test_a_contained_branch_is_left_out():
    found = scope(Post(1, Role.DISPATCHER, area=DISTRICT), Post(2, Role.GRID_WORKER, area=GRID))
    assert columns(found) == {("district", DISTRICT)}


def test_a_contained_branch_with_duties_of_its_own_stays():
    found = scope(
        Post(1, Role.DISPATCHER, area=DISTRICT), Post(2, Role.VILLAGE_DESK, area=VILLAGE, duties=("E12",))
    )
    assert columns(found) == {("district", DISTRICT), ("village", VILLAGE)}


def test_duties_open_only_the_area_of_their_own_post():
    found = scope(
        Post(1, Role.VILLAGE_DESK, area=VILLAGE, duties=("E12",)),
        Post(2, Role.VILLAGE_DESK, area="330604002001"),
    )
    assert {b.value: b.duties for b in found.branches} == {VILLAGE: ("E12",), "330604002001": ()}


def test_a_duty_post_in_the_leading_department_opens_the_departments_limited_matters():
    plain = Post(1, Role.HANDLER, department_id=5)
    assert all(not b.duties for b in scope(plain).branches)
    charged = Post(2, Role.HANDLER, department_id=5, duties=("E12",))
    assert all(b.duties == ("*",) for b in scope(plain, charged).branches)


def test_only_the_sealed_department_reads_accusations():
    found = scope(Post(1, Role.HANDLER, department_id=3, department_code="纪检监察", area=DISTRICT))
    assert found.sealed
    assert all(b.sealed for b in found.branches)
    assert {b.column for b in found.branches if b.only_sealed} == {"district"}
    assert not scope(Post(1, Role.LEADER, area=DISTRICT)).sealed


def test_being_in_the_sealed_department_does_not_unseal_another_post():
    found = scope(
        Post(1, Role.HANDLER, department_id=3, department_code="纪检监察", area=DISTRICT),
        Post(2, Role.DISPATCHER, department_id=4, department_code="中心", area=DISTRICT),
    )
    assert all(b.only_sealed for b in found.branches if b.sealed and b.column == "district")


codes = st.sampled_from([6, 9, 12, 15, 18]).flatmap(
    lambda n: st.text("12", min_size=n - 6, max_size=n - 6).map(lambda tail: "330604" + tail)
)
areas = codes | st.sampled_from(["", "33", "3306040", "330604001001001001001"])
posts = st.builds(
    Post,
    assignment_id=st.integers(1, 9),
    role=st.sampled_from(Role),
    department_id=st.integers(0, 3),
    department_code=st.sampled_from(["", "城管", "纪检监察"]),
    area=areas,
    group_areas=st.lists(areas, max_size=2).map(tuple),
    duties=st.sampled_from([(), ("E12",), ("*",)]),
)


@settings(deadline=None)
@given(st.lists(posts, max_size=4))
def test_no_branch_reaches_above_what_a_role_may_read(held):
    found = scope(*held)
    if {p.role for p in held} & ADMINISTRATORS:
        assert found.branches == ()
    for branch in found.branches:
        if branch.column in rules.WIDTH:
            assert len(branch.value) == rules.WIDTH[branch.column]
            assert any(_may_reach(post, branch) for post in held), branch


def _may_reach(post, branch):
    inside = [code for code in (post.group_areas or (post.area,)) if code]
    if branch.only_sealed:
        return post.department_code in SEALED and post.area.startswith(branch.value)
    widest = rules.WIDEST.get(post.role, 99)
    return len(branch.value) >= widest and any(
        code.startswith(branch.value) or branch.value.startswith(code) for code in inside
    )


@settings(deadline=None)
@given(st.lists(posts, max_size=4))
def test_without_a_post_in_the_sealed_department_no_branch_is_sealed_open(held):
    staff = [p for p in held if p.role is not Role.RESIDENT]
    found = scope(*staff)
    if not any(p.department_code in SEALED for p in staff):
        assert not found.sealed
        assert not any(b.sealed for b in found.branches)


@settings(deadline=None)
@given(st.lists(posts, max_size=4), st.lists(posts, max_size=2))
def test_more_posts_never_show_less_except_to_administrators(held, more):
    everything = [*held, *more]
    if {p.role for p in everything} & ADMINISTRATORS:
        return
    wide = scope(*everything).branches
    for branch in scope(*held).branches:
        assert any(b == branch or rules.covers(b, branch) or _same_place(b, branch) for b in wide)


def _same_place(outer, inner):
    """A department's duties grow with a duty post there."""
    return (outer.column, outer.value) == (inner.column, inner.value) and set(inner.duties) <= {*outer.duties}


def test_nobody_holds_two_administrators_posts():
    for role in ADMINISTRATORS:
        rules.check_may_hold(role, [])
        rules.check_may_hold(role, [role])
        for other in set(Role) - {role}:
            with pytest.raises(AdministratorsApart):
                rules.check_may_hold(role, [other])
            with pytest.raises(AdministratorsApart):
                rules.check_may_hold(other, [role])


@pytest.mark.parametrize(
    ("role", "area", "department", "field"),
    [
        (Role.RESIDENT, "", 0, "role"),
        (Role.HANDLER, "", 0, "department"),
        (Role.GRID_WORKER, TOWN, 0, "area"),
        (Role.GRID_WORKER, "12345", 0, "area"),
        (Role.TOWN_CENTRE, DISTRICT, 1, "area"),
    ],
)
def test_a_post_without_what_its_role_needs_names_the_field(role, area, department, field):
    with pytest.raises(PostUnfit) as refused:
        rules.check_fit(role, area, (), department)
    assert refused.value.field == field


def test_a_fitting_post_is_accepted():
    rules.check_fit(Role.GRID_WORKER, GRID, (), 0)
    rules.check_fit(Role.HANDLER, "", (), 5)
    rules.check_fit(Role.SYSTEM_ADMIN, "", (), 0)
    rules.check_fit(Role.GRID_HEAD, "", (GRID,), 0)
