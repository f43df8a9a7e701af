"""Rate limits that every process shares, and the address they count."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from ketang.core.accounts import api, limits
from ketang.core.accounts.models import RateCount
from ketang.kernel.errors import TooMany

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 0, 20, tzinfo=UTC)


def spend(times, key="a", now=NOW, name="test"):
    for _ in range(times):
        limits.limit_key(name, key, most=3, seconds=60, now=now)


def test_the_fourth_of_three_is_refused_with_the_seconds_left():
    spend(3)
    with pytest.raises(TooMany) as refused:
        spend(1)
    assert refused.value.params["retry_after"] == 40


def test_the_next_window_starts_again():
    spend(3)
    spend(3, now=NOW + timedelta(seconds=40))


def test_keys_and_names_are_counted_apart():
    spend(3)
    spend(3, key="b")
    spend(3, name="other")


def test_a_hit_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        spend(1)


def test_the_key_is_not_stored_as_it_is():
    spend(1, key="203.0.113.7")
    assert "203.0.113.7" not in RateCount.objects.get().key


def test_limit_counts_the_address_when_no_key_is_given():
    factory = RequestFactory()
    for _ in range(2):
        api.limit(factory.get("/", REMOTE_ADDR="203.0.113.7"), "page", 2)
    with pytest.raises(TooMany):
        api.limit(factory.get("/", REMOTE_ADDR="203.0.113.7"), "page", 2)
    api.limit(factory.get("/", REMOTE_ADDR="203.0.113.8"), "page", 2)


def test_a_forwarded_address_counts_only_behind_our_proxy_and_only_the_last_hop(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.7")
    settings.SECURE_PROXY_SSL_HEADER = None
    assert api.address_of(request) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert api.address_of(request) == "203.0.113.7"


def test_old_windows_are_thrown_away():
    spend(1, now=NOW - timedelta(days=2))
    spend(1)
    assert limits.tidy(NOW) == 1
    assert RateCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_hits_are_all_counted():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def one(_):
        try:
            return limits.hit("race", "k", 0)
        finally:
            connection.close()

    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        counts = [limits.hit("race", "k", 0) for _ in range(20)]
    else:
        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(one, range(20)))
    assert sorted(counts) == list(range(1, 21))
