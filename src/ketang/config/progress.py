"""A progress bar for whatever may take longer than two seconds; silent where nobody looks."""

import sys
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
