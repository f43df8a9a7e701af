"""Files → rows. CSV in UTF-8 or GB18030 (detected, never guessed past a doubt), XLSX and XLS by calamine."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ketang.governance.intake.types import ERROR_COLUMN, Row, UnreadableFile, WrongEncoding

CHUNK = 1 << 20
CELL_LIMIT = 1 << 20  # one cell; beyond it a quote was never closed
EXCEL_DIGITS = 15  # a number longer than this has lost its last digits in a spreadsheet
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
csv.field_size_limit(CELL_LIMIT)


@dataclass(slots=True)
class Table:
    """An open file. ``rows`` can be read once; ``done`` says how far reading is, in [0, 1]."""

    header: tuple[str, ...]
    rows: Iterator[Row]
    done: Callable[[], float] = field(default=lambda: 1.0)
    encoding: str = ""


def read(path: Path, sheet: str = "") -> Table:
    """Open a CSV or a spreadsheet by its content. Raises UnreadableFile or WrongEncoding."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise UnreadableFile(why=error.strerror or "打不开") from error
    if not head:
        raise UnreadableFile(why="它是空的")
    if head[:4] == b"PK\x03\x04" or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _spreadsheet(path, sheet)
    return _csv(path)


# ---- text


def encoding_of(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``. Raises WrongEncoding naming the line where neither holds."""
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongEncoding(line=1, why="是 UTF-16（“Unicode 文本”）")
    broken = _first_bad(path, "utf-8")
    if broken is None:
        return "utf-8-sig"
    if broken.chinese_before:
        raise WrongEncoding(line=broken.line, why="不是完整的 UTF-8（前面的内容是），文件可能损坏或没有传完")
    other = _first_bad(path, "gb18030")
    if other is not None:
        raise WrongEncoding(line=other.line, why="既不是 UTF-8，也不是 GB18030")
    return "gb18030"


@dataclass(frozen=True, slots=True)
class _Bad:
    line: int
    chinese_before: bool


def _first_bad(path: Path, encoding: str) -> _Bad | None:
    """Where decoding fails first; None when all of it decodes. Reads in pieces: files may be large."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, chinese = 1, False
    with path.open("rb") as file:
        while True:
            piece = file.read(CHUNK)
            if b"\0" in piece:
                raise UnreadableFile(why="它不是文本")
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "replace")
                return _Bad(line + good.count("\n"), chinese or not good.isascii())
            if not piece:
                return None
            line += text.count("\n")
            chinese = chinese or not text.isascii()


def _csv(path: Path) -> Table:
    encoding = encoding_of(path)
    raw = path.open("rb")
    size = max(1, path.stat().st_size)
    text = io.TextIOWrapper(raw, encoding=encoding, newline="")
    first = text.readline(CELL_LIMIT)
    if first.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise UnreadableFile(why="它是网页（HTML/XML），不是表格")
    text.seek(0)
    reader = csv.reader(text, delimiter=max(",\t;", key=first.count), strict=True)
    records = _records(reader, raw)
    header = next(records, None)
    if header is None:
        raise UnreadableFile(why="没有表头")
    names = clean_header(header[1])
    return Table(names, _rows(records, names), lambda: 1.0 if raw.closed else raw.tell() / size, encoding)


def _records(reader: Any, raw: io.BufferedReader) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of what is not blank; the number counts records, as a spreadsheet does."""
    number = 0
    try:
        for cells in reader:
            number += 1
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise UnreadableFile(why=f"第 {number + 1} 行起引号没有配对（{error}）") from error
    finally:
        raw.close()


# ---- spreadsheets


def _spreadsheet(path: Path, sheet: str) -> Table:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise UnreadableFile(why=f"没有叫“{sheet}”的工作表，现有：{'、'.join(names)}")
        grid = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, IndexError) as error:
        raise UnreadableFile(why=f"它是压缩包或表格，但打不开（{error}）") from error
    at = {"row": 0}
    records = _grid_records(grid, at)
    header = next(records, None)
    if header is None:
        raise UnreadableFile(why="没有表头")
    names_of_columns = clean_header(header[1])
    return Table(
        names_of_columns, _rows(records, names_of_columns), lambda: at["row"] / max(1, len(grid)), "xlsx"
    )


def _grid_records(grid: Sequence[Sequence[Any]], at: dict[str, int]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(grid, 1):
        at["row"] = number
        words = [cell_text(cell) for cell in cells]
        if any(word.strip() for word in words):
            yield number, words


def cell_text(cell: object) -> str:
    """A cell as the source would have written it: whole numbers without “.0”, times as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell).replace("\0", "")


# ---- both


def clean_header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(_told_apart(names))


def _told_apart(names: Sequence[str]) -> Iterator[str]:
    """A name that comes again is shown with its number: real exports repeat columns."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield f"{name} ({seen[name]})" if seen[name] > 1 else name


def _rows(records: Iterator[tuple[int, list[str]]], header: tuple[str, ...]) -> Iterator[Row]:
    ours = ERROR_COLUMN in header
    for number, cells in records:
        problem = _misfit(cells, header)
        shown = [unguarded(cell) for cell in cells] if ours else cells
        values = dict(zip(header, shown, strict=False))
        values.pop(ERROR_COLUMN, None)
        yield Row(number, values, tuple(shown[1:] if ours and header[0] == ERROR_COLUMN else shown), problem)


def _misfit(cells: Sequence[str], header: tuple[str, ...]) -> str:
    if len(cells) < len(header):
        return f"只有 {len(cells)} 格，表头有 {len(header)} 列；文件可能没有传完，或少了分隔符"
    if any(cell.strip() for cell in cells[len(header) :]):
        return f"有 {len(cells)} 格，表头只有 {len(header)} 列；内容里的逗号要放在引号里"
    return ""


def guarded(value: str) -> str:
    """A value that no spreadsheet runs as a formula (CWE-1236): a leading apostrophe says text."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def unguarded(value: str) -> str:
    """Undo ``guarded`` in a file that we wrote."""
    return value[1:] if value.startswith(GUARDED) else value
