"""Pure decisions about codes, validity, teams and drawing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ketang.core.areas.types import (
    LEVEL_BY_LENGTH,
    AlreadyInPlace,
    AreaFacts,
    Gap,
    HeadTaken,
    Level,
    Member,
    NotItsLevel,
    TeamRole,
)

ONE_EACH = (TeamRole.GRID_HEAD, TeamRole.FULL_TIME, TeamRole.PART_TIME, TeamRole.GUIDE)
HEADS = (TeamRole.GRID_HEAD, TeamRole.MICROGRID_HEAD)


_LENGTHS = tuple((level.value, level.length) for level in Level)


def level_of(code: str) -> Level | None:
    """The level a code's length says, None if it is no area code."""
    return LEVEL_BY_LENGTH.get(len(code)) if code.isascii() and code.isdigit() else None


def levels_of(code: str) -> dict[str, str]:
    """``{"district": "330604", "town": …}``, as far down as the code reaches."""
    return {name: code[:length] for name, length in _LENGTHS if len(code) >= length}


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


def team_gaps(grid: AreaFacts, team: Sequence[Member], microgrids: Iterable[AreaFacts]) -> list[Gap]:
    """What is missing for 1 + 3 + N; empty when the team is complete.

    One head, one full-time and one part-time worker, one guide at the grid; one head at each microgrid.
    """
    held = Counter((member.area, member.role) for member in team)
    gaps = [Gap(grid.code, grid.name, role) for role in ONE_EACH if not held[grid.code, role]]
    led = [(grid, TeamRole.GRID_HEAD), *((micro, TeamRole.MICROGRID_HEAD) for micro in microgrids)]
    gaps += [Gap(a.code, a.name, role, held[a.code, role]) for a, role in led if held[a.code, role] > 1]
    return gaps + [Gap(a.code, a.name, role) for a, role in led[1:] if not held[a.code, role]]


def check_may_join(member: Member, team: Sequence[Member]) -> None:
    """Whether this person can take this place. Raises NotItsLevel, AlreadyInPlace, HeadTaken."""
    if level_of(member.area) is not member.role.level:
        raise NotItsLevel(field="area")
    if member in team:
        raise AlreadyInPlace(field="username")
    if member.role in HEADS and any(m.role is member.role and m.area == member.area for m in team):
        raise HeadTaken(field="role")
