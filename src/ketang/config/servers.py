"""Granian, with the defaults measured in docs/guide/operate.md."""

import ctypes
import gc
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ketang.config.cli import require_keys
from ketang.config.home import home
from ketang.kernel.errors import KetangError

PR_SET_PDEATHSIG = 1


class PortTaken(KetangError):
    message = "端口 %(port)s 已被占用，请换一个：--port · Port %(port)s is taken; choose another with --port."


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; with a certificate and its key, over TLS."""

    host: str = "127.0.0.1"
    port: int = 8000
    cert: Path | None = None
    key: Path | None = None


def default_workers() -> int:
    """A process per core, at most eight: more only costs memory and connections."""
    return max(1, min(os.cpu_count() or 1, 8))


def serve_pages(listen: Listen, workers: int, threads: int) -> None:
    """Django under WSGI; the application is loaded once and shared by the forked workers."""
    require_keys()
    refuse_taken(listen)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder(home() / "run"))
    if listen.cert:
        os.environ["KETANG_HTTPS"] = "1"
    preload()
    _granian("ketang.config.wsgi:application", "wsgi", listen, workers, threads)


def serve_live(listen: Listen) -> None:
    """One process: it holds one database connection however many look on."""
    refuse_taken(listen)
    _granian("ketang.config.asgi:application", "asginl", listen, 1, 1)


def refuse_taken(listen: Listen) -> None:
    """Granian shares a port with whoever has it already (SO_REUSEPORT): two servers would answer in turn."""
    host = "127.0.0.1" if listen.host in {"0.0.0.0", "::"} else listen.host  # noqa: S104 - compared, not bound
    with suppress(OSError), socket.create_connection((host, listen.port), timeout=1):
        raise PortTaken(port=listen.port)


def preload() -> None:
    """Import every page before the workers fork: they start at once and share the memory."""
    from django.db import connections
    from django.urls import get_resolver

    import ketang.config.wsgi  # noqa: F401 - loads Django

    get_resolver().url_patterns  # noqa: B018 - imports every room's views
    connections.close_all()
    gc.collect()
    gc.freeze()


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent is gone: no orphan keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def metrics_folder(run: Path) -> Path:
    """A fresh folder for this server's counts; folders of servers that are gone are cleared away."""
    parent = run / "metrics"
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.iterdir():
        if not (old.name.isdigit() and Path(f"/proc/{old.name}").exists()):
            shutil.rmtree(old, ignore_errors=True)
    folder = parent / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _granian(target: str, interface: str, listen: Listen, workers: int, threads: int) -> None:
    from granian.constants import Interfaces, SSLProtocols
    from granian.server import Server

    os.register_at_fork(after_in_child=lambda: die_with_parent(signal.SIGKILL))
    Server(
        target,
        address=listen.host,
        port=listen.port,
        interface=Interfaces(interface),
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_enabled=False,
        ssl_cert=listen.cert,
        ssl_key=listen.key,
        ssl_protocol_min=SSLProtocols.tls12,  # phones of 2016
        respawn_failed_workers=True,
        workers_kill_timeout=15,
    ).serve()
