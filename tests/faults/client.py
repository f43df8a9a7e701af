"""Impatient clerks: each sends until it is acknowledged, and again after every broken connection."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, local
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
TOKEN = "k" * 32


@dataclass
class Clerks:
    """``acknowledged`` counts answers; ``asked`` counts requests, the resent ones too."""

    port: int
    session: str
    acknowledged: int = 0
    asked: int = 0
    _lock: Lock = field(default_factory=Lock)
    _own: local = field(default_factory=local)

    def post(self, path: str, form: dict[str, str]) -> str:
        """Send until the answer is a redirect; return where to."""
        until = time.monotonic() + PATIENCE_SECONDS
        answer = ""
        while time.monotonic() < until:
            try:
                status, location, answer = self._once(path, form)
            except (OSError, http.client.HTTPException):
                self._own.connection = None
                time.sleep(0.05)
                continue
            if status == 302:
                with self._lock:
                    self.acknowledged += 1
                return location
            if status < 500:
                break
        raise AssertionError(f"{path} was not acknowledged: {answer[:2000]}")

    def _once(self, path: str, form: dict[str, str]) -> tuple[int, str, str]:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with self._lock:
            self.asked += 1
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")

    def everybody(self, job, count: int, clerks: int = 8) -> None:
        with ThreadPoolExecutor(clerks) as pool:
            list(pool.map(job, range(count)))
