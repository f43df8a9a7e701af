"""Versions in force: applied in one transaction, kept for ever, seen by the next look."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ketang.core.audit import api as audit
from ketang.core.outbox.models import OutboxMessage
from ketang.core.playbooks import actions, api, queries, registry
from ketang.core.playbooks.models import PlaybookVersion
from ketang.core.playbooks.testing import loaded, put_in_force
from ketang.core.playbooks.types import PlaybookMissing, PlaybookMoved
from ketang.kernel.actor import Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CHIEF = Actor("staff", 7, "系统管理员")


@pytest.fixture
def one(tmp_path):
    return loaded(tmp_path, "one", {}).valid()


@pytest.fixture
def two(tmp_path):
    return loaded(tmp_path, "two", {}).valid()


def test_before_the_first_apply_the_playbook_on_disk_holds(settings):
    assert api.current().name == settings.PLAYBOOK
    assert api.applied_hash() == ""


def test_an_applied_version_is_in_force_and_audited_and_told(one):
    done = api.apply(one, CHIEF, at=NOW, note="试行")
    assert api.current().version == one.version
    assert (done.version, done.previous) == (one.version, "")
    (entry,) = audit.history(f"playbook:{one.version}")
    assert (entry.verb, entry.actor_id, entry.detail["note"]) == ("apply_playbook", 7, "试行")
    assert OutboxMessage.objects.filter(topic="PlaybookApplied").count() == 1


def test_the_former_version_stays_readable(one, two):
    put_in_force(one)
    api.apply(two, CHIEF, at=NOW)
    queries._cache.versions.clear()
    assert api.version(one.version).title == "one"
    assert api.current().version == two.version


def test_an_old_version_can_be_applied_again(one, two):
    for number, book in enumerate((one, two, one)):
        api.apply(book, CHIEF, at=NOW + timedelta(hours=number))
    assert api.current().version == one.version
    assert PlaybookVersion.objects.count() == 2


def test_a_version_nobody_has_is_said_to_be_missing():
    with pytest.raises(PlaybookMissing):
        api.version("0123456789ab")


def test_the_preview_may_be_overtaken(one, two):
    put_in_force(one)
    with pytest.raises(PlaybookMoved):
        api.apply(two, CHIEF, at=NOW, expected="ffffffffffff")
    assert api.current().version == one.version


def test_current_asks_the_database_at_most_every_two_seconds(one, monkeypatch):
    put_in_force(one)
    seconds = [100.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: seconds[0])
    queries.forget()
    api.current()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _ in range(50):
            api.current()
    assert len(asked) == 0
    seconds[0] += 2.1
    with CaptureQueriesContext(connection) as asked:
        api.current()
    assert len(asked) == 1


def test_another_process_is_seen_at_the_next_look(one, two, monkeypatch):
    seconds = [100.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: seconds[0])
    put_in_force(one)
    actions._store(two, CHIEF, NOW, "")  # as another process commits it: this one's cache knows nothing
    assert api.current().version == one.version
    seconds[0] += 2.1
    assert api.current().version == two.version


@pytest.mark.usefixtures("own_registry")
def test_recompute_runs_only_when_asked_and_previews_without_doing(one):
    heard = []
    registry.on_recompute(lambda change: heard.append(change.preview) or ["3 件"])
    assert api.preview_recompute(one, at=NOW) == ("3 件",)
    api.apply(one, CHIEF, at=NOW)
    assert heard == [True]
    assert api.apply(one, CHIEF, at=NOW, recompute_open=True).recomputed == ("3 件",)
    assert heard == [True, False]


@pytest.mark.usefixtures("own_registry")
def test_a_recompute_that_fails_takes_the_version_back(one):
    def broken(change):
        raise RuntimeError("half way")

    registry.on_recompute(broken)
    with pytest.raises(RuntimeError):
        api.apply(one, CHIEF, at=NOW, recompute_open=True)
    assert not PlaybookVersion.objects.exists()


def test_ensure_applied_stores_the_playbook_of_the_settings_once(settings):
    first = api.ensure_applied(at=NOW)
    assert api.ensure_applied(at=NOW + timedelta(days=1)) == first
    assert PlaybookVersion.objects.get().name == settings.PLAYBOOK


def test_ensure_applied_does_not_replace_what_was_chosen(one):
    put_in_force(one)
    assert api.ensure_applied(at=NOW) == one.version


def test_who_saw_an_older_preview_is_told_to_look_again(tmp_path, one):
    put_in_force(one)
    left, right = (loaded(tmp_path, name, {}).valid() for name in ("left", "right"))
    api.apply(left, CHIEF, at=NOW, expected=one.version)
    with pytest.raises(PlaybookMoved):
        api.apply(right, CHIEF, at=NOW, expected=one.version)


@pytest.mark.postgres  # threads on the tests' in-memory SQLite share one cache, whose locks do not wait
@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_preview_one_is_told_to_look_again(tmp_path, one):
    put_in_force(one)
    others = [loaded(tmp_path, name, {}).valid() for name in ("left", "right")]
    ready, outcomes = threading.Barrier(2), []

    def bring_in(book):
        ready.wait()
        try:
            api.apply(book, CHIEF, at=NOW, expected=one.version)
            outcomes.append("applied")
        except PlaybookMoved:
            outcomes.append("moved")
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in, args=(book,)) for book in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["applied", "moved"]
