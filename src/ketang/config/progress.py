"""A progress bar for whatever may take longer than two seconds; silent where nobody looks."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields ``advance(n)``. On a terminal a bar with the time left; else nothing but the label."""
    if not sys.stderr.isatty():
        click.echo(label, err=True)
        yield lambda _n: None
        return
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr) as shown:
        yield shown.update


@contextmanager
def working(label: str) -> Iterator[None]:
    """For work whose length nobody knows: the seconds so far, counted on a terminal."""
    if not sys.stderr.isatty():
        click.echo(label, err=True)
        yield
        return
    done, start = threading.Event(), time.monotonic()

    def count() -> None:
        while not done.wait(1.0):
            click.echo(f"\r{label} {time.monotonic() - start:.0f} s", nl=False, err=True)

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        click.echo(err=True)
