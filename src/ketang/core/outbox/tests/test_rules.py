from datetime import UTC, datetime

from ketang.core.outbox import rules

NOW = datetime(2026, 9, 30, tzinfo=UTC)


def test_the_wait_grows_to_an_hour_and_then_we_give_up():
    waits = [rules.next_try(attempt, NOW) for attempt in range(1, rules.MAX_ATTEMPTS + 1)]
    assert [int((at - NOW).total_seconds()) for at in waits[:-1]] == [5, 20, 80, 320, 1280, 3600, 3600]
    assert waits[-1] is None
