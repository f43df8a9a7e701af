"""Do rows fit the tree? Parents, doubles, successors and outlines far from their parent; pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ketang.core.areas.outlines import far_apart
from ketang.core.areas.types import AreaKind, AreaRow, Level, RowError


class Stored(Protocol):
    """What vetting needs of an area that is there already."""

    @property
    def outline(self) -> bytes | bytearray | memoryview: ...


def vet(rows: Sequence[AreaRow], stored: Mapping[str, Stored]) -> tuple[list[AreaRow], list[RowError]]:
    """The rows that fit, shallow first, and what is wrong with the others and with all below them."""
    good: dict[str, AreaRow] = {}
    errors: list[RowError] = []
    for level in Level:
        fitting = [row for row in rows if len(row.code) == level.length and _fits(row, good, stored, errors)]
        _add_near(fitting, good, stored, errors)
    _drop_unfit_heirs(good, stored, errors)
    return list(good.values()), sorted(errors, key=lambda error: error.row)


def _fits(
    row: AreaRow, good: dict[str, AreaRow], stored: Mapping[str, Stored], errors: list[RowError]
) -> bool:
    parent = row.code[:-3]
    if len(row.code) > Level.DISTRICT.length and parent not in good and parent not in stored:
        errors.append(RowError(row.row, "code", f"上级辖区 {parent} 不存在，文件里也没有或有误"))
        return False
    return True


def _add_near(
    fitting: list[AreaRow], good: dict[str, AreaRow], stored: Mapping[str, Stored], errors: list[RowError]
) -> None:
    """Keep the first of each code, unless its outline lies away from its parent's."""
    outline = _outlines(good, stored)
    far = _far_rows(fitting, outline)
    for row in fitting:
        parent = row.code[:-3]
        if row.code in good:
            errors.append(RowError(row.row, "code", f"编码 {row.code} 在第 {good[row.code].row} 行已经有了"))
        elif row.row in far:
            errors.append(RowError(row.row, "wkt", f"边界不在上级 {parent} 之内：请检查坐标和基准"))
        else:
            good[row.code] = row


def _outlines(good: Mapping[str, AreaRow], stored: Mapping[str, Stored]) -> Callable[[str], bytes]:
    def outline(code: str) -> bytes:
        if code in good and good[code].outline:
            return good[code].outline
        return bytes(stored[code].outline) if code in stored else b""

    return outline


def _far_rows(rows: list[AreaRow], outline: Callable[[str], bytes]) -> set[int]:
    """A dedicated grid hangs under the village of its gate and may lie elsewhere: not looked at."""
    pairs = [(row, outline(row.code[:-3])) for row in rows if row.outline and row.kind is AreaKind.ORDINARY]
    pairs = [(row, parent) for row, parent in pairs if parent]
    if not pairs:
        return set()
    far = far_apart([row.outline for row, _ in pairs], [parent for _, parent in pairs])
    return {row.row for (row, _), away in zip(pairs, far, strict=True) if away}


def _drop_unfit_heirs(good: dict[str, AreaRow], stored: Mapping[str, Stored], errors: list[RowError]) -> None:
    for row in list(good.values()):
        for heir in row.successors:
            known = heir in good or heir in stored
            if not known or heir == row.code or len(heir) != len(row.code):
                errors.append(RowError(row.row, "successors", f"接替辖区 {heir} 不存在或不是同一层级"))
                good.pop(row.code, None)
