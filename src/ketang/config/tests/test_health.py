import json
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from ketang.config import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.KETANG_HOME = tmp_path


def test_healthz_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_names_every_check_and_is_ready(client):
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert set(checks) == {"database", "migrations", "queue", "disk", "clock"}
    assert answer.status_code == 200, checks


@pytest.mark.parametrize(
    ("setting", "limit", "check"), [("MIN_FREE_MB", 10**12, "disk"), ("READY_MAX_LAG_SECONDS", -1.0, "queue")]
)
def test_readyz_fails_on_what_is_beyond_its_limit(client, settings, setting, limit, check):
    setattr(settings, setting, limit)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not answer.json()["ready"]
    assert not answer.json()["checks"][check]["ok"]


def test_readyz_says_that_the_database_is_away_without_quoting_it(client, monkeypatch):
    def away():
        raise OperationalError("connection to server at 10.1.2.3 failed: password for user ketang")

    monkeypatch.setitem(health.CHECKS, "database", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["value"] == "OperationalError"
    assert "10.1.2.3" not in answer.content.decode()


def test_readyz_fails_when_the_clocks_differ(client, monkeypatch):
    monkeypatch.setattr(health, "drift_seconds", lambda: -7.5)
    checks = client.get("/readyz").json()["checks"]
    assert checks["clock"] == {"ok": False, "value": 7.5, "limit": 5.0}


def test_readyz_counts_migrations_that_wait(client, monkeypatch):
    plan = [object(), object()]
    graph = SimpleNamespace(graph=SimpleNamespace(leaf_nodes=list))
    monkeypatch.setattr(health, "_migrated_until", 0.0)
    monkeypatch.setattr(
        health, "MigrationExecutor", lambda c: SimpleNamespace(loader=graph, migration_plan=lambda _: plan)
    )
    assert client.get("/readyz").json()["checks"]["migrations"] == {"ok": False, "value": 2, "limit": 0}


def test_metrics_count_requests_by_route_not_by_path(client):
    client.get("/healthz?phone=13857512345")
    text = client.get("/metrics").content.decode()
    assert 'route="healthz"' in text
    assert "13857512345" not in text
    assert "ketang_queue_lag_seconds" in text


def test_metrics_are_for_this_host_alone_and_not_for_whom_a_proxy_forwards(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 403


def test_with_a_token_metrics_are_for_its_bearer(client, settings):
    settings.METRICS_TOKEN = "let-me-read"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    allowed = client.get("/metrics", REMOTE_ADDR="10.0.0.9", headers={"Authorization": "Bearer let-me-read"})
    assert allowed.status_code == 200


def test_readyz_is_json_for_machines(client):
    assert json.loads(client.get("/readyz").content)["ready"] in {True, False}
