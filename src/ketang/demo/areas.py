"""Load the demo district's tree and its groups; loading again changes nothing."""

from datetime import date, datetime

from ketang.core.areas import api
from ketang.core.areas.types import GroupFacts, GroupKind, Level, LoadResult
from ketang.demo.district import demo_rows
from ketang.kernel.actor import SYSTEM
from ketang.kernel.geo import Datum

VALID_FROM = date(2024, 1, 1)
VILLAGES_PER_GROUP = 7


def load_demo_areas(now: datetime) -> LoadResult:
    """8,062 areas and the groups over them, audited as any load is."""
    result = api.load(demo_rows(), SYSTEM, valid_from=VALID_FROM, datum=Datum.WGS84, now=now)
    known = {group.code: group for group in api.groups()}
    changed = [group for group in demo_groups() if known.get(group.code) != group]
    if changed:
        api.save_groups(changed, SYSTEM, now=now)
    return result


def demo_groups() -> list[GroupFacts]:
    """综合网格 over neighbouring villages of the two largest towns, and one park across three villages."""
    groups = []
    for town in sorted(api.children(api.district_code()), key=lambda a: -len(api.children(a.code)))[:2]:
        villages = [village.code for village in api.children(town.code)]
        for number, start in enumerate(range(0, len(villages), VILLAGES_PER_GROUP), 1):
            members = tuple(sorted(villages[start : start + VILLAGES_PER_GROUP]))
            name = f"{town.name}第{number}综合网格"
            groups.append(GroupFacts(f"zh-{town.code}-{number}", name, GroupKind.COMPREHENSIVE, members))
    grids = api.below(api.district_code(), Level.GRID)
    park = tuple(grid.code for grid in grids if grid.dedicated and "产业园" in grid.place)
    return [*groups, GroupFacts("park-demo", "演示产业园区", GroupKind.PARK, park)]
