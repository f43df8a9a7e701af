"""The pages of accounts: each works, refuses the wrong person, says what is wrong, misses what is missing."""

from datetime import timedelta

import pytest

from ketang.core.accounts import demo
from ketang.core.accounts.actions import units
from ketang.core.accounts.models import Account, Assignment, Department
from ketang.core.accounts.testing import PASSWORD, login, make_department, make_staff
from ketang.core.accounts.types import Role
from ketang.core.areas import api as areas
from ketang.core.areas import testing as ground
from ketang.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas():
    ground.plant()
    yield
    areas.forget()


@pytest.fixture
def system(client):
    login(client, Role.SYSTEM_ADMIN)
    return client


@pytest.fixture
def security(client):
    login(client, Role.SECURITY_ADMIN)
    return client


def text(response):
    return response.content.decode()


def test_departments_are_found_by_name_and_page_by_key(system):
    for n in range(55):
        make_department(code=f"D{n:03}", name=f"第{n}局")
    first = text(system.get("/admin/departments?kind=government"))
    assert "D000" in first
    assert "after=D049" in first
    second = text(system.get("/admin/departments?kind=government&after=D049"))
    assert "D050" in second
    assert "D049<" not in second
    assert "没有这样的部门" in text(system.get("/admin/departments?q=查无此局"))


def test_a_department_is_made_edited_and_closed_on_its_page(system):
    sent = {"code": "城管", "name": "执法局", "kind": "government", "area": ground.DISTRICT, "desk_phone": ""}
    made = system.post("/admin/departments/new", sent)
    row = Department.objects.get(code="城管")
    assert made["Location"] == f"/admin/departments/{row.pk}"
    system.post(f"/admin/departments/{row.pk}", {**sent, "name": "综合行政执法局"})
    assert "综合行政执法局" in text(system.get(f"/admin/departments/{row.pk}"))
    system.post(f"/admin/departments/{row.pk}/close")
    assert "不再接新的工单" in text(system.get(f"/admin/departments/{row.pk}"))


def test_missing_departments_are_made_from_playbook_and_areas_in_one_click(system):
    assert "补齐了" in text(system.post("/admin/departments/load", follow=True))
    assert Department.objects.filter(code=ground.VILLAGE).exists()
    assert "没有缺的部门" in text(system.post("/admin/departments/load", follow=True))


def test_a_bad_department_keeps_what_was_typed_and_names_the_field(system):
    response = system.post(
        "/admin/departments/new", {"code": "x", "name": "某局", "kind": "government", "area": "9"}
    )
    assert response.status_code == 400
    assert "没有这个辖区编码" in text(response)
    assert "某局" in text(response)


@pytest.mark.parametrize("path", ["/admin/departments/999999", "/admin/staff/999999"])
def test_what_is_not_there_is_404(system, path):
    assert system.get(path).status_code == 404


def test_a_new_account_has_no_post_and_can_do_nothing(system, client):
    sent = {"username": "Zhang.San", "name": "张三", "password": "a long enough one"}
    made = system.post("/admin/staff/new", sent)
    account = Account.objects.get(username="zhang.san")
    assert made["Location"] == f"/admin/staff/{account.pk}"
    client.force_login(account)
    assert client.get("/admin/staff").status_code == 403


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"username": "张三", "name": "张三", "password": "a long enough one"}, "小写字母"),
        ({"username": "zhang", "name": "", "password": "a long enough one"}, "姓名"),
        ({"username": "zhang", "name": "张三", "password": "short"}, "10"),
        ({"username": "taken", "name": "张三", "password": "a long enough one"}, "已经有了"),
    ],
)
def test_a_bad_account_says_what_is_wrong(system, sent, word):
    make_staff(Role.LEADER, username="taken")
    response = system.post("/admin/staff/new", sent)
    assert response.status_code == 400
    assert word in text(response)


def test_staff_are_found_by_role_login_name_department_and_by_post_by_name(system):
    department = make_department(name="水务局")
    make_staff(Role.HANDLER, department=department, username="shui", name="周水")
    make_staff(Role.LEADER, username="ling", name="林领导")
    assert "周水" in text(system.get("/admin/staff?role=handler"))
    assert "林领导" not in text(system.get("/admin/staff?role=handler"))
    assert "周水" in text(system.get("/admin/staff?q=shu"))
    assert "周水" in text(system.get("/admin/staff?q=水务"))
    assert "林领导" in text(system.post("/admin/staff", {"name": "林"}))
    assert "没有这样的人员" in text(system.get("/admin/staff?q=nobody"))


def test_the_list_of_staff_costs_the_same_however_many_there_are(system, django_assert_max_num_queries):
    for _ in range(20):
        make_staff(Role.HANDLER)
    with django_assert_max_num_queries(8):
        system.get("/admin/staff")


def test_a_post_goes_from_proposal_to_approval_over_the_pages(system, client):
    account = make_staff(Role.LEADER, area=ground.DISTRICT)
    sent = {"role": "grid_worker", "area": ground.GRID, "starts_at": "2026-01-01T08:00", "duties": "E12，E13"}
    assert system.post(f"/admin/staff/{account.pk}/posts", sent).status_code == 302
    row = Assignment.objects.get(account=account, role="grid_worker")
    assert row.duties == ["E12", "E13"]
    assert row.pending
    login(client, Role.SECURITY_ADMIN)
    assert account.name in text(client.get("/admin/posts"))
    assert client.post(f"/admin/posts/{row.pk}/approve")["Location"] == "/admin/posts"
    row.refresh_from_db()
    assert not row.pending
    assert "没有等批准的岗位" in text(client.get("/admin/posts"))
    assert client.post(f"/admin/posts/{row.pk}/approve").status_code == 409


def test_a_bad_post_says_what_is_wrong_on_the_persons_page(system):
    account = make_staff(Role.LEADER)
    sent = {"role": "grid_worker", "area": ground.TOWN, "starts_at": "2026-01-01T08:00"}
    response = system.post(f"/admin/staff/{account.pk}/posts", sent)
    assert response.status_code == 400
    assert "辖区太大" in text(response)


def test_a_deputy_is_proposed_by_login_name(system):
    held = make_staff(Role.DISPATCHER).assignments.get()
    deputy = make_staff(Role.LEADER, username="deputy")
    sent = {"username": "deputy", "starts_at": "2026-01-01T08:00", "ends_at": "2099-01-05T08:00"}
    assert system.post(f"/admin/posts/{held.pk}/deputy", sent).status_code == 302
    assert Assignment.objects.get(account=deputy, deputy_for=held).pending
    response = system.post(f"/admin/posts/{held.pk}/deputy", {**sent, "username": "nobody"})
    assert response.status_code == 400
    assert "没有这个登录名" in text(response)


def test_a_proposal_is_taken_back_by_the_system_administrator(system):
    account = make_staff(Role.LEADER)
    row = Assignment.objects.create(account=account, role="leader", starts_at=clock.now(), pending=True)
    assert system.post(f"/admin/posts/{row.pk}/refuse")["Location"] == f"/admin/staff/{account.pk}"
    assert not Assignment.objects.filter(pk=row.pk).exists()


def test_a_post_is_ended_on_the_page(security):
    held = make_staff(Role.DISPATCHER).assignments.get()
    security.post(f"/admin/posts/{held.pk}/end")
    held.refresh_from_db()
    assert held.ends_at <= clock.now()


def test_an_account_is_renamed_given_a_password_closed_and_opened_again(system, client):
    account = make_staff(Role.LEADER)
    page = f"/admin/staff/{account.pk}"
    system.post(f"{page}/name", {"name": "新名"})
    system.post(f"{page}/password", {"password": "quite another one"})
    system.post(f"{page}/close")
    account.refresh_from_db()
    assert (account.name, account.is_active) == ("新名", False)
    assert account.check_password("quite another one")
    assert "已停用" in text(system.get(page))
    system.post(f"{page}/reopen")
    account.refresh_from_db()
    assert account.is_active


def test_nobody_closes_their_own_account(client):
    account = login(client, Role.SYSTEM_ADMIN)
    assert client.post(f"/admin/staff/{account.pk}/close").status_code == 400
    account.refresh_from_db()
    assert account.is_active


def test_a_weak_password_is_refused_on_the_page(system):
    account = make_staff(Role.LEADER)
    response = system.post(f"/admin/staff/{account.pk}/password", {"password": "12345"})
    assert response.status_code == 400
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_the_security_administrator_sees_lockouts_and_lets_people_in(security):
    account = make_staff(Role.LEADER, name="被锁的人")
    assert "没有锁定的账号" in text(security.get("/admin/lockouts"))
    Account.objects.filter(pk=account.pk).update(locked_until=clock.now() + timedelta(minutes=9))
    assert "被锁的人" in text(security.get("/admin/lockouts"))
    security.post(f"/admin/staff/{account.pk}/unlock")
    account.refresh_from_db()
    assert account.locked_until is None


def test_residents_are_not_managed_here(system, client):
    from ketang.core.accounts.testing import make_resident

    resident = make_resident("13957512345")
    assert system.get(f"/admin/staff/{resident.pk}").status_code == 404
    assert system.post(f"/admin/staff/{resident.pk}/close").status_code == 404


def test_my_page_shows_my_posts_and_only_mine(client):
    make_staff(Role.SUPERVISOR, post="别人的岗位")
    login(client, Role.DISPATCHER, post="总调度")
    page = text(client.get("/me"))
    assert "总调度" in page
    assert "别人的岗位" not in page


def test_a_resident_has_a_page_without_posts_or_password(client):
    login(client, Role.RESIDENT)
    page = text(client.get("/me"))
    assert "显示设置" in page
    assert "改口令" not in page


# The demo


@pytest.fixture
def demo_mode(settings):
    settings.DEMO = True
    units.load_departments(clock.now())


def test_the_switcher_does_not_exist_outside_the_demo(client, settings):
    settings.DEMO = False
    make_staff(Role.LEADER, username="demo.leader")
    assert client.post("/demo/become", {"who": "demo.leader"}).status_code == 404


def test_one_click_becomes_any_demo_role(client, demo_mode):
    demo.ensure_demo_logins(clock.now())
    for login_ in demo.LOGINS:
        assert client.post("/demo/become", {"who": login_.full_username}).status_code == 302
        assert client.get("/me").status_code == 200


def test_the_switcher_reaches_demo_accounts_only(client, demo_mode):
    make_staff(Role.LEADER, username="demo.other")
    make_staff(Role.LEADER, username="real")
    for name in ("real", "demo.other", "demo.leader", ""):
        assert client.post("/demo/become", {"who": name}).status_code == 404


def test_every_demo_login_has_its_role_and_a_place(demo_mode):
    from ketang.core.accounts.testing import person_for

    demo.ensure_demo_logins(clock.now())
    demo.ensure_demo_logins(clock.now())
    for login_ in demo.LOGINS:
        account = Account.objects.get(username=login_.full_username)
        person = person_for(account, clock.now() + timedelta(seconds=1))
        assert person.roles == {login_.role}
        if login_.role is Role.HANDLER:
            assert person.department_ids


def test_demo_logins_are_refused_outside_the_demo(settings):
    settings.DEMO = False
    from ketang.kernel.errors import NotFound

    with pytest.raises(NotFound):
        demo.ensure_demo_logins(clock.now())
