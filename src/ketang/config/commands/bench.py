"""``ketang bench``: measured, never asserted; the issue's targets stand in docs/guide/speed.md."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@click.group()
def bench() -> None:
    """测速，同一次里量下限 · Speed, with floors measured in the same run."""


@bench.command()
@click.option("--db", type=click.Choice(["postgres"]), default="postgres", help="数据库 · database")
@click.option(
    "--n", "sizes", default="10000,100000,1000000", show_default=True, help="件数 · numbers of cases"
)
@click.option("--port", default=8900, show_default=True, help="端口 · port")
@click.option("--json", "as_json", is_flag=True, help="最后一行为 JSON · the last line is JSON")
def cases(db: str, sizes: str, port: int, as_json: bool) -> None:
    """工单：登记、列表、工单页、操作 · Cases: creates, work list, case page, verbs."""
    from ketang.bench.cases import Bench, line
    from ketang.core.audit import actions as audit_actions

    numbers = [int(size) for size in sizes.split(",")]
    with _database() as url, tempfile.TemporaryDirectory(prefix="ketang-bench-") as home:
        _environment(url, Path(home))
        result = Bench(url, Path(home), port, lambda text: click.echo(text, err=True)).run(numbers)
        audit_actions.wrote = False  # the database is thrown away: nothing is left to seal
    click.echo(line(result) if as_json else "\n".join(f"{name}: {value}" for name, value in result.items()))


@contextmanager
def _database() -> Iterator[str]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from ketang.config.private_postgres import private_postgres

    with private_postgres() as url:
        yield url


def _environment(url: str, home: Path) -> None:
    from ketang.config.cli import start_django
    from ketang.kernel.crypto import create_keys

    os.environ |= {
        "DATABASE_URL": url,
        "KETANG_HOME": str(home),
        "KETANG_DEMO": "1",
        "KETANG_LOG_LEVEL": "error",
    }
    create_keys(home / "keys")
    start_django()
