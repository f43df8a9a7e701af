"""Who is asking, and which department is meant."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import RequestFactory

from ketang.core.accounts import api, directory
from ketang.core.accounts.models import Department
from ketang.core.accounts.testing import (
    DISTRICT,
    GRID,
    TOWN,
    VILLAGE,
    make_account,
    make_assignment,
    make_department,
    make_resident,
    make_staff,
    person_for,
)
from ketang.core.accounts.types import Role
from ketang.kernel import clock

pytestmark = pytest.mark.django_db


def asked_by(account):
    request = RequestFactory().get("/")
    request.user = account
    return request


def test_asking_who_costs_one_query_and_asking_again_none(django_assert_num_queries):
    request = asked_by(make_staff(Role.HANDLER))
    with django_assert_num_queries(1):
        person = api.person_of(request)
        assert api.person_of(request) is person
    assert person.has(Role.HANDLER)
    assert person.posts[0].department_name


def test_nobody_logged_in_is_nobody():
    request = RequestFactory().get("/")
    assert api.person_of(request).actor.kind == "anonymous"
    assert api.person_of(request).posts == ()


def test_a_closed_account_is_nobody():
    account = make_staff(Role.DISPATCHER)
    account.is_active = False
    account.save()
    assert person_for(account).actor.kind == "anonymous"


def test_a_resident_has_the_residents_post_and_no_name_in_the_label():
    person = person_for(make_resident("13957500001", "王小明"))
    assert person.roles == {Role.RESIDENT}
    assert "王小明" not in person.actor.label


def test_posts_hold_from_their_start_up_to_their_end():
    account, now = make_account(), clock.now()
    make_assignment(account, Role.SUPERVISOR, starts_at=now, ends_at=now + timedelta(days=1))
    assert not api.person(account.pk, now - timedelta(seconds=1)).posts
    assert api.person(account.pk, now).has(Role.SUPERVISOR)
    assert not api.person(account.pk, now + timedelta(days=1)).posts


def test_a_proposed_post_gives_nothing():
    account = make_account()
    make_assignment(account, Role.DISPATCHER, pending=True)
    assert not person_for(account).posts


def test_a_deputy_has_the_post_while_both_stand():
    now = clock.now()
    chief, deputy = make_account(), make_account()
    post = make_assignment(chief, Role.HANDLER, department=make_department(), signs=True, duties=["E12"])
    make_assignment(deputy, Role.HANDLER, deputy_for=post, starts_at=now, ends_at=now + timedelta(days=7))
    stands_in = api.person(deputy.pk, now).posts[0]
    assert stands_in.deputy
    assert stands_in.department_id == post.department_id
    assert stands_in.signs
    assert stands_in.duties == ("E12",)
    assert not api.person(deputy.pk, now + timedelta(days=7)).posts
    post.ends_at = now
    post.save()
    assert not api.person(deputy.pk, now).posts


def test_a_post_without_an_area_stands_in_its_departments_area():
    account = make_staff(Role.HANDLER, department=make_department(area=TOWN))
    assert person_for(account).posts[0].area == TOWN


def test_the_database_refuses_a_second_administrator():
    account = make_staff(Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError):
        make_assignment(account, Role.AUDIT_ADMIN)


def test_departments_cost_no_query_after_the_first(django_assert_num_queries):
    department = make_department(code="城管", name="综合行政执法局")
    assert api.departments()[department.pk].name == "综合行政执法局"
    with django_assert_num_queries(0):
        assert api.department_by_code("城管").id == department.pk
        assert api.department_by_name("综合行政执法局").id == department.pk


def test_another_processes_change_shows_after_the_time_to_live(monkeypatch):
    department = make_department(code="城管", name="旧名")
    assert api.department_by_code("城管").name == "旧名"
    Department.objects.filter(pk=department.pk).update(
        name="新名", changed_at=clock.now() + timedelta(seconds=1)
    )
    assert api.department_by_code("城管").name == "旧名"
    monkeypatch.setattr(directory, "TTL_SECONDS", 0)
    assert api.department_by_code("城管").name == "新名"


def test_units_of_an_area_are_found_from_any_code_below_it():
    town = make_department(kind="town", area=TOWN)
    village = make_department(kind="village", area=VILLAGE)
    committee = make_department(kind="committee", area=VILLAGE)
    assert api.town_department(GRID).id == town.pk
    assert api.village_department(GRID).id == village.pk
    assert api.committee_department(GRID).id == committee.pk
    assert api.village_department(TOWN) is None
    assert api.town_department(DISTRICT) is None


def test_a_closed_department_is_found_by_code_for_history_but_not_by_name():
    department = make_department(code="旧局", name="撤并局", closed_on=clock.now().date())
    assert api.department_by_code("旧局").closed
    assert api.department_by_name("撤并局") is None
    assert api.departments()[department.pk].closed
