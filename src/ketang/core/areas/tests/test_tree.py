"""Codes, names, validity, successors, groups and teams."""

from collections.abc import Iterator
from datetime import date

import pytest

from ketang.core.areas import actions, api, testing, tree
from ketang.core.areas.models import Area, Revision
from ketang.core.areas.rules import level_of, levels_of
from ketang.core.areas.testing import (
    DEDICATED,
    DISTRICT,
    GRID,
    MICROGRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
)
from ketang.core.areas.types import (
    AlreadyInPlace,
    AreaClosed,
    AreaUnknown,
    Gap,
    GroupFacts,
    GroupKind,
    GroupUnfit,
    HeadTaken,
    Level,
    Member,
    NotItsLevel,
    SuccessorUnfit,
    TeamRole,
)
from ketang.core.audit.models import AuditRow
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import KetangError

pytestmark = pytest.mark.django_db
SPLIT = date(2026, 7, 1)
NEW_A, NEW_B = "330604001201", "330604001202"


@pytest.fixture(autouse=True)
def _small_tree(db: None) -> Iterator[None]:
    testing.plant()
    yield
    api.forget()


def _split_village() -> None:
    rows = [testing.row(NEW_A, "南丰一社区"), testing.row(NEW_B, "南丰二社区")]
    testing.load(rows, valid_from=SPLIT)
    api.close_area(VILLAGE, SPLIT, [NEW_A, NEW_B], SYSTEM, now=testing.NOW)


def test_levels_of_gives_only_what_the_code_reaches() -> None:
    assert levels_of(VILLAGE) == {"district": DISTRICT, "town": TOWN, "village": VILLAGE}
    assert list(levels_of(MICROGRID)) == [level.value for level in Level]


@pytest.mark.parametrize("code", ["", "33060", "3306040011", "33060400105A", "３３０６０４"])
def test_a_wrong_length_or_letter_is_no_level(code: str) -> None:
    assert level_of(code) is None


def test_names_run_from_the_town_down() -> None:
    assert api.names_of(GRID) == "百官街道 · 南丰社区 · 第1网格"
    assert api.names_of(DISTRICT) == "上虞区"
    assert api.names_of("") == ""


def test_an_unknown_code_is_shown_as_it_is_and_refused_by_get() -> None:
    assert api.name_of("999999") == "999999"
    with pytest.raises(AreaUnknown):
        api.get("999999")


def test_the_district_is_the_one_loaded() -> None:
    assert api.district_code() == DISTRICT


def test_children_come_by_code_and_only_those_valid() -> None:
    assert [c.code for c in api.children(VILLAGE)] == [GRID, OTHER_GRID, DEDICATED]
    assert api.children(VILLAGE, date(1999, 1, 1)) == []


def test_a_split_village_exists_until_the_day_and_its_successors_from_it() -> None:
    _split_village()
    eve = date(2026, 6, 30)
    assert api.exists(VILLAGE, eve)
    assert not api.exists(VILLAGE, SPLIT)
    assert not api.exists(NEW_A, eve)
    assert api.exists(NEW_A, SPLIT)
    assert api.successors(VILLAGE, eve) == (VILLAGE,)
    assert api.successors(VILLAGE, SPLIT) == (NEW_A, NEW_B)


def test_a_grid_closed_with_its_village_is_followed_by_the_villages_successors() -> None:
    _split_village()
    assert not api.exists(GRID, SPLIT)
    assert api.successors(GRID, SPLIT) == (NEW_A, NEW_B)
    assert api.successors(OTHER_VILLAGE, SPLIT) == (OTHER_VILLAGE,)


def test_successors_of_successors_are_followed_through() -> None:
    _split_village()
    testing.load([testing.row("330604001203", "南丰三社区")], valid_from=date(2027, 1, 1))
    api.close_area(NEW_A, date(2027, 1, 1), ["330604001203"], SYSTEM, now=testing.NOW)
    assert api.successors(VILLAGE, date(2027, 1, 1)) == ("330604001203", NEW_B)


def test_closing_twice_is_refused() -> None:
    _split_village()
    with pytest.raises(AreaClosed):
        api.close_area(VILLAGE, SPLIT, [], SYSTEM, now=testing.NOW)


@pytest.mark.parametrize("heir", [VILLAGE, TOWN])
def test_a_successor_is_another_area_of_the_same_level(heir: str) -> None:
    with pytest.raises(SuccessorUnfit):
        api.close_area(VILLAGE, SPLIT, [heir], SYSTEM, now=testing.NOW)


def test_a_successor_must_exist() -> None:
    with pytest.raises(AreaUnknown):
        api.close_area(VILLAGE, SPLIT, ["330604001299"], SYSTEM, now=testing.NOW)


def test_closing_leaves_an_audit_row_with_the_day_and_the_heirs() -> None:
    _split_village()
    row = AuditRow.objects.filter(verb="area.closed").get()
    assert row.subject == f"area:{VILLAGE}"
    assert SPLIT.isoformat() in str(row.detail)


def test_renaming_is_seen_at_once_and_audited() -> None:
    api.rename_area(DEDICATED, "第71网格", "演示商场东门", SYSTEM, now=testing.NOW)
    assert api.get(DEDICATED).place == "演示商场东门"
    assert AuditRow.objects.filter(verb="area.renamed").count() == 1


def test_another_process_sees_a_change_after_the_token_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    api.name_of(TOWN)
    Area.objects.filter(code=TOWN).update(name="新名")  # as another process would
    Revision.objects.update(token="other")
    assert api.name_of(TOWN) == "百官街道"
    monkeypatch.setattr(tree, "LOOK_AGAIN_SECONDS", 0.0)
    assert api.name_of(TOWN) == "新名"


def _group(**changes: object) -> GroupFacts:
    values = {
        "code": "zh-1",
        "name": "城南综合网格",
        "kind": GroupKind.COMPREHENSIVE,
        "members": (VILLAGE, OTHER_VILLAGE),
    }
    return GroupFacts(**{**values, **changes})  # type: ignore[arg-type]


def test_a_group_covers_its_members_and_everything_below_them() -> None:
    api.save_group(_group(escalates_to="town-001"), SYSTEM, now=testing.NOW)
    assert [g.code for g in api.groups_of(MICROGRID)] == ["zh-1"]
    assert api.groups_of(TOWN) == []
    assert api.group("zh-1").escalates_to == "town-001"
    assert api.group_areas("zh-1") == (VILLAGE, OTHER_VILLAGE)


def test_a_group_without_scope_gives_no_areas_to_posts() -> None:
    api.save_group(_group(carries_scope=False), SYSTEM, now=testing.NOW)
    assert api.group_areas("zh-1") == ()
    assert api.group_areas("none") == ()


@pytest.mark.parametrize(
    "wrong", [{"members": ()}, {"members": ("999999",)}, {"name": " "}, {"code": "x" * 41}]
)
def test_an_unfit_group_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(GroupUnfit):
        api.save_group(_group(**wrong), SYSTEM, now=testing.NOW)


TEAM = [
    Member(GRID, TeamRole.GRID_HEAD, 1),
    Member(GRID, TeamRole.FULL_TIME, 2),
    Member(GRID, TeamRole.PART_TIME, 3),
    Member(GRID, TeamRole.GUIDE, 4),
    Member(MICROGRID, TeamRole.MICROGRID_HEAD, 5),
]


def test_a_whole_team_has_no_gaps() -> None:
    api.add_members(TEAM, SYSTEM, now=testing.NOW)
    assert api.gaps(GRID) == []
    assert api.team(GRID) == sorted(TEAM, key=lambda m: (m.area, m.role))


def test_each_missing_place_is_named() -> None:
    api.add_members(TEAM[:2], SYSTEM, now=testing.NOW)
    assert api.gaps(GRID) == [
        Gap(GRID, "第1网格", TeamRole.PART_TIME),
        Gap(GRID, "第1网格", TeamRole.GUIDE),
        Gap(MICROGRID, "第1微网格", TeamRole.MICROGRID_HEAD),
    ]
    assert api.gaps(TOWN) == []


@pytest.mark.parametrize(
    "member,refusal",
    [
        (Member(GRID, TeamRole.GRID_HEAD, 9), HeadTaken),
        (Member(MICROGRID, TeamRole.MICROGRID_HEAD, 9), HeadTaken),
        (Member(MICROGRID, TeamRole.FULL_TIME, 9), NotItsLevel),
        (Member(GRID, TeamRole.HELPER, 9), NotItsLevel),
        (Member(GRID, TeamRole.GUIDE, 4), AlreadyInPlace),
    ],
)
def test_a_place_that_breaks_the_rule_is_refused_and_nobody_joins(
    member: Member, refusal: type[KetangError]
) -> None:
    api.add_members(TEAM, SYSTEM, now=testing.NOW)
    with pytest.raises(refusal):
        api.add_members([Member(GRID, TeamRole.FULL_TIME, 8), member], SYSTEM, now=testing.NOW)
    assert len(api.team(GRID)) == len(TEAM)


def test_of_two_heads_at_the_same_moment_the_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    api.add_members(TEAM[:1], SYSTEM, now=testing.NOW)
    monkeypatch.setattr(actions, "team", lambda code: [])  # as the other process read it
    with pytest.raises(HeadTaken):
        api.add_members([Member(GRID, TeamRole.GRID_HEAD, 9)], SYSTEM, now=testing.NOW)


def test_of_two_closing_at_the_same_moment_the_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    open_still = api.get(VILLAGE)
    _split_village()
    monkeypatch.setattr(actions, "get", lambda code: open_still)
    with pytest.raises(AreaClosed):
        api.close_area(VILLAGE, date(2026, 8, 1), [OTHER_VILLAGE], SYSTEM, now=testing.NOW)
    assert api.successors(VILLAGE, date(2026, 8, 1)) == (NEW_A, NEW_B)


def test_leaving_twice_is_harmless_and_audited_once() -> None:
    api.add_members(TEAM, SYSTEM, now=testing.NOW)
    for _ in range(2):
        api.remove_member(TEAM[0], SYSTEM, now=testing.NOW)
    assert api.gaps(GRID) == [Gap(GRID, "第1网格", TeamRole.GRID_HEAD)]
    assert AuditRow.objects.filter(verb="team.left").count() == 1


def test_the_drawing_holds_the_area_and_its_children() -> None:
    drawing = api.draw(VILLAGE)
    assert [shape.code for shape in drawing.shapes] == [VILLAGE, GRID, OTHER_GRID, DEDICATED]
    assert all(shape.path.startswith("M") and shape.path.endswith("Z") for shape in drawing.shapes)
    assert drawing.view_box == "-4 -4 874 1008"  # taller than wide: cos(30°)
    assert api.draw("330604999").shapes == ()
