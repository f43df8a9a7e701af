"""``ketang work``: events, timers, periodic jobs and the sealing of the audit."""

import signal
from threading import Event
from types import FrameType

import click
from django.db import connection

from ketang.core.outbox.worker import Worker


@click.command()
@click.option("--once", is_flag=True, help="办完到期的就结束 · Stop when nothing is due.")
def work(once: bool) -> None:
    """处理事件、定时和后台任务 · Deliver events, timers and jobs. Start as many as you like."""
    stop = Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()  # the message in hand is finished, the rest is handed back

    _commit_without_waiting()
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    Worker(stop).run(once=once)


def _commit_without_waiting() -> None:
    """On PostgreSQL the worker does not wait for the disk at each commit: nobody was told that the work is
    done, and after a crash of the server the message is open again together with its effects undone."""
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
