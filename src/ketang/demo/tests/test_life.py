"""The living demo: cases run through the loop by its own verbs, at the chosen pace, and only its own."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from ketang.core.accounts.models import Account
from ketang.core.accounts.queries import NOBODY
from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case, Step
from ketang.core.cases.types import Channel, NewCase, Verb
from ketang.demo import living, loading, seeding
from ketang.demo.acting import advance
from ketang.demo.cast import Cast, ensure_staff
from ketang.demo.reporting import SOURCE, raise_one
from ketang.demo.writing import leaves
from ketang.kernel.clock import now
from ketang.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
MOVES_AT_MOST = 40


def _play(case_id: int, cast: Cast, seed: int = 1) -> list[Verb]:
    """All moves until nothing is left to do."""
    rng, at, done = Random(seed), now(), []
    for _ in range(MOVES_AT_MOST):
        at += timedelta(minutes=1)
        verb = advance(case_id, cast, rng, at)
        if verb is None:
            return done
        done.append(verb)
    raise AssertionError(f"no end after {done}")


@pytest.mark.parametrize("kind", leaves())
def test_a_case_of_every_leaf_can_be_played_to_its_end(cast: Cast, kind: str) -> None:
    ref = raise_one(cast, Random(kind), now(), kind)
    _play(ref.id, cast)
    assert not Case.objects.get(pk=ref.id).open


def test_every_move_leaves_a_step_and_an_audit_row(cast: Cast) -> None:
    ref = raise_one(cast, Random(2), now(), "E0703")
    moves = _play(ref.id, cast)
    verbs = list(Step.objects.filter(case=ref.id).order_by("seq").values_list("verb", flat=True))
    assert verbs[-len(moves) :] == [verb.value for verb in moves]
    assert AuditRow.objects.filter(subject=f"case:{ref.id}").count() >= len(moves) + 1


def test_returns_failed_reviews_and_ratings_all_come_about(cast: Cast) -> None:
    seen: set[Verb] = set()
    for seed in range(40):
        ref = raise_one(cast, Random(seed), now(), "E0703")
        seen |= set(_play(ref.id, cast, seed))
    assert {Verb.RETURN, Verb.REVIEW, Verb.RATE, Verb.ANSWER} <= seen
    assert Case.objects.filter(redone__gt=0).exists()


def test_everything_raised_is_marked_as_synthetic(cast: Cast) -> None:
    for seed in range(10):
        raise_one(cast, Random(seed), now())
    assert set(Case.objects.values_list("source_system", flat=True)) == {SOURCE}


def test_a_visitors_case_is_never_touched(cast: Cast) -> None:
    new = NewCase(body="路灯不亮", channel=Channel.RESIDENT, kind="E0702")
    mine = cases.report(new, NOBODY, now())
    living.live(Random(1), now(), 30)
    assert Case.objects.get(pk=mine.id).version == 1
    assert Case.objects.filter(source_system=SOURCE).exists()


def test_a_tick_does_what_the_pace_says(cast: Cast) -> None:
    living.set_pace(60)
    assert living.tick(Random(1), now(), seconds=5) in (4, 5, 6)


def test_pace_0_stops(cast: Cast) -> None:
    living.set_pace(0)
    assert living.tick(Random(1), now(), seconds=600) == 0
    assert not Case.objects.exists()


def test_the_setting_is_the_pace_until_one_is_chosen(demo_mode: None, settings: Any) -> None:
    settings.DEMO_PACE = 20
    assert living.pace() == 20
    living.set_pace(100_000)
    assert living.pace() == living.FASTEST


def test_a_refused_move_is_passed_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> bool:
        raise NotFound

    monkeypatch.setattr(living, "_something_happens", refuse)
    assert living.live(Random(1), now(), 3) == 0


def test_background_staff_cannot_log_in_and_is_made_once(cast: Cast) -> None:
    staff = Account.objects.filter(username__startswith="bg.")
    assert staff.exists()
    assert not any(account.has_usable_password() for account in staff)
    assert ensure_staff(now()) == 0


def test_seeding_fills_an_empty_demo_once(cast: Cast) -> None:
    assert seeding.seed_cases(now(), closed=30, open_=25) == 55
    assert Case.objects.filter(open=False).count() >= 30
    assert Case.objects.filter(open=True, due_at__gt=now()).exists()
    assert Case.objects.values("state").distinct().count() >= 4
    assert not Case.objects.filter(reported_at__gt=now()).exists()
    assert seeding.seed_cases(now()) == 0


@pytest.mark.django_db
def test_the_demo_is_refused_outside_demo_mode(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(NotFound):
        loading.load_demo(now())
    with pytest.raises(NotFound):
        living.set_pace(6)


def test_load_demo_names_every_login_and_again_changes_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "seed_cases", lambda at: seeding.seed_cases(at, closed=5, open_=5))
    logins = loading.load_demo(now())
    before = (Account.objects.count(), Case.objects.count(), AuditRow.objects.count())
    assert loading.load_demo(now()) == logins
    assert (Account.objects.count(), Case.objects.count(), AuditRow.objects.count()) == before
    assert len({role for role, _, _ in logins}) == 14


def test_most_seeded_cases_are_in_time_and_every_leaf_is_open_once(cast: Cast) -> None:
    at = now()
    seeding.seed_cases(at, closed=0, open_=len(leaves()))
    cases_open = Case.objects.filter(open=True)
    assert cases_open.filter(due_at__lt=at).count() < 0.3 * cases_open.count()
    assert set(Case.objects.values_list("kind", flat=True)) == set(leaves())
