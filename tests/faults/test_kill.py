"""``kill -9`` of the web server and the workers in the middle of 2,000 creates and dispatches.

Afterwards every acknowledged request is there once, every event took effect once, the chain verifies.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from ketang.config.private_postgres import private_postgres
from tests.faults.client import Clerks

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
WORLD = str(ROOT / "tests" / "faults" / "world.py")
CASES = 1000  # each is created and dispatched: 2,000 requests
KILLS = 4


class House:
    """A web server and two workers, as an operator runs them, on one database."""

    def __init__(self, home: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KETANG_")},
            "KETANG_HOME": str(home),
            "KETANG_LOG_LEVEL": "error",
            "KETANG_PLAYBOOK": "demo",
            "DATABASE_URL": database,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        self.log = (home / "log").open("w")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def ketang(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._finish(sys.executable, "-m", "ketang.config.cli", *arguments)

    def world(self, what: str) -> dict:
        done = self._finish(sys.executable, WORLD, what)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def _finish(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120
        )

    def start(self, name: str) -> None:
        command = [sys.executable, WORLD, "work"]
        if name == "web":
            serve = ["serve", "--port", str(self.port), "--workers", "2"]
            command = [sys.executable, "-m", "ketang.config.cli", *serve]
        self.running[name] = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_until_it_answers(self) -> None:
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2)
                return
            time.sleep(0.1)
        raise AssertionError((Path(self.environment["KETANG_HOME"]) / "log").read_text()[-3000:])

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.log.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, tmp_path):
    with ExitStack() as stack:
        database = stack.enter_context(private_postgres()) if request.param == "postgresql" else ""
        house = House(tmp_path, database)
        stack.callback(house.close)
        for command in ("init", "migrate"):
            done = house.ketang(command)
            assert done.returncode == 0, done.stdout + done.stderr
        yield house


def kill_in_the_middle(house: House, clerks: Clerks, over: threading.Event) -> list[str]:
    """Kill everything in turn, each time a fifth of the work is acknowledged, and start it again at once."""
    killed = []
    for n in range(1, KILLS + 1):
        while clerks.acknowledged < 2 * CASES * n / (KILLS + 1) and not over.wait(0.01):
            pass
        for name in ("web", f"worker{n % 2}"):
            house.kill(name)
            house.start(name)
            killed.append(name)
    return killed


def test_nothing_acknowledged_is_lost_or_doubled_when_everything_is_killed(house):
    world = house.world("make")
    for name in ("web", "worker0", "worker1"):
        house.start(name)
    house.wait_until_it_answers()
    clerks, over, killed = Clerks(house.port, world["session"]), threading.Event(), []
    killer = threading.Thread(target=lambda: killed.extend(kill_in_the_middle(house, clerks, over)))

    def one(n):
        said = {
            "key": f"create-{n}",
            "body": f"人民西路第{n}盏路灯不亮",
            "channel": "window",
            "kind": "E0702",
        }
        location = clerks.post("/desk/new", said)
        dispatched = {"key": f"dispatch-{n}", "lead": str(world["lead"]), "text": "请尽快修好"}
        clerks.post(f"{location}/dispatch", dispatched)

    killer.start()
    try:
        clerks.everybody(one, CASES)
    finally:
        over.set()
        killer.join()
    assert len(killed) == 2 * KILLS
    assert clerks.asked > clerks.acknowledged  # the kills did hit requests under way
    for name in list(house.running):
        house.kill(name)
    check(house.world("reckon"))
    verified = house.ketang("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def check(seen: dict) -> None:
    wanted = {f"人民西路第{n}盏路灯不亮" for n in range(CASES)}
    once = {str(case_id): 1 for case_id, _ in seen["cases"].values()}
    assert set(seen["cases"]) == wanted
    assert seen["most_cases_per_body"] == 1
    assert {state for _, state in seen["cases"].values()} == {"dispatched"}
    assert seen["dispatches"] == once
    assert seen["effects"] == {"CaseReported": once, "CaseDispatched": once}
    assert set(seen["notices"]) == set(once)
    assert seen["audited"] == {"case.report": CASES, "case.dispatch": CASES}
    assert (seen["open_messages"], seen["dead"], seen["unsealed"], seen["findings"]) == (0, 0, 0, [])
    assert seen["sealed"] >= 2 * CASES
