from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import pytest
from django.db import OperationalError, transaction

from ketang.core.audit import api as audit
from ketang.core.audit.models import AuditRow
from ketang.core.outbox import api, rules, upkeep
from ketang.core.outbox.claims import claim
from ketang.core.outbox.models import OutboxDelivery, OutboxMessage, OutboxPeriodic
from ketang.core.outbox.worker import Worker
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Rung:
    n: int


@pytest.fixture
def rung():
    return api.event("Rung")(Rung)


def leave_trace(name):
    """An effect in the database that can be counted."""

    def run(argument):
        audit.record(SYSTEM, name, f"test:{getattr(argument, 'n', 0)}", at=now())

    run.__qualname__ = name
    return run


def traces(name):
    return AuditRow.objects.filter(verb=name).count()


def fail(argument):
    leave_trace("half")(argument)
    raise ValueError("call 13800138000\nDETAIL: Key (phone)=(x)")


def open_messages():
    return OutboxMessage.objects.exclude(next_at=None).count()


def test_two_rooms_handle_one_event_once_each(rung):
    api.handles(rung)(leave_trace("one"))
    api.handles(rung)(leave_trace("two"))
    api.publish(Rung(1), Rung(2))
    assert api.drain() == 2
    assert api.drain() == 0
    assert (traces("one"), traces("two"), open_messages()) == (2, 2, 0)


def test_an_event_nobody_handles_is_done(rung):
    api.publish(Rung(1))
    api.drain()
    assert OutboxMessage.objects.get().done_at


def test_what_a_handler_publishes_is_drained_too(rung):
    @api.event("Echoed")
    @dataclass(frozen=True)
    class Echoed:
        n: int

    api.handles(rung)(lambda happened: api.publish(Echoed(happened.n)))
    api.handles(Echoed)(leave_trace("echo"))
    api.publish(Rung(1))
    assert api.drain() == 2
    assert traces("echo") == 1


def test_a_failing_handler_leaves_nothing_and_keeps_the_others(rung):
    api.handles(rung)(fail)
    api.handles(rung)(leave_trace("other"))
    api.publish(Rung(1))
    assert api.drain(strict=False) == 1
    assert (traces("half"), traces("other")) == (0, 1)
    message = OutboxMessage.objects.get()
    assert message.next_at > now()
    assert "ValueError" in message.last_error
    assert "13800138000" not in message.last_error
    assert "DETAIL" not in message.last_error


def test_drain_tells_a_test_what_failed(rung):
    api.handles(rung)(fail)
    api.publish(Rung(1))
    with pytest.raises(ValueError, match="call"):
        api.drain()


def test_a_message_is_tried_eight_times_and_then_laid_aside_and_can_be_replayed(rung):
    api.handles(rung)(fail)
    api.publish(Rung(1))
    at, tries = now(), 0
    for _ in range(20):
        tries += api.drain(now=at, strict=False)
        at += timedelta(hours=2)
    assert tries == rules.MAX_ATTEMPTS
    [letter] = api.dead_letters()
    assert (letter.topic, letter.attempts) == ("Rung", 8)
    assert api.lag().dead == 1

    registered = leave_trace("mended")
    api.handles(rung)(registered)
    from ketang.core.outbox import registry

    registry._handlers["Rung"] = [h for h in registry._handlers["Rung"] if h.run is registered]
    assert api.replay(letter.id, at=at) == "Rung"
    assert api.drain(now=at) == 1
    assert traces("mended") == 1
    assert api.lag().dead == 0


def test_only_one_of_two_administrators_replays(rung):
    api.publish(Rung(1))
    OutboxMessage.objects.update(dead_at=now(), next_at=None)
    dead = OutboxMessage.objects.get()
    api.replay(dead.id, at=now())
    with pytest.raises(upkeep.DeadLetterGone):
        api.replay(dead.id, at=now())


def test_a_timer_waits_for_its_time():
    api.job("ring")(leave_trace("ring"))
    at = now() + timedelta(days=1)
    api.schedule("ring", {"n": 1}, key="ring:1", at=at)
    assert api.drain() == 0
    assert api.drain(now=at) == 1
    assert traces("ring") == 1


def test_an_external_job_gets_its_key_and_runs_again_only_without_its_mark():
    keys = []
    api.job("sms", external=True)(lambda payload, key: keys.append((payload, key)))
    api.schedule("sms", {"to": 1}, key="sms:1", at=now())
    api.drain()
    OutboxMessage.objects.update(done_at=None, next_at=now())
    api.drain()
    assert keys == [({"to": 1}, "sms:1")]


def test_a_job_nobody_knows_waits_for_a_worker_that_does():
    api.schedule("later", {}, key="later:1", at=now())
    api.drain(strict=False)
    message = OutboxMessage.objects.get()
    assert message.done_at is None
    assert "UnknownTopic" in message.last_error


def test_effects_happen_once_when_a_worker_dies_between_effect_and_done(rung):
    """It was killed after the handler's commit and before ``finish``: the lease runs out, another tries."""
    from ketang.core.outbox.delivery import deliver

    api.handles(rung)(leave_trace("effect"))
    api.publish(Rung(1))
    [message] = claim("dead worker", now())
    deliver(message, now)
    assert api.drain() == 0  # still leased
    assert api.drain(now=now() + rules.LEASE + timedelta(seconds=1)) == 1
    assert traces("effect") == 1
    assert OutboxMessage.objects.get().attempts == 2


def test_a_claimed_message_is_not_claimed_again(rung):
    api.publish(Rung(1))
    assert len(claim("a", now())) == 1
    assert claim("b", now()) == []


def test_a_worker_told_to_stop_hands_back_what_it_did_not_begin(rung):
    stop = Event()
    api.handles(rung)(lambda happened: stop.set())
    api.publish(*[Rung(n) for n in range(3)])
    Worker(stop).run()
    assert OutboxMessage.objects.exclude(done_at=None).count() == 1
    assert set(OutboxMessage.objects.filter(done_at=None).values_list("attempts", "claimed_by")) == {(0, "")}


def test_a_periodic_job_runs_on_one_worker_and_then_waits():
    api.every("tick", seconds=60)(lambda: leave_trace("tick")(None))
    Worker().round()
    Worker().round()
    assert traces("tick") == 1
    OutboxPeriodic.objects.filter(name="tick").update(next_at=now())
    Worker().round()
    assert traces("tick") == 2


def test_a_periodic_job_that_fails_says_so_and_comes_round_again():
    @api.every("bad", seconds=60)
    def bad():
        raise ValueError("no")

    Worker().round()
    row = OutboxPeriodic.objects.get(name="bad")
    assert "ValueError" in row.last_error
    assert row.next_at > now()


def test_the_worker_outlives_a_database_that_goes_away(monkeypatch):
    stop, rounds = Event(), []

    def round_(self):
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("gone")
        stop.set()
        return 0

    monkeypatch.setattr(Worker, "round", round_)
    monkeypatch.setattr(Worker, "_wait_for_database", lambda self, error, failures: None)
    Worker(stop).run()
    assert len(rounds) == 2


def test_positions_follow_and_pruning_does_not_move_them(rung):
    api.publish(*[Rung(n) for n in range(3)])
    api.drain()
    assert [message.position for message in api.tail(0)] == [1, 2, 3]
    OutboxMessage.objects.filter(position__lt=3).update(done_at=now() - rules.RETENTION - timedelta(days=1))
    assert upkeep.prune() == 2
    assert OutboxDelivery.objects.count() == 0
    api.publish(Rung(9))
    api.drain()
    assert [message.position for message in api.tail(0)] == [3, 4]
    assert [message.position for message in api.tail(3)] == [4]
    assert api.last_position() == 4


def test_what_is_not_committed_has_no_position(rung):
    with transaction.atomic():
        api.publish(Rung(1))
        transaction.set_rollback(True)
    api.drain()
    assert api.tail(0) == []


def test_lag_is_the_wait_of_the_oldest_due_message(rung):
    assert api.lag().oldest_seconds == 0
    api.publish(Rung(1))
    api.schedule("later", {}, key="x", at=now() + timedelta(hours=1))
    later = now() + timedelta(seconds=90)
    assert 89 < api.lag(at=later).oldest_seconds < 91


def test_an_idle_round_asks_four_questions_and_writes_nothing(django_assert_num_queries):
    Worker().round()  # periodic work, which may publish
    Worker().round()
    with django_assert_num_queries(4) as seen:
        Worker().round()
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)
