"""A lean HTTP client: one kept connection per thread, so that what is timed is the server."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = "k" * 32


@dataclass(frozen=True)
class Browser:
    """Somebody who is logged in."""

    port: int
    session: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def headers(self) -> dict[str, str]:
        cookie = f"sessionid={self.session}; csrftoken={TOKEN}"
        return {"Cookie": cookie, "X-CSRFToken": TOKEN, "Content-Type": "application/x-www-form-urlencoded"}

    def get(self, connection: http.client.HTTPConnection, path: str) -> tuple[int, str]:
        connection.request("GET", path, headers=self.headers())
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def post(
        self, connection: http.client.HTTPConnection, path: str, form: dict[str, str]
    ) -> tuple[int, str]:
        connection.request("POST", path, urlencode(form), self.headers())
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        return answer.status, answer.headers.get("Location") or body


def per_second(
    job: Callable[[http.client.HTTPConnection, int], object], browser: Browser, clients: int, count: int
) -> float:
    """``count`` jobs over ``clients`` connections; jobs per second of wall clock."""

    def work(client: int) -> None:
        connection = browser.connect()
        for number in range(client, count, clients):
            job(connection, number)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    return count / (time.perf_counter() - started)


def p95(milliseconds: list[float]) -> float:
    return round(sorted(milliseconds)[int(len(milliseconds) * 0.95)], 1) if milliseconds else 0.0


def timed(job: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000
