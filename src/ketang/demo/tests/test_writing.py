"""Synthetic text: every leaf has words, nothing personal is in them, the same seed writes the same."""

from random import Random

import pytest

from ketang.core.cases import api as cases
from ketang.demo import writing
from ketang.kernel.text import take_out_personal


@pytest.mark.django_db
def test_every_leaf_of_the_playbook_has_words_and_no_other() -> None:
    assert set(writing.leaves()) == set(cases.loop_book().kinds)


@pytest.mark.parametrize("kind", writing.leaves())
def test_every_sentence_of_a_leaf_is_filled_and_names_nobody(kind: str) -> None:
    for seed in range(6):
        report = writing.write_report(Random(seed), kind)
        assert report.kind == kind
        assert "{" not in report.body + report.done
        assert take_out_personal(report.body)[1] == {}


def test_the_same_seed_writes_the_same() -> None:
    first, second = Random(7), Random(7)
    assert [writing.write_report(first) for _ in range(20)] == [
        writing.write_report(second) for _ in range(20)
    ]


def test_what_is_raised_often_comes_often_and_alarms_seldom() -> None:
    rng = Random(1)
    drawn = [writing.write_report(rng).kind for _ in range(3_000)]
    assert drawn.count("E0601") > 5 * max(drawn.count(kind) for kind in writing.RARE)
    assert len(set(drawn)) > 60


def test_invented_phones_are_of_the_demo_block() -> None:
    rng = Random(1)
    assert all(writing.invented_phone(rng).startswith("1990000") for _ in range(50))
