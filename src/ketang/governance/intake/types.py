"""The words of intake: rows of a file, what is wrong with them, counts. No Django."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ketang.core.cases.types import NewCase
from ketang.kernel.errors import BadInput, Conflict

ERROR_COLUMN = "导入错误（改好后可再次导入）"


class Mode(StrEnum):
    """``history``: what was, without notices, clocks or escalation. ``open``: goes into the loop now."""

    HISTORY = "history"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a file: ``number`` as a spreadsheet counts (the header is 1), cells by column.
    ``cells`` are the raw ones; ``problem`` says why they do not fit the header ('' = they do)."""

    number: int
    values: dict[str, str]
    cells: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, in a sentence."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.row} 行" + (f"“{self.column}”列" if self.column else "")
        return f"{where}：{self.message}"


@dataclass(frozen=True, slots=True)
class Order:
    """A row understood. ``closed`` is None where the source does not say; ``row_hash`` is keyed, so it
    betrays nothing of a short row; ``place`` are area names to look up."""

    row: Row
    new: NewCase
    row_hash: str
    closed: bool | None = None
    closed_at: datetime | None = None
    answer: str = ""
    overdue: bool = False
    place: tuple[str, ...] = ()


@dataclass(slots=True)
class Counts:
    """What an import did, row by row; printed as the last line of ``--json``."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def as_dict(self) -> dict[str, int]:
        names = ("created", "updated", "unchanged", "rejected")
        return {name: getattr(self, name) for name in names}

    @property
    def rows(self) -> int:
        return sum(self.as_dict().values())


@dataclass(slots=True)
class Report:
    """Counts and what the desk has to sort, for the screen."""

    counts: Counts = field(default_factory=Counts)
    errors: list[RowError] = field(default_factory=list)
    unsorted_kinds: dict[str, int] = field(default_factory=dict)
    unsorted_departments: dict[str, int] = field(default_factory=dict)
    resumed_at: int = 0
    no_areas: bool = False
    errors_at: str = ""
    sample: list[str] = field(default_factory=list)
    run: int = 0


class UnreadableFile(BadInput):
    message = "这个文件读不了：%(why)s。"
    way_out = "请在表格软件里另存为 CSV（UTF-8）或 XLSX 再导入。"


class WrongEncoding(BadInput):
    message = "文字编码不对：第 %(line)s 行附近的内容%(why)s。"
    way_out = "请在表格软件里另存为“CSV UTF-8”，或存为 XLSX，再导入。"


class ColumnsMissing(BadInput):
    message = "表头里没有映射 %(mapping)s 要的列：%(missing)s。读到的表头是：%(found)s。"
    way_out = "换一个 --mapping，或改映射文件里的列名。"


class MappingUnknown(BadInput):
    message = "没有叫 %(name)s 的映射，现有：%(known)s。"
    way_out = "映射文件放在规则的 mappings/ 下；写法见 docs/guide/import.md。"


class ImportRunning(Conflict):
    message = "同一批数据正由另一个导入写入，请等它结束再试。"


class SourceUnknown(BadInput):
    message = "没有来自“%(name)s”的工单，现有来源：%(known)s。"
