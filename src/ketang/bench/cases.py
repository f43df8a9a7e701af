"""``ketang bench cases``: creates, lists, pages and verbs over HTTP, each beside its floor."""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ketang.bench import floors
from ketang.bench.client import TOKEN, Browser, p95, per_second, timed

LEVELS = {"district": "dispatcher", "town": "town", "village": "village", "grid": "grid"}
FILTERS = (
    "",
    "kind=E07",
    "kind=E0702",
    "state=dispatched",
    "channel=resident",
    "priority=2",
    "kind=E05&channel=phone",
    "state=dispatched&priority=3&channel=patrol",
)
DEEP = 8  # pages followed by cursor
CREATES, CLIENTS, SAMPLES = 2000, 8, 200
NEXT = re.compile(r'rel="next" href="\?([^"]+)"')
NUMBER = re.compile(r"/cases/(SY[\d-]+)")


class Bench:
    """One database, one server with two workers, people of every level logged in."""

    def __init__(self, url: str, home: Path, port: int, say: Callable[[str], None]) -> None:
        self.url, self.home, self.port, self.say = url, home, port, say
        self.result: dict[str, Any] = {"db": "postgres", "workers": 2, "clients": CLIENTS}

    def run(self, sizes: list[int]) -> dict[str, Any]:
        self.prepare()
        by_size: dict[str, dict[str, float]] = {"inbox_p95_ms": {}, "case_page_p95_ms": {}, "verb_p95_ms": {}}
        for size in sorted(sizes):
            self.fill(size)
            with self.server():
                self.creates(size == min(sizes))
                by_size["inbox_p95_ms"][str(size)] = self.inbox()
                by_size["case_page_p95_ms"][str(size)], by_size["verb_p95_ms"][str(size)] = self.pages()
                self.result["worker_rss_mb"] = max(self.result.get("worker_rss_mb", 0), self.rss_mb())
        return self.result | by_size

    def prepare(self) -> None:
        from django.core.management import call_command
        from django.test import Client

        from ketang.bench.filling import Filler
        from ketang.core.accounts.models import Account
        from ketang.demo import load_demo
        from ketang.kernel.clock import now

        self.say("演示区县 · the demo district")
        call_command("migrate", verbosity=0)
        load_demo(now())
        self.filler = Filler(now())
        self.people: dict[str, Browser] = {}
        for level, name in LEVELS.items():
            client = Client()
            client.force_login(Account.objects.get(username=f"demo.{name}"))
            self.people[level] = Browser(self.port, client.cookies["sessionid"].value)

    def fill(self, size: int) -> None:
        from django.db import connection

        self.say(f"装入 {size:,} 件 · loading")
        self.filler.fill_to(size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        filler = self.filler
        self.result["bulk_rows_per_s"] = round(filler.rows / max(filler.seconds, 1e-9))
        self.result["floor_copy_rows_per_s"] = round(filler.floor_rows / max(filler.floor_seconds, 1e-9))
        share = self.result["bulk_rows_per_s"] / self.result["floor_copy_rows_per_s"]
        self.result["bulk_share_of_copy"] = round(share, 3)

    @contextmanager
    def server(self) -> Iterator[None]:
        command = [
            sys.executable,
            "-m",
            "ketang.config.cli",
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "2",
        ]
        log = (self.home / "bench-server.log").open("ab")
        process = subprocess.Popen(command, env=os.environ, stdout=log, stderr=log)
        try:
            self._wait()
            self.pid = process.pid
            yield
        finally:
            process.terminate()
            process.wait(30)

    def _wait(self) -> None:
        for _ in range(300):
            with suppress(OSError):
                link = self.people["district"].connect()
                if self.people["district"].get(link, "/healthz")[0] == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def creates(self, measure: bool) -> None:
        """POST /desk/new by a clerk: session, scope, routing, encryption, clocks, audit, outbox."""
        if not measure:
            return
        self.say("登记 · creates")
        browser = self.people["district"]
        per_second(lambda link, n: self._create(browser, link, f"w{n}"), browser, CLIENTS, 200)
        rates = []
        for round_ in range(3):
            job = lambda link, n, r=round_: self._create(browser, link, f"c{r}-{n}")  # noqa: E731
            rates.append(per_second(job, browser, CLIENTS, CREATES // 2))
        takes = floors.record(self._create_here, CREATES // 2)
        self.result["create_statements"] = max(len(statements) for statements, _ in takes)
        self.result["create_per_s"] = round(sorted(rates)[1], 1)
        self.result["replay_create_per_s"] = floors.replay_per_s(self.url, takes)
        self.result["floor_insert_per_s"] = floors.insert_per_s(
            self.url, floors.record(self._create_here, CREATES)
        )
        share = self.result["create_per_s"] / self.result["replay_create_per_s"]
        self.result["create_share_of_replay"] = round(share, 3)

    def _form(self, key: str) -> dict[str, str]:
        area = self.filler.areas[hash(key) % len(self.filler.areas)][:12]
        return {
            "key": f"bench-{os.getpid()}-{key}",
            "body": "合成路灯不亮，已经三天了，请派人看看",
            "channel": "phone",
            "kind": "E0702",
            "name": "合成人",
            "phone": "13900001234",
            "area": area,
            "words": "合成路 8 号",
        }

    def _create(self, browser: Browser, link: Any, key: str) -> None:
        status, said = browser.post(link, "/desk/new", self._form(key))
        if status != 302:
            raise AssertionError(f"{status}: {said[:2000]}")

    def _create_here(self, number: int) -> int:
        from django.test import Client

        from ketang.core.cases.models import Case

        client = Client()
        client.cookies["sessionid"], client.cookies["csrftoken"] = self.people["district"].session, TOKEN
        answer = client.post("/desk/new", self._form(f"r{number}-{random.random()}"))  # noqa: S311
        assert answer.status_code == 302, answer.content.decode()[:2000]  # noqa: S101
        return int(Case.objects.order_by("-id").values_list("id", flat=True)[0])

    def inbox(self) -> float:
        """District, town, village and grid in turn; every filter; cursors followed deep."""
        self.say("待办工单 · the work list")
        spent: list[float] = []
        for browser in self.people.values():
            link = browser.connect()
            browser.get(link, "/work")
            for query in FILTERS:
                for _ in range(3):
                    spent += self._follow(browser, link, query)
        return p95(spent)

    def _follow(self, browser: Browser, link: Any, query: str) -> list[float]:
        spent = []
        for _ in range(DEEP):
            page: list[str] = []
            spent.append(timed(lambda q=query, p=page: p.append(browser.get(link, f"/work?{q}")[1])))  # type: ignore[misc]
            found = NEXT.search(page[0])
            if not found:
                return spent
            query = found.group(1).replace("&amp;", "&")
        return spent

    def pages(self) -> tuple[float, float]:
        self.say("工单页与操作 · case pages and verbs")
        browser = self.people["district"]
        link = browser.connect()
        numbers: list[str] = []
        query = ""
        while len(numbers) < SAMPLES:
            html = browser.get(link, f"/work?{query}")[1]
            numbers += dict.fromkeys(NUMBER.findall(html))
            found = NEXT.search(html)
            if not found:
                break
            query = found.group(1).replace("&amp;", "&")
        shown = [timed(lambda n=n: browser.get(link, f"/cases/{n}")) for n in numbers]  # type: ignore[misc]
        done = [timed(lambda n=n: self._note(browser, link, n)) for n in numbers]  # type: ignore[misc]
        return p95(shown), p95(done)

    def _note(self, browser: Browser, link: Any, number: str) -> None:
        status, said = browser.post(link, f"/cases/{number}/note", {"text": "已电话联系"})
        if status != 302:
            raise AssertionError(f"{status}: {said[:2000]}")

    def rss_mb(self) -> float:
        """The largest web worker, resident."""
        largest = 0.0
        for stat in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):
                text = stat.read_text()
                if f"PPid:\t{self.pid}\n" in text and (found := re.search(r"VmRSS:\s+(\d+)", text)):
                    largest = max(largest, int(found.group(1)) / 1024)
        return round(largest, 1)


def line(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False)
