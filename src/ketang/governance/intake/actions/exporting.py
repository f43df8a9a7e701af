"""Answers back to their source, in the source's own columns, so that nothing is typed twice."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from ketang.core.accounts.types import Person
from ketang.core.audit import api as audit
from ketang.core.cases import api as cases
from ketang.core.cases.api import UpstreamAnswer
from ketang.governance.intake import queries
from ketang.governance.intake.playbook import Mapping
from ketang.governance.intake.reading import guarded
from ketang.governance.intake.types import SourceUnknown
from ketang.kernel import clock
from ketang.kernel.errors import BadInput

Cells = list[str]


def export_answers(source: str, out: Path, person: Person) -> int:
    """Write every order of a source that this person may export; returns how many. ``source`` is the
    name of the source system or of its mapping. The export itself leaves an audit row."""
    name, found = _mapping_of(source)
    header: list[str] = []
    now = clock.now()
    rows = _rows(found, cases.upstream_answers(found.source_system, name, person), header)
    first = next(rows, None)
    if first is None:
        raise SourceUnknown(
            name=source, known="、".join(m.source_system for m in queries.mappings().values())
        )
    count = writer_for(out)(out, header, _chain(first, rows))
    audit.record(
        person.actor, "answers.export", f"source:{name}", {"rows": count, "file": out.suffix}, at=now
    )
    return count


def _mapping_of(source: str) -> tuple[str, Mapping]:
    for name, found in queries.mappings().items():
        if source in (name, found.source_system):
            return name, found
    raise SourceUnknown(name=source, known="、".join(sorted(queries.mappings())), field="source")


def _rows(found: Mapping, answers: Iterator[UpstreamAnswer], header: list[str]) -> Iterator[Cells]:
    """Rows in the columns of the first one; our own columns come last. One given twice is ours as soon as
    we know better than the source: an archive keeps the answer that it came with."""
    zone = ZoneInfo(found.timezone)
    for answer in answers:
        original = dict(json.loads(answer.row))
        if not header:
            header += [*original, *(column for column in found.answers if column not in original)]
        facts = {column: _fact(answer, fact, zone) for column, fact in found.answers.items()}
        yield [facts.get(column) or original.get(column, "") for column in header]


def _fact(answer: UpstreamAnswer, name: str, zone: ZoneInfo) -> str:
    value: Any = getattr(answer, name)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return str(value or "")


def _chain(first: Cells, rest: Iterator[Cells]) -> Iterator[Cells]:
    yield first
    yield from rest


Writer = Callable[[Path, Cells, Iterator[Cells]], int]


def writer_for(out: Path) -> Writer:
    """By the file's ending. Raises BadInput for any other."""
    writers: dict[str, Writer] = {".csv": write_csv, ".xlsx": write_xlsx}
    if out.suffix.lower() not in writers:
        raise BadInput("输出文件要以 .csv 或 .xlsx 结尾。", field="out")
    return writers[out.suffix.lower()]


def write_csv(out: Path, header: Cells, rows: Iterator[Cells]) -> int:
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(cell) for cell in header])
        for row in rows:
            writer.writerow([guarded(cell) for cell in row])
            count += 1
    return count


def write_xlsx(out: Path, header: Cells, rows: Iterator[Cells]) -> int:
    """Every cell as text: a long number keeps its digits, a formula stays a word."""
    count = 0
    with xlsxwriter.Workbook(str(out), {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet("answers")
        for count, row in enumerate(_chain(header, rows)):
            for column, cell in enumerate(row):
                sheet.write_string(count, column, guarded(cell))
    return count
