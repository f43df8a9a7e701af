"""Writers and sealers at once, on a database that has more than one writer."""

import random
from threading import Event

import pytest
from django.db import connection, transaction

from ketang.core.audit import api
from ketang.core.audit.models import AuditHead, AuditRow
from ketang.core.audit.testing import at_once, findings
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _many_writers(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer; tests/faults covers its processes")


def test_a_row_committed_late_with_an_early_id_is_not_skipped():
    written, sealed = Event(), Event()

    def late():
        with transaction.atomic():
            api.record(SYSTEM, "late", "case:1", at=now())
            written.set()
            assert sealed.wait(20)

    def early():
        assert written.wait(20)
        api.record(SYSTEM, "early", "case:2", at=now())
        assert api.seal() == 1
        sealed.set()

    at_once(late, early)
    assert api.seal() == 1
    assert list(AuditRow.objects.order_by("position").values_list("verb", flat=True)) == ["early", "late"]
    assert list(AuditRow.objects.order_by("id").values_list("verb", flat=True)) == ["late", "early"]
    assert findings() == []


def test_writers_do_not_wait_for_a_sealer():
    locked, written = Event(), Event()

    def seal_slowly():
        with transaction.atomic():
            AuditHead.objects.select_for_update().get()
            locked.set()
            assert written.wait(20)

    def write():
        assert locked.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        api.record(SYSTEM, "close", "case:1", at=now())
        written.set()

    at_once(seal_slowly, write)
    assert AuditRow.objects.count() == 1


def test_many_writers_and_three_sealers_leave_no_gap_and_skip_no_row():
    writers, rows = 6, 60
    done = [Event() for _ in range(writers)]

    def write(which):
        chance = random.Random(which)
        for n in range(rows):
            with transaction.atomic():
                api.record(SYSTEM, "write", f"case:{which}-{n}", at=now())
                if chance.random() < 0.3:
                    Event().wait(chance.random() / 50)  # commits out of order
                if chance.random() < 0.1:
                    transaction.set_rollback(True)
        done[which].set()

    def seal():
        while not all(event.is_set() for event in done):
            api.seal()

    at_once(*[lambda which=which: write(which) for which in range(writers)], seal, seal, seal)
    api.seal()
    positions = list(AuditRow.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) > writers * rows / 2
    assert findings() == []


def test_verify_finds_nothing_while_others_write_and_seal():
    over = Event()

    def write():
        while not over.is_set():
            api.record_many([api.Record(SYSTEM, "write", f"case:{n}", None, now()) for n in range(7)])

    def seal():
        while not over.is_set():
            api.seal()

    def verify():
        try:
            return [finding for _ in range(25) for finding in findings()]
        finally:
            over.set()

    assert at_once(verify, write, write, seal, seal)[0] == []
    assert AuditRow.objects.exclude(position=None).exists()
