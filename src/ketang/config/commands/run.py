"""``ketang serve``, ``live`` and ``up``: what runs."""

import ssl
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ketang.config.cli import start_django
from ketang.config.home import home
from ketang.config.servers import Listen, default_workers, refuse_taken, serve_live, serve_pages
from ketang.config.supervisor import Child, supervise

PORT = click.IntRange(1, 65535)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def listening(port: int) -> Callable[[Any], Any]:
    """The options that say where to listen."""

    def add(command: Any) -> Any:
        for option in (
            click.option("--tls-key", type=FILE, help="证书私钥 · key of the certificate (PEM, PKCS#8)"),
            click.option("--tls-cert", type=FILE, help="TLS 证书 · TLS certificate (PEM)"),
            click.option("--port", type=PORT, default=port, show_default=True, help="端口 · port"),
            click.option(
                "--host", default="127.0.0.1", show_default=True, help="地址 · address to listen on"
            ),
        ):
            command = option(command)
        return command

    return add


WORKERS = click.option(
    "--workers", type=click.IntRange(1), help="进程数，默认每核一个 · processes, one per core by default"
)
THREADS = click.option(
    "--blocking-threads", default=4, show_default=True, help="每进程线程数 · threads per process"
)


@click.command()
@listening(8000)
@WORKERS
@THREADS
def serve(
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    workers: int | None,
    blocking_threads: int,
) -> None:
    """启动网页服务 · Serve the pages (granian, WSGI)."""
    serve_pages(Listen(host, port, tls_cert, tls_key), workers or default_workers(), blocking_threads)


@click.command()
@listening(8001)
def live(host: str, port: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """启动实时推送 · Serve live updates as server-sent events (granian, ASGI)."""
    start_django()
    serve_live(Listen(host, port, tls_cert, tls_key))


@click.command()
@listening(8000)
@click.option(
    "--live-port", type=PORT, help="推送端口，默认端口加一 · port of live updates, default the next one"
)
@WORKERS
@THREADS
def up(
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    live_port: int | None,
    workers: int | None,
    blocking_threads: int,
) -> None:
    """网页、推送、后台一起启动，坏了自动重启 · Web, live and worker together; what crashes starts again."""
    from ketang.config.preflight import refuse_unready

    click.echo(f"数据目录 · Data folder: {home()}")
    start_django()
    refuse_unready()
    run_all(Listen(host, port, tls_cert, tls_key), live_port or port + 1, workers, blocking_threads)


def run_all(listen: Listen, live_port: int, workers: int | None = None, threads: int = 4) -> None:
    """Until SIGTERM: the three processes, and one line when the pages answer."""
    refuse_taken(listen)
    tls = ["--tls-cert", str(listen.cert), "--tls-key", str(listen.key)] if listen.cert else []
    where = ["--host", listen.host, *tls]
    pages = [*where, "--port", str(listen.port), "--workers", str(workers or default_workers())]
    children = [
        Child("serve", _ketang("serve", *pages, "--blocking-threads", str(threads))),
        Child("work", _ketang("work")),
        Child("live", _ketang("live", *where, "--port", str(live_port))),
    ]
    supervise(children, _announce(listen))


def _ketang(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ketang.config.cli", *arguments]


def _announce(listen: Listen) -> Callable[[], None]:
    """Say once that the pages answer, and how long that took."""
    started, said = time.monotonic(), False
    scheme = "https" if listen.cert else "http"
    host = "127.0.0.1" if listen.host in {"0.0.0.0", "::"} else listen.host  # noqa: S104 - compared, not bound

    def tick() -> None:
        nonlocal said
        if not said and _answers(f"{scheme}://{host}:{listen.port}/healthz"):
            said = True
            click.echo(
                f"就绪 · Ready: {scheme}://{host}:{listen.port}/  ({time.monotonic() - started:.1f} s)"
            )

    return tick


def _answers(url: str) -> bool:
    anyone = ssl._create_unverified_context()  # noqa: S323 - our own port and our own certificate
    try:
        with urllib.request.urlopen(url, timeout=0.5, context=anyone) as answer:  # noqa: S310 - http(s) built above
            return bool(answer.status == 200)
    except OSError:
        return False
