"""``ketang up``: a few processes under one. Restarts what crashed, stops all on SIGTERM, leaves no orphan.

Every child leads a process group of its own, so that its leavings can be cleared before it starts again,
and asks the kernel to die with this process, so that ``kill -9`` of the supervisor leaves nothing behind.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import click

from ketang.config.servers import die_with_parent

STOP_SECONDS = 20.0
STEADY_SECONDS = 30.0
LONGEST_WAIT = 30.0


def wait_before(failures: int) -> float:
    """Seconds before the next start: 0.5, 1, 2, 4 … 30."""
    return float(min(0.5 * 2 ** max(0, failures - 1), LONGEST_WAIT))


@dataclass
class Child:
    """A process that should run. ``failures`` counts crashes since it last ran steadily."""

    name: str
    argv: list[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    start_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.process = subprocess.Popen(self.argv, start_new_session=True, preexec_fn=die_with_parent)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it when its time has come; note a crash and when to try again."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        self.start_at = time.monotonic() + wait_before(self.failures)
        self.clear()
        click.echo(
            f"{self.name}: 退出 {code}，{wait_before(self.failures):g} 秒后重启 · "
            f"exited {code}, starts again in {wait_before(self.failures):g} s",
            err=True,
        )

    def clear(self) -> None:
        """Kill what is left of its group."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()


def supervise(children: list[Child], on_tick: Callable[[], None] = lambda: None) -> None:
    """Run until SIGTERM or SIGINT, then stop everything within ``STOP_SECONDS``."""
    with _signals() as (stopping, pause):
        try:
            while not stopping():
                for child in children:
                    child.look()
                on_tick()
                pause(0.5)
        finally:
            stop(children, pause)


def stop(children: list[Child], pause: Callable[[float], None]) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(c.process and c.process.poll() is None for c in children):
        pause(0.2)
    for child in children:
        child.clear()


@contextmanager
def _signals() -> Iterator[tuple[Callable[[], bool], Callable[[float], None]]]:
    """``stopping()`` and ``pause(seconds)``; a signal ends a pause at once (through a pipe: no lock that
    a handler could find taken)."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    got: list[int] = []
    old = {
        n: signal.signal(n, lambda number, _frame: got.append(number))
        for n in (signal.SIGTERM, signal.SIGINT)
    }
    old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def pause(seconds: float) -> None:
        select.select([reader], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(reader, 4096)

    try:
        yield (lambda: bool(got)), pause
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in old.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
