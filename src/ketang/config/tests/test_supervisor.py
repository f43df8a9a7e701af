import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ketang.config.supervisor import wait_before

RUN = """
import sys
from ketang.config.supervisor import Child, supervise
supervise([Child(name, [sys.executable, "-c", code]) for name, code in zip(sys.argv[1::2], sys.argv[2::2])])
"""
# A child that starts a child of its own and writes both ids down.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({path!r}, "a").write(f"{{os.getpid()}} {{child.pid}}\\n")
{then}
"""


def until(true, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def families(path):
    return [[int(n) for n in line.split()] for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def start(tmp_path):
    started = []

    def run(then):
        path = tmp_path / "pids"
        code = FAMILY.format(path=str(path), then=then)
        process = subprocess.Popen([sys.executable, "-c", RUN, "one", code], stderr=subprocess.PIPE)
        started.append(process)
        return process, path

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_sigterm_stops_children_and_grandchildren(start):
    process, path = start("time.sleep(600)")
    until(lambda: families(path))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    until(lambda: not any(running(pid) for pid in families(path)[0]))


def test_kill_9_of_the_supervisor_leaves_no_child_behind(start):
    process, path = start("time.sleep(600)")
    until(lambda: families(path))
    process.kill()
    until(lambda: not running(families(path)[0][0]))
    with_grandchild = families(path)[0][1]
    if running(with_grandchild):  # the children of ours ask for the same; this stranger does not
        os.kill(with_grandchild, signal.SIGKILL)


def test_a_crashed_child_starts_again_and_its_leavings_are_cleared(start):
    process, path = start("sys.exit(7)")
    until(lambda: len(families(path)) >= 2)
    until(lambda: not running(families(path)[0][1]))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert "one" in err.decode()
    assert "7" in err.decode()


def test_waits_grow_to_half_a_minute():
    assert [wait_before(n) for n in (1, 2, 3, 4, 5, 6, 7, 8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
