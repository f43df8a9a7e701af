"""``ketang live``: server-sent events on raw ASGI.

One thread reads the outbox's positions over one database connection; viewers are coroutines that wait for
it. A viewer brings a token minted by its page, hears ids and positions only, and resumes after the position
in ``Last-Event-ID``. While the database is away viewers stay and hear heartbeats.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import structlog

from ketang.config.live.feed import Change, Feed
from ketang.kernel.live_token import read

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
BATCH = 1000
MAX_VIEWERS = 10_000
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold the lines back
]

log = structlog.get_logger("ketang.live")


class Live:
    """The application. ``tail`` is ``core.outbox.api.tail``; ``secret`` signs the tokens."""

    def __init__(
        self, secret: str, tail: Callable[[int, int], list[Change]], head: Callable[[], int]
    ) -> None:
        self.secret, self.tail, self.head = secret, tail, head
        self.feed = Feed()
        self.viewers = 0
        self._moved, self._ready = asyncio.Event(), asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "tail")  # one thread, so one connection

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self._reader = self._reader or asyncio.create_task(self._read())
        match scope["path"]:
            case "/live":
                await self._stream(scope, receive, send)
            case "/healthz":
                await _answer(send, 200, b"ok\n")
            case "/metrics":
                await _answer(send, 200, self._metrics())
            case _:
                await _answer(send, 404, b"not found\n")

    async def _stream(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        subjects = read(self.secret, query.get("token", [""])[0], time.time())
        if subjects is None:
            # 204 tells EventSource to stop asking; the page mints another token when it is loaded again.
            await _answer(send, 204, b"")
            return
        if self.viewers >= MAX_VIEWERS:
            await _answer(send, 503, b"full\n")
            return
        await send({"type": "http.response.start", "status": 200, "headers": STREAM})
        gone = asyncio.ensure_future(_until_gone(receive))
        self.viewers += 1
        try:
            await self._tell(_resume_after(scope), subjects, send, gone)
        finally:
            self.viewers -= 1
            gone.cancel()

    async def _tell(
        self, position: int | None, subjects: frozenset[str], send: Send, gone: "asyncio.Future[Any]"
    ) -> None:
        await asyncio.wait(
            {asyncio.ensure_future(self._ready.wait()), gone}, return_when=asyncio.FIRST_COMPLETED
        )
        known = self.feed.position if position is None else position
        await _write(send, f"retry: 3000\nid: {known}\n\n")
        while not gone.done():
            moved = asyncio.ensure_future(self._moved.wait())
            if text := self.feed.told(known, subjects):
                known = self.feed.position
                await _write(send, text)
            await asyncio.wait({moved, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not moved.done():
                moved.cancel()
                await _write(send, ": still here\n\n")

    async def _read(self) -> None:
        """Follow the outbox for ever; whatever happens to the database, come back."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                if not self._ready.is_set():
                    self.feed.start(await loop.run_in_executor(self._thread, self.head))
                    self._ready.set()
                changes = await loop.run_in_executor(self._thread, self.tail, self.feed.position, BATCH)
                self._take(changes)
                await asyncio.sleep(0 if len(changes) == BATCH else POLL_SECONDS)
            except Exception as error:
                log.warning("tail", error=type(error).__name__)
                await asyncio.sleep(2)

    def _take(self, changes: list[Change]) -> None:
        if changes:
            self.feed.add(changes)
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    def _metrics(self) -> bytes:
        return f"ketang_live_viewers {self.viewers}\nketang_live_position {self.feed.position}\n".encode()


def _resume_after(scope: dict[str, Any]) -> int | None:
    given = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    return int(given) if given.isdigit() and len(given) < 19 else None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": body})
