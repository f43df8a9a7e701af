"""Several workers, publishers and followers at once, on a database that has more than one writer."""

import random
from collections import Counter
from dataclasses import dataclass
from threading import Event

import pytest
from django.db import connection, transaction

from ketang.core.audit import api as audit
from ketang.core.audit.models import AuditRow
from ketang.core.audit.testing import at_once
from ketang.core.outbox import api, periodic
from ketang.core.outbox.models import OutboxMessage
from ketang.core.outbox.sequencing import place_messages
from ketang.core.outbox.worker import Worker
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, slots=True)
class Rung:
    n: int


@pytest.fixture(autouse=True)
def _many_writers(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer; tests/faults covers its processes")


@pytest.fixture
def rung():
    api.event("Rung")(Rung)

    @api.handles(Rung)
    def trace(happened):
        audit.record(SYSTEM, "rung", f"test:{happened.n}", at=now())


@pytest.mark.usefixtures("rung")
def test_four_workers_handle_each_message_once():
    api.publish(*[Rung(n) for n in range(400)])
    tried = at_once(*[api.drain] * 4)
    assert sum(tried) == 400
    assert Counter(AuditRow.objects.values_list("subject", flat=True)).most_common(1)[0][1] == 1
    assert AuditRow.objects.count() == 400
    assert not OutboxMessage.objects.filter(done_at=None).exists()


@pytest.mark.usefixtures("rung")
def test_two_workers_with_the_same_message_take_effect_once():
    """The lease of the first ran out while it was at work."""
    from ketang.core.outbox.claims import claim
    from ketang.core.outbox.delivery import deliver

    api.publish(Rung(1))
    [message] = claim("slow", now())
    at_once(*[lambda: deliver(message, now)] * 4)
    assert AuditRow.objects.count() == 1


@pytest.mark.usefixtures("rung")
def test_a_follower_sees_every_message_in_order_of_commit():
    publishers, each = 5, 40
    done = [Event() for _ in range(publishers)]
    seen = []

    def publish(which):
        chance = random.Random(which)
        for n in range(each):
            with transaction.atomic():
                api.publish(Rung(which * 1000 + n))
                Event().wait(chance.random() / 100)
        done[which].set()

    def follow():
        cursor = 0
        while True:
            last_look = all(event.is_set() for event in done)
            place_messages()
            for message in api.tail(cursor, 7):
                assert message.position == cursor + 1
                cursor = message.position
                seen.append(message.payload)
            if last_look and cursor == publishers * each:
                return

    at_once(*[lambda which=which: publish(which) for which in range(publishers)], follow, place_messages)
    assert len(set(seen)) == publishers * each


def test_a_periodic_job_has_one_runner_at_a_time():
    running, most, runs = [], [], []

    @api.every("alone", seconds=0)
    def alone():
        running.append(1)
        most.append(len(running))
        Event().wait(0.01)
        running.pop()
        runs.append(1)

    def rounds():
        worker = Worker()
        for _ in range(15):
            periodic.run_due(worker.name)

    at_once(rounds, rounds, rounds)
    assert max(most) == 1
    assert runs
