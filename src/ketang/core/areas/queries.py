"""Reads. Names, parents and groups come from the process's picture; outlines and teams from the tables."""

from collections.abc import Sequence
from datetime import date

from ketang.core.areas import drawing
from ketang.core.areas.models import Area, TeamMember
from ketang.core.areas.rules import level_of, successors_on, team_gaps
from ketang.core.areas.tree import locator, tree
from ketang.core.areas.types import AreaFacts, AreaUnknown, Drawing, Gap, GroupFacts, Level, Member, TeamRole
from ketang.kernel.clock import local, now

BELOW_DISTRICT = [level.length for level in Level if level is not Level.DISTRICT]


def today() -> date:
    """The day on a Chinese calendar."""
    return local(now()).date()


def find(code: str) -> AreaFacts | None:
    return tree().areas.get(code)


def get(code: str) -> AreaFacts:
    """The area, valid or closed. Raises AreaUnknown."""
    area = find(code)
    if area is None:
        raise AreaUnknown(code=code)
    return area


def exists(code: str, on: date | None = None) -> bool:
    """Whether the code is an area valid on that day (default: today)."""
    area = find(code)
    return area is not None and area.valid_on(on or today())


def name_of(code: str) -> str:
    """The area's own name; a code nobody knows is shown as it is."""
    area = find(code)
    return area.name if area else code


def names_of(code: str) -> str:
    """From the town down: "百官街道 · 南丰社区 · 第3网格"; a district alone gives its name."""
    below = [code[:length] for length in BELOW_DISTRICT if length <= len(code)]
    return " · ".join(name_of(part) for part in below or [code] if part)


def children(code: str, on: date | None = None) -> list[AreaFacts]:
    """Areas directly below that are valid on that day, by code; ``''`` gives the districts."""
    picture, day = tree(), on or today()
    below = (picture.areas[child] for child in picture.children.get(code, ()))
    return [area for area in below if area.valid_on(day)]


def below(code: str, level: Level, on: date | None = None) -> list[AreaFacts]:
    """All areas of one level under a code (itself included when it is of that level)."""
    day = on or today()
    under = (area for area in tree().areas.values() if area.level is level and area.code.startswith(code))
    return [area for area in under if area.valid_on(day)]


def successors(code: str, on: date | None = None) -> tuple[str, ...]:
    """Which areas hold this code's ground on that day: itself while valid, else who took over."""
    return successors_on(code, on or today(), tree().areas)


def district_code() -> str:
    """The district this platform serves, '' before areas are loaded."""
    districts = children("")
    return districts[0].code if districts else ""


def locate(lon: float, lat: float) -> str | None:
    """The deepest area valid today that holds the point (WGS-84); None outside all of them."""
    return locator(today()).one(lon, lat)


def locate_many(lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
    """``locate`` for many points at once, some 10 times faster per point."""
    return locator(today()).many(lons, lats)


def groups() -> list[GroupFacts]:
    return list(tree().groups.values())


def group(code: str) -> GroupFacts:
    found = tree().groups.get(code)
    if found is None:
        raise AreaUnknown(code=code)
    return found


def group_areas(code: str) -> tuple[str, ...]:
    """Member codes of a group that carries scope; () for any other code."""
    found = tree().groups.get(code)
    return found.members if found and found.carries_scope else ()


def groups_of(code: str) -> list[GroupFacts]:
    """The groups an area belongs to, by itself or through an area above it."""
    return [g for g in tree().groups.values() if any(code.startswith(member) for member in g.members)]


def team(code: str) -> list[Member]:
    """The places held in a grid and its microgrids (or in one microgrid)."""
    rows = TeamMember.objects.filter(area__startswith=code).order_by("area", "role", "id")
    return [Member(row.area, TeamRole(row.role), row.account_id) for row in rows]


def gaps(code: str) -> list[Gap]:
    """What a grid's team lacks for 1 + 3 + N; [] for any other level."""
    if level_of(code) is not Level.GRID:
        return []
    return team_gaps(get(code), team(code), children(code))


def draw(code: str) -> Drawing:
    """The area with its children, ready for inline SVG; no shapes when nothing has an outline."""
    codes = [code, *(child.code for child in children(code))]
    stored = Area.objects.filter(code__in=codes).exclude(outline=b"").order_by("code")
    return drawing.draw([(get(row.code), bytes(row.outline)) for row in stored])


def outline(code: str) -> bytes:
    """The area's outline as WKB in WGS-84, b'' when it has none."""
    stored = Area.objects.filter(code=code).values_list("outline", flat=True).first()
    return bytes(stored) if stored else b""
