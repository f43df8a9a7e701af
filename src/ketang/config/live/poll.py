"""``/live`` answered by the pages' own process, where no proxy leads it to ``ketang live``.

The same protocol, told at once and closed: the browser asks again after ``retry`` with the last position.
So one origin is enough on a laptop, and no thread is held per viewer.
"""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ketang.config.live.feed import Feed
from ketang.config.live.source import changes_after, head
from ketang.kernel.live_token import read

RETRY_MS = 3000
BATCH = 1000


def poll(request: HttpRequest) -> HttpResponse:
    subjects = read(settings.KEYS.session_secret, request.GET.get("token", ""), time.time())
    if subjects is None:
        return HttpResponse(status=204)
    given = request.headers.get("Last-Event-ID", "")
    text = _since(int(given), subjects) if given.isdigit() and len(given) < 19 else f"id: {head()}\n\n"
    answer = HttpResponse(f"retry: {RETRY_MS}\n{text}\n", content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def _since(position: int, subjects: frozenset[str]) -> str:
    feed = Feed()
    feed.start(position)
    feed.add(changes_after(position, BATCH))
    return feed.told(position, subjects)


urlpatterns = [path("live", poll)]
