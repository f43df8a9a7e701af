"""The ONE permission filter against real cases: an oracle written from the rules in words, row by row.

Whatever posts somebody holds, ``visible`` shows exactly what the oracle allows, ``narrow`` never more,
and the branches together nothing less.
"""

from itertools import count, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketang.core.accounts import api as accounts
from ketang.core.accounts import book
from ketang.core.accounts.testing import make_department, make_resident
from ketang.core.accounts.types import ADMINISTRATORS, Person, Post, Role
from ketang.core.areas.api import levels_of
from ketang.core.cases.models import Case, Unit
from ketang.kernel import clock
from ketang.kernel.actor import Actor

pytestmark = pytest.mark.django_db
AREAS = ("330604", "330604001", "330604001001", "330604001001001", "330604002001001001", "330605001001001")
KINDS = ("E0101", "E0305", "")
LEVEL_OF = {
    Role.VILLAGE_DESK: 12,
    Role.TOWN_CENTRE: 9,
    Role.DISPATCHER: 6,
    Role.SUPERVISOR: 6,
    Role.LEADER: 6,
}
WIDEST = {Role.GRID_WORKER: 12, Role.GRID_HEAD: 12, Role.WINDOW_CLERK: 6, Role.MEDIATOR: 6, **LEVEL_OF}
_receipts = count(1)


@pytest.fixture
def ground(db):
    """Cases of every area × kind × secrecy, led by each department in turn; some supported, some reported."""
    sealed_code = min(book.sealed_departments())
    departments = [make_department(code=code) for code in ("城管", "妇联", sealed_code)]
    resident = make_resident("13957512345")
    rows = []
    for n, (area, kind, secrecy) in enumerate(product(AREAS, KINDS, ("", "duty", "sealed"))):
        lead = (*departments, None)[n % 4]
        rows.append(_case(area, kind, secrecy, lead, resident if n % 5 == 0 else None))
    Case.objects.bulk_create(rows)
    for n, row in enumerate(Case.objects.order_by("id")):
        if n % 3 == 0:
            Unit.objects.create(case=row, department=departments[n % 2], part="support", since=clock.now())
        if n % 7 == 0:
            ended = clock.now()
            Unit.objects.create(
                case=row, department=departments[0], part="support", since=ended, ended_at=ended
            )
    return departments, resident


def _case(area, kind, secrecy, lead, reporter):
    now = clock.now()
    return Case(
        kind=kind,
        profile="standard",
        state="reported",
        title="题",
        body="文",
        channel="resident",
        secrecy=secrecy,
        lead=lead,
        reporter=reporter,
        receipt=f"R{next(_receipts):08d}",
        reported_at=now,
        due_at=now,
        yellow_at=now,
        playbook="x",
        **levels_of(area),
    )


def allowed(posts, account, case, supports, sealed_code):
    """The rules in words, for one case."""
    if any(post.role in ADMINISTRATORS for post in posts):
        return False
    if account and case.reporter_id == account:
        return True
    return any(_by_post(post, posts, case, supports, sealed_code) for post in posts)


def _by_post(post, posts, case, supports, sealed_code):
    if post.role is Role.RESIDENT:
        return False  # only what they reported, above
    in_unit = post.role is Role.HANDLER and post.department_id in {case.lead_id, *supports} - {None, 0}
    discipline = post.role is Role.HANDLER and post.department_code == sealed_code
    if case.secrecy == "sealed":
        return discipline and (in_unit or _inside(post, case, 6))
    if case.secrecy == "duty" and in_unit:
        return any(p.department_id == post.department_id and p.duties for p in posts)
    if in_unit:
        return True
    if not _by_area(post, case):
        return False
    return case.secrecy == "" or any(d == "*" or case.kind.startswith(d) for d in post.duties)


def _by_area(post, case):
    if post.role not in WIDEST or (post.role is Role.MEDIATOR and not case.kind.startswith("E01")):
        return False
    if post.group_areas:
        return any(
            len(a) >= WIDEST[post.role] and _area_of(case).startswith(a[:15]) for a in post.group_areas
        )
    level = min(len(post.area), LEVEL_OF.get(post.role, 15), 15)
    return len(post.area) >= WIDEST[post.role] and _area_of(case).startswith(post.area[:level])


def _inside(post, case, level):
    return len(post.area) >= level and case.district == post.area[:level]


def _area_of(case):
    return case.microgrid or case.grid or case.village or case.town or case.district


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_shown_is_exactly_what_the_rules_allow(ground, data):
    departments, resident = ground
    sealed_code = departments[2].code
    units = st.sampled_from([(0, ""), *((d.pk, d.code) for d in departments)])
    areas = st.sampled_from([*AREAS, "330604001001001002", "330604002001", ""])
    post = st.builds(
        lambda role, unit, area, group, duties: Post(
            1, role, *unit, area=area, group_areas=group, duties=duties
        ),
        st.sampled_from(Role), units, areas, st.sampled_from([(), (), (AREAS[3], "330604002001")]),
        st.sampled_from([(), (), ("E01",), ("E0305",), ("*",)]),
    )  # fmt: skip
    posts = tuple(data.draw(st.lists(post, max_size=3)))
    account = data.draw(st.sampled_from([resident.pk, 999_999]))
    scope = accounts.scope_of(Person(Actor("staff", account), posts))
    cases = list(Case.objects.prefetch_related("units"))
    expected = {c.pk for c in cases if allowed(posts, account, c, _supports(c), sealed_code)}
    shown = set(accounts.visible(Case.objects.all(), scope).values_list("id", flat=True))
    assert shown == expected
    merged = set()
    for branch in scope.branches:
        merged |= set(accounts.narrow(Case.objects.all(), branch, scope).values_list("id", flat=True))
    own = {c.pk for c in cases if c.reporter_id == account}
    assert merged <= expected
    assert expected - own <= merged


def _supports(case):
    return {
        unit.department_id for unit in case.units.all() if unit.part == "support" and unit.ended_at is None
    }


def test_a_table_that_never_said_how_it_is_supported_shows_nothing_by_support(ground, monkeypatch):
    departments, _ = ground
    scope = accounts.scope_of(
        Person(Actor("staff", 1), (Post(1, Role.HANDLER, department_id=departments[0].pk),))
    )
    support = next(branch for branch in scope.branches if branch.column == "support")
    assert accounts.narrow(Case.objects.all(), support, scope).exists()
    monkeypatch.setattr("ketang.core.accounts.access._supports", {})
    assert not accounts.narrow(Case.objects.all(), support, scope).exists()
