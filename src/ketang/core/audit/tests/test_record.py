import pytest
from django.db import transaction

from ketang.core.audit import api, rules
from ketang.core.audit.models import AuditRow
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_a_record_is_one_insert(django_assert_num_queries):
    with django_assert_num_queries(1):
        api.record(SYSTEM, "close", "case:12", {"b": 1, "a": "办结"}, at=now())
    row = AuditRow.objects.get()
    assert (row.verb, row.subject, row.detail, row.position) == (
        "close",
        "case:12",
        '{"a":"办结","b":1}',
        None,
    )


def test_a_hundred_records_are_one_insert(django_assert_num_queries):
    records = [api.Record(SYSTEM, "import", f"case:{n}", None, now()) for n in range(100)]
    with django_assert_num_queries(1):
        api.record_many(records)
    assert AuditRow.objects.count() == 100


def test_a_record_goes_with_its_transaction():
    with transaction.atomic():
        api.record(SYSTEM, "close", "case:12", at=now())
        transaction.set_rollback(True)
    assert not AuditRow.objects.exists()


def test_ids_sort_by_time_and_tell_it():
    early, late = now(), now().replace(year=2099)
    assert rules.first_id(early) <= rules.new_id(early) < rules.first_id(late)
