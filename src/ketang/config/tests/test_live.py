import asyncio
import json
import time

import pytest

from ketang.config.live import app as live_app
from ketang.config.live.app import Live
from ketang.config.live.feed import KEEP, Change, Feed, subject_of
from ketang.kernel.live_token import mint, read

SECRET = "s" * 40


def token(*subjects, seconds=60):
    return mint(SECRET, list(subjects), int(time.time()) + seconds)


class Outbox:
    """What ``tail`` and ``head`` read, changed by the test."""

    def __init__(self, *changes):
        self.changes, self.away = list(changes), False

    def tail(self, after, limit):
        if self.away:
            raise OSError("the database is away")
        return [c for c in self.changes if c.position > after][:limit]

    def head(self):
        return self.changes[-1].position if self.changes else 0


class Viewer:
    """A browser's EventSource on the raw protocol."""

    def __init__(self, app, query="", last=""):
        headers = [(b"last-event-id", last.encode())] if last else []
        self.scope = {"type": "http", "path": "/live", "query_string": query.encode(), "headers": headers}
        self.sent, self.gone = [], asyncio.Event()
        self.task = asyncio.ensure_future(app(self.scope, self._receive, self._send))

    async def _receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None

    @property
    def text(self):
        return b"".join(m.get("body", b"") for m in self.sent).decode()

    async def sees(self, *words):
        async with asyncio.timeout(5):
            while not all(word in self.text for word in words):
                await asyncio.sleep(0.01)

    async def leave(self):
        self.gone.set()
        await self.task


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(live_app, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(live_app, "HEARTBEAT_SECONDS", 0.1)


def stage(outbox, act):
    async def run():
        app = Live(SECRET, outbox.tail, outbox.head)
        await act(app)
        app._reader.cancel()

    asyncio.run(run())


def test_a_viewer_hears_of_what_its_page_shows_by_id_and_of_the_rest_without():
    outbox = Outbox(Change(1, "case:1"))

    async def act(app):
        viewer = Viewer(app, f"token={token('case:7')}")
        await viewer.sees("id: 1\n")
        outbox.changes += [Change(2, "case:7"), Change(3, "case:8")]
        await viewer.sees('event: change\ndata: {"id": "case:7", "position": 2}', "event: tick")
        assert "case:8" not in viewer.text
        assert "case:1" not in viewer.text
        await viewer.leave()
        assert app.viewers == 0

    stage(outbox, act)


def test_a_viewer_who_was_away_resumes_after_its_last_event():
    outbox = Outbox(Change(5, "case:5"))

    async def act(app):
        first = Viewer(app, f"token={token('case:5')}")
        await first.sees("id: 5\n")
        outbox.changes += [Change(6, "case:5"), Change(7, "case:5")]
        await first.sees('"position": 7')
        again = Viewer(app, f"token={token('case:5')}", last="6")
        await again.sees('data: {"id": "case:5", "position": 7}')
        too_old = Viewer(app, f"token={token('case:5')}", last="2")
        await too_old.sees("event: reload")
        from_another_database = Viewer(app, f"token={token('case:5')}", last="999")
        await from_another_database.sees("event: reload")
        for viewer in (first, again, too_old, from_another_database):
            await viewer.leave()

    stage(outbox, act)


@pytest.mark.parametrize(
    "query",
    ["", "token=x", "token=x.y", f"token={token('case:1', seconds=-1)}"],
    ids=["none", "short", "forged", "old"],
)
def test_without_a_valid_token_nothing_is_streamed(query):
    async def act(app):
        viewer = Viewer(app, query)
        await viewer.task
        assert viewer.status == 204
        assert viewer.text == ""

    stage(Outbox(), act)


def test_viewers_stay_while_the_database_is_away_and_hear_what_follows(monkeypatch):
    outbox = Outbox(Change(1, "case:1"))
    original = asyncio.sleep
    monkeypatch.setattr(live_app.asyncio, "sleep", lambda s: original(min(s, 0.05)))

    async def act(app):
        viewer = Viewer(app, f"token={token('case:1')}")
        await viewer.sees("id: 1\n")
        outbox.away = True
        await viewer.sees(": still here")
        outbox.away = False
        outbox.changes.append(Change(2, "case:1"))
        await viewer.sees('"position": 2')
        await viewer.leave()

    stage(outbox, act)


def test_a_thousand_viewers_need_one_reader():
    outbox, calls = Outbox(Change(1, "case:1")), []
    tail = outbox.tail
    outbox.tail = lambda after, limit: calls.append(after) or tail(after, limit)

    async def act(app):
        viewers = [Viewer(app, f"token={token('case:1')}") for _ in range(1000)]
        await viewers[-1].sees("id: 1")
        started = len(calls)
        outbox.changes.append(Change(2, "case:1"))
        for viewer in viewers:
            await viewer.sees('"position": 2')
        assert len(calls) - started < 200
        for viewer in viewers:
            await viewer.leave()

    stage(outbox, act)


def test_a_token_names_its_subjects_and_cannot_be_changed():
    given = mint(SECRET, ["case:1"], 100)
    assert read(SECRET, given, 99) == {"case:1"}
    assert read(SECRET, given, 100) is None
    assert read("another secret", given, 99) is None
    assert read(SECRET, "A" + given[1:], 99) is None
    assert read("", mint("", ["case:1"], 100), 99) is None


def test_the_feed_forgets_the_oldest_and_says_so():
    feed = Feed()
    feed.start(0)
    feed.add(Change(i, "case:1") for i in range(1, KEEP + 11))
    assert "reload" in feed.told(5, frozenset())
    assert feed.told(20, frozenset({"case:1"})).count("event: change") == 1


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        ({"case_id": 3}, "case:3"),
        ({"subject_kind": "case", "subject_id": 4}, "case:4"),
        ({"x": 1}, ""),
        ([1], ""),
    ],
)
def test_events_about_a_case_name_it(payload, subject):
    assert subject_of(json.dumps(payload)) == subject


@pytest.mark.django_db
def test_without_a_proxy_the_pages_answer_the_same_protocol_at_once(client, settings):
    from ketang.core.live import live_url

    first = client.get(live_url(["case:1"]))
    assert first["Content-Type"].startswith("text/event-stream")
    assert b"retry: 3000" in first.content
    assert client.get("/live?token=forged").status_code == 204
