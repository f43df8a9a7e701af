"""Builders for tests: a small export in a mapping's columns, written by ourselves (合成演示数据)."""

import csv
from pathlib import Path

HEADER = [
    "工单编号",
    "行业分类1级",
    "行业分类2级",
    "行业分类3级",
    "行业分类4级",
    "诉求内容",
    "原处置单位",
    "处置单位",
    "tree",
]


def order(number: int, **changes: str) -> dict[str, str]:
    """One made-up order in the columns of ``haikou12345``."""
    row = dict.fromkeys(HEADER, "其他") | {
        "工单编号": f"20180105{number:06d}",
        "行业分类4级": "投诉违停",
        "诉求内容": f"第 {number} 件：路边停满了车，轮椅过不去",
        "原处置单位": "某某局",
    }
    return row | changes


def write_orders(
    path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, HEADER, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path
