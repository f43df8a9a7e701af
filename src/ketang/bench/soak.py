"""``ketang bench soak``: does a web worker grow? Mixed requests, its memory early and late."""

from typing import Any

from ketang.bench.cases import CLIENTS, FILTERS, open_numbers
from ketang.bench.client import Browser, per_second
from ketang.bench.stand import LEVELS, WORKERS, Stand

EARLY = 2000  # by then every page was drawn, every cache is full


def run(stand: Stand, requests: int) -> dict[str, Any]:
    """Megabytes of the largest worker after ``EARLY`` requests and after all of them."""
    with stand.server():
        district = stand.people["district"]
        numbers = open_numbers(district, district.connect(), 100)

        def job(link: Any, n: int) -> None:
            mixed(stand, district, numbers, link, n)

        early = min(EARLY, requests // 2)
        stand.say(f"{requests:,} 次请求 · requests")
        per_second(job, district, CLIENTS, early)
        before = stand.rss_mb()
        rate = per_second(lambda link, n: job(link, n + early), district, CLIENTS, requests - early)
        after = stand.rss_mb()
    return {
        "workers": WORKERS, "clients": CLIENTS, "requests": requests, "requests_per_s": round(rate, 1),
        "early_requests": early, "worker_rss_early_mb": before, "worker_rss_mb": after,
        "grown_mb": round(after - before, 1),
    }  # fmt: skip


def mixed(stand: Stand, district: Browser, numbers: list[str], link: Any, n: int) -> None:
    """Of ten requests four are lists, three case pages, one a create, one a verb, one the desk's form."""
    turn, number = n % 10, numbers[n % len(numbers)]
    if turn < 4:
        browser = stand.people[list(LEVELS)[turn]]
        status = browser.get(link, f"/work?{FILTERS[n // 10 % len(FILTERS)]}")[0]
    elif turn < 7:
        status = district.get(link, f"/cases/{number}")[0]
    elif turn == 7:
        status = district.get(link, "/desk/new")[0]
    elif turn == 8:
        stand.create(district, link, f"s{n}")
        return
    else:
        redirected_or_conflict(district.post(link, f"/cases/{number}/note", {"text": "已电话联系"}))
        return
    if status != 200:
        raise AssertionError(status)


def redirected_or_conflict(answer: tuple[int, str]) -> None:
    """Two clients may note on one case at the same moment: the second is told so (409)."""
    if answer[0] not in (302, 409):
        raise AssertionError(f"{answer[0]}: {answer[1][:2000]}")
