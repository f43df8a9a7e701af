"""``ketang bench cases``: creates, lists, pages and verbs over HTTP, each beside its floor."""

import random
import re
from statistics import median, mode
from typing import Any

from ketang.bench import floors
from ketang.bench.client import TOKEN, Browser, p95, per_second, timed
from ketang.bench.stand import WORKERS, Stand

FILTERS = ("", "kind=E07", "kind=E0702", "state=dispatched", "channel=resident", "priority=2",
           "kind=E05&channel=phone", "state=dispatched&priority=3&channel=patrol")  # fmt: skip
PAGES, TURNS = 6, 2  # pages followed by cursor; from the top and from the middle of the open cases
CLIENTS, ROUNDS, CREATES, SAMPLES = 8, 3, 1000, 200
NEXT = re.compile(r'rel="next" href="\?([^"]+)"')
NUMBER = re.compile(r"/cases/(SY[\d-]+)")


def run(stand: Stand, url: str, sizes: list[int]) -> dict[str, Any]:
    """The figures, with the names that the issue gives them; milliseconds and per second."""
    result: dict[str, Any] = {"db": "postgres", "workers": WORKERS, "clients": CLIENTS}
    lists, pages, verbs, rss = {}, {}, {}, 0.0
    for size in sorted(sizes):
        stand.fill(size)
        with stand.server():
            if size == min(sizes):
                result |= creates(stand, url)
            lists[str(size)] = work_list(stand)
            pages[str(size)], verbs[str(size)] = pages_and_verbs(stand)
            rss = max(rss, stand.rss_mb())
    timed_by_size = {"inbox_p95_ms": lists, "case_page_p95_ms": pages, "verb_p95_ms": verbs}
    return result | bulk(stand) | {"worker_rss_mb": rss} | timed_by_size


def bulk(stand: Stand) -> dict[str, float]:
    """Rows of all tables per second, prepared and written by one process, beside COPY of the same tuples."""
    filler = stand.filler
    loaded, copied = filler.rows / filler.seconds, filler.floor_rows / filler.floor_seconds
    return {
        "bulk_rows_per_s": round(loaded),
        "floor_copy_rows_per_s": round(copied),
        "bulk_share_of_copy": round(loaded / copied, 3),
    }


def creates(stand: Stand, url: str) -> dict[str, float]:
    """The median of three rounds over HTTP, then the same SQL replayed without the product."""
    stand.say("登记 · creates")
    browser = stand.people["district"]
    per_second(lambda link, n: stand.create(browser, link, f"warm{n}"), browser, CLIENTS, 200)
    rates = [_round(stand, browser, str(turn)) for turn in range(ROUNDS)]
    takes = floors.record(lambda number: _create_here(stand, browser, number), 2 * CREATES)
    replayed, made = floors.replay_per_s(url, takes[:CREATES]), median(rates)
    return {
        "create_statements": mode(len(statements) for statements, _ in takes),
        "create_per_s": round(made, 1),
        "replay_create_per_s": replayed,
        "floor_insert_per_s": floors.insert_per_s(url, takes[CREATES:]),
        "create_share_of_replay": round(made / replayed, 3),
    }


def _round(stand: Stand, browser: Browser, turn: str) -> float:
    return per_second(lambda link, n: stand.create(browser, link, f"{turn}-{n}"), browser, CLIENTS, CREATES)


def _create_here(stand: Stand, browser: Browser, number: int) -> int:
    """The same request in this process, where its statements can be noted; returns the case's id."""
    from django.test import Client

    client = Client()
    client.cookies["sessionid"], client.cookies["csrftoken"] = browser.session, TOKEN
    answer = client.post("/desk/new", stand.form(f"r{number}-{random.random()}"))  # noqa: S311
    return int(answer["Location"].rsplit("-", 1)[-1])


def work_list(stand: Stand) -> float:
    """District, town, village and grid in turn; every filter; cursors followed from the top and from deep."""
    stand.say("待办工单 · the work list")
    deep, spent = _cursor_in_the_middle(), list[float]()
    for browser in stand.people.values():
        link = browser.connect()
        browser.get(link, "/work")
        for query in FILTERS:
            for start in (query, f"{query}&after={deep}"):
                for _ in range(TURNS):
                    spent += _follow(browser, link, start)
    return p95(spent)


def _cursor_in_the_middle() -> str:
    from ketang.core.cases.models import Case
    from ketang.core.cases.web.desk import cursor_text

    rows = Case.objects.filter(open=True).order_by("due_at", "id")
    return cursor_text(rows[rows.count() // 2])


def _follow(browser: Browser, link: Any, query: str) -> list[float]:
    spent = []
    for _ in range(PAGES):
        page: list[str] = []
        spent.append(timed(lambda q=query, p=page: p.append(browser.get(link, f"/work?{q}")[1])))  # type: ignore[misc]
        following = _next(page[0])
        if not following:
            break
        query = following
    return spent


def _next(html: str) -> str:
    found = NEXT.search(html)
    return found.group(1).replace("&amp;", "&") if found else ""


def pages_and_verbs(stand: Stand) -> tuple[float, float]:
    """Case pages one after the other, then a note on each: one client, a kept connection."""
    stand.say("工单页与操作 · case pages and verbs")
    browser = stand.people["district"]
    link = browser.connect()
    numbers = open_numbers(browser, link, SAMPLES)
    shown = [timed(lambda n=n: browser.get(link, f"/cases/{n}")) for n in numbers]  # type: ignore[misc]
    done = [timed(lambda n=n: stand.note(browser, link, n)) for n in numbers]  # type: ignore[misc]
    return p95(shown), p95(done)


def open_numbers(browser: Browser, link: Any, count: int) -> list[str]:
    """Numbers of open cases, from the top of the work list."""
    numbers: dict[str, None] = {}
    query = ""
    while len(numbers) < count:
        html = browser.get(link, f"/work?{query}")[1]
        numbers |= dict.fromkeys(NUMBER.findall(html))
        query = _next(html)
        if not query:
            break
    return list(numbers)[:count]
