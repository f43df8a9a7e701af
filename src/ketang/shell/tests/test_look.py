"""The look's promises, read from its sources: contrast, sizes, weight."""

import gzip
import os
import re
from pathlib import Path

import pytest

from ketang.shell import assets

STYLE = Path(__file__).resolve().parents[4] / "frontend" / "src" / "style"
TOKENS = (STYLE / "tokens.css").read_text()
PAIRS = re.findall(r"--([\w-]+):light-dark\((#\w{6}),(#\w{6})\)", TOKENS)
COLOURS = {name: (light, dark) for name, light, dark in PAIRS}

TEXT_ON = [
    *(
        (ink, ground)
        for ink in ("ink", "soft", "faint", "accent", "red", "green", "amber")
        for ground in ("paper", "card")
    ),
    *((ink, "accent-wash") for ink in ("ink", "soft", "accent", "amber", "red")),
    *((ink, f"{ink}-wash") for ink in ("green", "amber", "red", "accent")),
    *((ink, ground) for ink in ("ink",) for ground in ("green-wash", "amber-wash", "red-wash", "grey-wash")),
    ("soft", "grey-wash"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-deep"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_reads_at_four_and_a_half_to_one(ink, ground, theme):
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_an_input_can_be_seen(theme):
    assert contrast(COLOURS["edge"][theme], COLOURS["card"][theme]) >= 3


def test_large_text_is_18_to_30_px_with_targets_of_60():
    assert "--target:60px" in TOKENS
    sizes = [int(n) for n in re.findall(r"--chosen(?:-small)?:(\d+)px", TOKENS)]
    assert min(sizes) >= 18
    assert max(sizes) == 30


def test_the_script_and_styles_of_a_page_stay_below_60_kb():
    built = assets.built("main")
    if built is None and not os.environ.get("CI"):
        pytest.skip("nothing is built: run make setup")
    sent = [*(assets.DIST / "assets").glob("main-*.js"), *(assets.DIST / "assets").glob("main-*.css")]
    assert built is not None
    assert sum(len(gzip.compress(path.read_bytes())) for path in sent) < 60_000


def test_what_is_not_built_says_how_to_build_it(monkeypatch, tmp_path):
    from ketang.shell.templatetags.shell import asset

    monkeypatch.setattr(assets, "DIST", tmp_path)
    assert "make setup" in asset("main")
