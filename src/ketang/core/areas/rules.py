"""Pure decisions about codes, validity, teams and drawing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ketang.core.areas.types import LEVEL_BY_LENGTH, AreaFacts, Level, Member, TeamRole

ONE_EACH = {
    TeamRole.GRID_HEAD: "网格长",
    TeamRole.FULL_TIME: "专职网格员",
    TeamRole.PART_TIME: "兼职网格员",
    TeamRole.GUIDE: "网格指导员",
}


def level_of(code: str) -> Level | None:
    """The level a code's length says, None if it is no area code."""
    return LEVEL_BY_LENGTH.get(len(code)) if code.isascii() and code.isdigit() else None


def levels_of(code: str) -> dict[str, str]:
    """``{"district": "330604", "town": …}``, as far down as the code reaches."""
    return {level.value: code[: level.length] for level in Level if len(code) >= level.length}


def successors_on(code: str, day: date, areas: Mapping[str, AreaFacts]) -> tuple[str, ...]:
    """The areas that hold ``code``'s ground on ``day``: itself, or who took over, followed through.

    A grid closed with its village names no successors of its own: the village's take over.
    """
    area = areas.get(code)
    if area is None or area.valid_from > day:
        return ()
    if area.valid_on(day):
        return (code,)
    above = areas.get(area.parent)
    heirs = area.successors or ((above.code,) if above and not above.valid_on(day) else ())
    found = (deep for heir in heirs if heir != code for deep in successors_on(heir, day, areas))
    return tuple(dict.fromkeys(found))


def team_gaps(grid: AreaFacts, team: Sequence[Member], microgrids: Iterable[AreaFacts]) -> list[str]:
    """What is missing for 1 + 3 + N, in words; empty when the team is complete.

    One head, one full-time and one part-time worker, one guide at the grid; one head at each microgrid.
    """
    there = Counter(member.role for member in team if member.area == grid.code)
    gaps = [f"{grid.name}缺{word}" for role, word in ONE_EACH.items() if not there[role]]
    if there[TeamRole.GRID_HEAD] > 1:
        gaps.append(f"{grid.name}有 {there[TeamRole.GRID_HEAD]} 位网格长，只能有一位")
    led = {member.area for member in team if member.role is TeamRole.MICROGRID_HEAD}
    return gaps + [f"{micro.name}缺微网格长" for micro in microgrids if micro.code not in led]


def why_not_in_team(member: Member, team: Sequence[Member]) -> str:
    """Why this person cannot take this place, '' if they can."""
    if level_of(member.area) is not member.role.level:
        return "微网格长和助手设在微网格，其余成员设在网格。"
    if member in team:
        return "这个人已经在这个位置上。"
    heads = (TeamRole.GRID_HEAD, TeamRole.MICROGRID_HEAD)
    if member.role in heads and any(m.role is member.role and m.area == member.area for m in team):
        return "一个网格只有一位网格长，一个微网格只有一位微网格长；请先移除现任。"
    return ""
