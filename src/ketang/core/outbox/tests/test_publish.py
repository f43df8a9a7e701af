from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from ketang.core.outbox import api, registry
from ketang.core.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


class Colour(StrEnum):
    RED = "red"


@api.event("TestHappened")
@dataclass(frozen=True, slots=True)
class TestHappened:
    __test__ = False
    case_id: int
    at: datetime
    colours: tuple[Colour, ...] = ()


HAPPENED = TestHappened(7, datetime(2026, 9, 30, 8, tzinfo=UTC), (Colour.RED,))


def test_publishing_several_events_is_one_insert(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert api.publish(HAPPENED, HAPPENED) == 2
    assert OutboxMessage.objects.count() == 2


def test_an_event_comes_back_as_it_went_in():
    api.publish(HAPPENED)
    message = OutboxMessage.objects.get()
    assert registry.decode(message.topic, message.payload) == HAPPENED


def test_publishing_under_the_same_key_twice_adds_one():
    assert [api.publish(HAPPENED, key="k"), api.publish(HAPPENED, key="k")] == [1, 0]
    assert OutboxMessage.objects.count() == 1


def test_scheduling_twice_under_one_key_is_harmless():
    at = datetime(2027, 1, 1, tzinfo=UTC)
    assert [api.schedule("t", {"a": 1}, key="x", at=at), api.schedule("t", {"a": 2}, key="x", at=at)] == [
        1,
        0,
    ]
    message = OutboxMessage.objects.get()
    assert (message.payload, message.not_before, message.next_at) == ('{"a":1}', at, at)


def test_two_classes_cannot_share_an_event_name():
    with pytest.raises(ValueError, match="TestHappened"):

        @api.event("TestHappened")
        @dataclass(frozen=True)
        class Other:
            pass
