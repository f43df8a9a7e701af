"""What a bench stands on: the demo district in a database, a server with two workers, people logged in."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ketang.bench.client import Browser

LEVELS = {"district": "dispatcher", "town": "town", "village": "village", "grid": "grid"}
WORKERS = 2


class Stand:
    """``people``: one browser per level. ``filler`` makes cases; ``say`` tells the terminal."""

    def __init__(self, home: Path, port: int, say: Callable[[str], None]) -> None:
        from django.core.management import call_command
        from django.test import Client

        from ketang.bench.filling import Filler
        from ketang.core.accounts.models import Account
        from ketang.demo import load_demo
        from ketang.kernel.clock import now

        self.home, self.port, self.say = home, port, say
        say("演示区县 · the demo district")
        call_command("migrate", verbosity=0)
        load_demo(now())
        self.filler = Filler(now())
        self.people: dict[str, Browser] = {}
        for level, name in LEVELS.items():
            client = Client()
            client.force_login(Account.objects.get(username=f"demo.{name}"))
            self.people[level] = Browser(port, client.cookies["sessionid"].value)

    def fill(self, size: int) -> None:
        from django.db import DatabaseError, connection

        self.say(f"装入 {size:,} 件 · loading")
        self.filler.fill_to(size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            with suppress(
                DatabaseError
            ):  # only a superuser may; it keeps the load's writes out of what follows
                cursor.execute("CHECKPOINT")

    @contextmanager
    def server(self) -> Iterator[None]:
        command = [sys.executable, "-m", "ketang.config.cli", "serve"]
        command += ["--port", str(self.port), "--workers", str(WORKERS)]
        with (self.home / "bench-server.log").open("ab") as log:
            process = subprocess.Popen(command, env=os.environ, stdout=log, stderr=log)
        try:
            self._wait()
            self.pid = process.pid
            yield
        finally:
            process.terminate()
            process.wait(30)

    def _wait(self) -> None:
        browser = self.people["district"]
        for _ in range(300):
            with suppress(OSError):
                if browser.get(browser.connect(), "/healthz")[0] == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def rss_mb(self) -> float:
        """The largest web worker, resident, as the kernel counts it (shared pages included)."""
        largest = 0.0
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):
                text = status.read_text()
                if f"PPid:\t{self.pid}\n" in text and (found := re.search(r"VmRSS:\s+(\d+)", text)):
                    largest = max(largest, int(found.group(1)) / 1024)
        return round(largest, 1)

    def form(self, key: str) -> dict[str, str]:
        """登记来件 as a clerk types it; ``key`` makes it a request of its own."""
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

    def create(self, browser: Browser, link: Any, key: str) -> str:
        """The number of the case made: session, scope, routing, encryption, clocks, audit, outbox are on."""
        return redirected(browser.post(link, "/desk/new", self.form(key))).rsplit("/", 1)[-1]

    def note(self, browser: Browser, link: Any, number: str) -> None:
        redirected(browser.post(link, f"/cases/{number}/note", {"text": "已电话联系"}))


def redirected(answer: tuple[int, str]) -> str:
    """Where a POST that worked leads; what it said when it did not."""
    status, said = answer
    if status != 302:
        raise AssertionError(f"{status}: {said[:2000]}")
    return said
