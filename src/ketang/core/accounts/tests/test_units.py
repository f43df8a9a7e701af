"""Departments: kept by hand, or loaded from the playbook and the area tree."""

import pytest

from ketang.core.accounts import api, book
from ketang.core.accounts.actions import units
from ketang.core.accounts.actions.units import NewDepartment
from ketang.core.accounts.models import Department
from ketang.core.accounts.testing import make_department, make_person, make_staff, verbs_of
from ketang.core.accounts.types import AlreadyDone, DepartmentKind, NameTaken, Role
from ketang.core.areas import api as areas
from ketang.core.areas import testing as ground
from ketang.kernel import clock
from ketang.kernel.errors import BadInput, NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas():
    ground.plant()
    yield
    areas.forget()


@pytest.fixture
def system():
    return make_person(Role.SYSTEM_ADMIN)


def wanted(**more):
    usual = {
        "code": "城管",
        "name": "综合行政执法局",
        "kind": DepartmentKind.GOVERNMENT,
        "area": ground.DISTRICT,
    }
    return NewDepartment(**{**usual, **more})


def test_a_new_department_is_known_at_once_and_on_record(system):
    row = units.create_department(wanted(), system, clock.now())
    assert api.department_by_code("城管").may_lead
    assert verbs_of(f"department:{row.pk}") == {"department.create"}


def test_a_code_is_given_once(system):
    units.create_department(wanted(), system, clock.now())
    with pytest.raises(NameTaken):
        units.create_department(wanted(name="另一个"), system, clock.now())


@pytest.mark.parametrize(
    ("new", "field"), [({"code": " "}, "code"), ({"name": ""}, "name"), ({"area": "1"}, "area")]
)
def test_bad_input_names_the_field(system, new, field):
    with pytest.raises(BadInput) as refused:
        units.create_department(wanted(**new), system, clock.now())
    assert refused.value.field == field


def test_an_edit_keeps_the_code(system):
    row = units.create_department(wanted(), system, clock.now())
    units.edit_department(row.pk, wanted(code="别的", name="执法局"), system, clock.now())
    row.refresh_from_db()
    assert (row.code, row.name) == ("城管", "执法局")


def test_only_the_system_administrator_keeps_departments():
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.LEADER):
        with pytest.raises(NotAllowed):
            units.create_department(wanted(), make_person(role), clock.now())


def test_a_department_with_people_in_post_is_not_closed(system):
    department = make_department()
    make_staff(Role.HANDLER, department=department)
    with pytest.raises(units.DepartmentInUse):
        units.close_department(department.pk, system, clock.now())


def test_a_closed_department_leads_nothing_new(system):
    department = make_department()
    units.close_department(department.pk, system, clock.now())
    assert not api.departments()[department.pk].may_lead
    with pytest.raises(AlreadyDone):
        units.close_department(department.pk, system, clock.now())


def test_an_unknown_department_is_not_found(system):
    with pytest.raises(NotFound):
        units.close_department(999_999, system, clock.now())


def test_loading_makes_units_towns_villages_and_committees_once():
    made = units.load_departments(clock.now())
    assert made == len(book.departments_file().departments) + 1 + 2 * 2
    assert units.load_departments(clock.now()) == 0
    assert api.town_department(ground.GRID).name == "百官街道"
    assert api.village_department(ground.GRID).name == "南丰社区"
    assert "调解委员会" in api.committee_department(ground.GRID).name
    assert Department.objects.get(code="TJ" + ground.VILLAGE).kind == DepartmentKind.COMMITTEE


def test_a_playbooks_word_is_the_unit_of_the_cases_area():
    units.load_departments(clock.now())
    assert api.resolve_department("镇街", ground.GRID) == api.town_department(ground.GRID)
    first = book.departments_file().departments[0].code
    assert api.resolve_department(first, ground.GRID).code == first
    assert api.resolve_department("没有这个", ground.GRID) is None


def test_another_name_of_a_unit_finds_it():
    units.load_departments(clock.now())
    spec = next((s for s in book.departments_file().departments if s.aliases), None)
    if spec is None:
        pytest.fail("the playbook names no other name for any unit")
    assert api.department_by_name(spec.aliases[0]).code == spec.code
