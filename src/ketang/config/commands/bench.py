"""``ketang bench``: measured, never asserted; the issue's targets stand in docs/guide/speed.md."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ketang.bench.stand import Stand

port_option = click.option("--port", default=8900, show_default=True, help="端口 · port")
json_option = click.option("--json", "as_json", is_flag=True, help="最后一行为 JSON · the last line is JSON")


@click.group()
def bench() -> None:
    """测速，同一次里量下限 · Speed, with floors measured in the same run."""


@bench.command()
@click.option("--db", type=click.Choice(["postgres"]), default="postgres", help="数据库 · database")
@click.option(
    "--n", "sizes", default="10000,100000,1000000", show_default=True, help="件数 · numbers of cases"
)
@port_option
@json_option
def cases(db: str, sizes: str, port: int, as_json: bool) -> None:
    """工单：登记、列表、工单页、操作 · Cases: creates, work list, case page, verbs."""
    numbers = [int(size) for size in sizes.split(",") if size.strip().isdigit()]
    if not numbers:
        raise click.UsageError("--n 要用逗号分开的整数 · --n takes numbers separated by commas")
    with _stand(port) as (stand, url):
        from ketang.bench.cases import run

        _print(run(stand, url, numbers), as_json)


@bench.command()
@click.option("--requests", default=20_000, show_default=True, help="请求数 · number of requests")
@click.option("--n", "size", default=10_000, show_default=True, help="件数 · number of cases")
@port_option
@json_option
def soak(requests: int, size: int, port: int, as_json: bool) -> None:
    """内存：混合请求前后的进程大小 · Memory of a web worker over mixed requests."""
    with _stand(port) as (stand, _url):
        from ketang.bench.soak import run

        stand.fill(size)
        _print(run(stand, requests), as_json)


@contextmanager
def _stand(port: int) -> Iterator[tuple["Stand", str]]:
    """The demo district in the database of DATABASE_URL, else in a private PostgreSQL that is gone after."""
    with _database() as url, tempfile.TemporaryDirectory(prefix="ketang-bench-") as home:
        _environment(url, Path(home))
        from ketang.bench.stand import Stand
        from ketang.core.audit import actions as audit_actions

        yield Stand(Path(home), port, lambda text: click.echo(text, err=True)), url
        audit_actions.wrote = False  # the database is thrown away: nothing is left to seal


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
    (home / "static").mkdir()
    start_django()


def _print(result: dict[str, Any], as_json: bool) -> None:
    plain = "\n".join(f"{name}: {value}" for name, value in result.items())
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else plain)
