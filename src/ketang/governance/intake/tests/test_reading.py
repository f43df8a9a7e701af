"""What files are read: encodings, delimiters, spreadsheets; and what is refused, with the reason."""

from pathlib import Path

import pytest
import xlsxwriter

from ketang.core.accounts.types import Person
from ketang.core.cases.models import Case
from ketang.governance.intake.api import Mode, Report, import_orders
from ketang.governance.intake.testing import HEADER, order, write_orders
from ketang.governance.intake.types import ColumnsMissing, MappingUnknown, UnreadableFile, WrongEncoding
from ketang.kernel.actor import SYSTEM

SYS = Person(SYSTEM)


def take(path: Path, mode: Mode = Mode.HISTORY, **more: object) -> Report:
    return import_orders(path, "haikou12345", mode, SYS, **more)


def counts(report: Report) -> tuple[int, int, int, int]:
    c = report.counts
    return c.created, c.updated, c.unchanged, c.rejected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_encodings_people_have_are_read(district, tmp_path, encoding, delimiter):
    path = write_orders(tmp_path / "a.csv", [order(1)], encoding, delimiter)
    assert counts(take(path)) == (1, 0, 0, 0)
    assert Case.objects.get().body.startswith("第 1 件")


def test_utf16_is_named(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1)], "utf-16")
    with pytest.raises(WrongEncoding, match="UTF-16"):
        take(path)


def test_broken_utf8_is_not_taken_for_gb18030(district, three):
    three.write_bytes(three.read_bytes() + "20180105000009,坏".encode()[:-1] + b"\xff,\n")
    with pytest.raises(WrongEncoding, match="第 5 行"):
        take(three)


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "空的"),
        (b"<!DOCTYPE html><html>", "网页"),
        (b"\x00\x01\x02\x03", "不是文本"),
        (b"PK\x03\x04nonsense", "打不开"),
    ],
)
def test_what_is_no_table_is_said_clearly(district, tmp_path, content, sentence):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=sentence):
        take(path)
    assert Case.objects.count() == 0


def test_a_quote_without_its_pair_is_found(district, three):
    with three.open("a", encoding="utf-8") as file:
        file.write('20180105000009,"其他,其他\n')
    with pytest.raises(UnreadableFile, match="第 5 行起引号没有配对"):
        take(three)


def test_a_header_without_the_columns_names_them(district, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号,内容\n1,2\n")
    with pytest.raises(ColumnsMissing, match="工单编号"):
        take(path)


def test_an_unknown_mapping_names_the_known_ones(district, three):
    with pytest.raises(MappingUnknown, match="haikou12345"):
        import_orders(three, "nowhere", Mode.HISTORY, SYS)


def test_a_spreadsheet_is_read_with_numbers_as_numbers(district, tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("工单")
        for n, row in enumerate([dict(zip(HEADER, HEADER, strict=True)), order(1), order(2)]):
            sheet.write_row(n, 0, list(row.values()))
        sheet.write_number(1, 0, int(order(1)["工单编号"]))
    assert counts(take(path)) == (2, 0, 0, 0)
    assert Case.objects.filter(source_number=order(1)["工单编号"]).exists()


def test_a_sheet_that_is_not_there_is_named(district, tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("工单")
    with pytest.raises(UnreadableFile, match="工单"):
        take(path, sheet="别的")
