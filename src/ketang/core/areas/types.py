"""The words of the area tree: levels, facts, teams, errors. No Django."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ketang.kernel.errors import BadInput, Conflict, NotFound


class Level(StrEnum):
    """The five levels; the length of a code says its level (GB/T 2260 + statistical codes, then +3, +3)."""

    DISTRICT = "district"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"
    MICROGRID = "microgrid"

    @property
    def length(self) -> int:
        return 6 + 3 * list(Level).index(self)


LEVEL_BY_LENGTH = {level.length: level for level in Level}


class AreaKind(StrEnum):
    """A dedicated grid (专属网格) covers a park, school or mall; its parent is the village of its gate."""

    ORDINARY = "ordinary"
    DEDICATED = "dedicated"


class GroupKind(StrEnum):
    """What cuts across the tree: 综合网格 above villages, 片区, 园区."""

    COMPREHENSIVE = "comprehensive"
    SECTOR = "sector"
    PARK = "park"


class TeamRole(StrEnum):
    """1 + 3 + N: one head; full-time, part-time worker and guide; N microgrid heads with helpers."""

    GRID_HEAD = "grid_head"
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    GUIDE = "guide"
    MICROGRID_HEAD = "microgrid_head"
    HELPER = "helper"

    @property
    def level(self) -> Level:
        """Where this role stands."""
        return Level.MICROGRID if self in (TeamRole.MICROGRID_HEAD, TeamRole.HELPER) else Level.GRID


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """An area as everybody may know it. Valid from ``valid_from`` up to, not including, ``valid_to``."""

    code: str
    level: Level
    name: str
    kind: AreaKind = AreaKind.ORDINARY
    place: str = ""
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        return self.code[:-3] if len(self.code) > Level.DISTRICT.length else ""

    @property
    def dedicated(self) -> bool:
        return self.kind is AreaKind.DEDICATED

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """``escalates_to`` is a department code ('' = none); with ``carries_scope`` posts may be held over it."""

    code: str
    name: str
    kind: GroupKind
    members: tuple[str, ...]
    escalates_to: str = ""
    carries_scope: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """One place in a grid's team. ``account_id`` is core.accounts' id; names live there."""

    area: str
    role: TeamRole
    account_id: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A place of 1 + 3 + N that is empty (``have`` 0) or held by more than one; ``name`` is the area's."""

    area: str
    name: str
    role: TeamRole
    have: int = 0


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as a file gives it. ``outline`` is WKB in WGS-84 (b'' = none)."""

    row: int
    code: str
    name: str
    kind: AreaKind = AreaKind.ORDINARY
    place: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    outline: bytes = b""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row: line (CSV, header = 1) or feature number (GeoJSON), column, a sentence."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Counts as ``ketang import --json`` prints them, with the rows that were refused."""

    created: int
    updated: int
    unchanged: int
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline ready for SVG: ``path`` is the ``d`` attribute in the units of the drawing's viewBox."""

    code: str
    name: str
    path: str
    dedicated: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    view_box: str
    shapes: tuple[Shape, ...]


class AreaUnknown(NotFound):
    message = "没有编码为 %(code)s 的辖区。"


class AreaClosed(Conflict):
    message = "“%(name)s”已于 %(day)s 停用。"


class SuccessorUnfit(BadInput):
    message = "%(code)s 不能接替：要是同一层级、停用当天有效的另一个辖区。"


class UnreadableFile(BadInput):
    message = "这个文件读不了：%(why)s。"
    way_out = "CSV 要有 code、name 两列（UTF-8 或 GB18030）；GeoJSON 要是 FeatureCollection。"


class NotItsLevel(BadInput):
    message = "微网格长和助手设在微网格，其余成员设在网格。"


class AlreadyInPlace(Conflict):
    message = "这个人已经在这个位置上。"


class HeadTaken(Conflict):
    message = "一个网格只有一位网格长，一个微网格只有一位微网格长；请先移除现任。"


class GroupUnfit(BadInput):
    message = "编码和名称都要有，编码不超过 40 个字符。"


class GroupEmpty(GroupUnfit):
    message = "至少要有一个成员辖区。"


class GroupMemberUnknown(GroupUnfit):
    message = "没有编码为 %(code)s 的辖区。"
