"""Synthetic reports: a leaf's sentence with invented places in its slots. Never a real place or person."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

PHRASES = Path(__file__).with_name("phrases.yaml")
# What a district of this size hears most; every other leaf weighs 1. The same order as hotline yearbooks:
# parking, refuse, noise, property, roads first.
OFTEN = {
    "E0601": 9, "E0501": 8, "E1201": 7, "E0803": 6, "E0703": 5, "E0503": 5, "E0702": 5, "E0907": 6,
    "E0203": 4, "E0201": 4, "E0102": 4, "E0701": 3, "E0704": 3, "E0705": 3, "E0801": 3, "E1101": 3,
    "E0105": 3, "E1501": 3,
}  # fmt: skip
RARE = {"E0108", "E0406", "E0407", "E1103", "E1401", "E1402", "E1403", "E1601", "E1602", "E1603", "E0906"}
SURNAMES = "陈王李张刘章沈金徐何郑丁叶韩罗俞"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says, and what will come of it."""

    kind: str
    body: str
    done: str


@cache
def phrases() -> dict[str, Any]:
    """The words of phrases.yaml, read once."""
    loaded: dict[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return loaded


def leaves() -> list[str]:
    return list(phrases()["leaves"])


def write_report(rng: Random, kind: str = "") -> Report:
    """A report of ``kind``, else of one drawn by how often such things are raised."""
    kind = kind or rng.choices(leaves(), [_weight(code) for code in leaves()])[0]
    leaf = phrases()["leaves"][kind]
    words = {slot: rng.choice(choices) for slot, choices in phrases()["words"].items()}
    done = leaf["done"]
    if rng.random() < 0.3:
        done = f"{done}；{rng.choice(phrases()['results'])}"
    return Report(kind, rng.choice(leaf["reports"]).format(**words), f"{done}。")


def say(rng: Random, what: str) -> str:
    """One of the lines of a list: rejects, thanks, complaints, notes, urges."""
    line: str = rng.choice(phrases()[what])
    return f"{line}。"


def answer_to(done: str) -> str:
    return f"您好，您反映的问题已经办理：{done}感谢您的反映，如还有问题请再告诉我们。"


def invented_name(rng: Random) -> str:
    return f"{rng.choice(SURNAMES)}{rng.choice(['先生', '女士', '阿姨', '师傅'])}"


def invented_phone(rng: Random) -> str:
    """A number of the 199-0000 block kept for the demo; the log sender shows codes, nothing is ever sent."""
    return f"1990000{rng.randrange(10_000):04}"


def _weight(kind: str) -> float:
    return 0.15 if kind in RARE else float(OFTEN.get(kind, 1))
