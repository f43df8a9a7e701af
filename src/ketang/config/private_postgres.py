"""A private PostgreSQL for tests and benches, from the system's binaries, gone afterwards.

``python -m ketang.config.private_postgres COMMAND …`` starts one on a unix socket in a temporary
folder, puts its address in DATABASE_URL and runs COMMAND. Never runs as root (PostgreSQL refuses to):
root hands the server to the system user ``postgres`` or ``nobody``.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from ketang.kernel.errors import Unavailable

# Durability is real (fsync, synchronous_commit): floors and benches are measured as an operator would run it.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "512MB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
}


@contextmanager
def private_postgres(settings: dict[str, str] | None = None) -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh server; raises Unavailable when PostgreSQL is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="ketang-pg-"))
    server = Server(folder)
    try:
        server.create()
        server.start({**SETTINGS, **(settings or {})})
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One server in one folder; ``stop`` and ``start`` again keep the data (for failure tests)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.url = f"postgresql://ketang@/ketang?host={quote(str(folder), safe='')}"
        self._options: list[str] = []

    def create(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.folder, _unprivileged())
        self._run(
            "initdb", "-D", self.data, "-U", "ketang", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"
        )

    def start(self, settings: dict[str, str]) -> None:
        self._options = [f"-c {name}={value or chr(39) * 2}" for name, value in settings.items()]
        options = " ".join([f"-k {self.folder}", *self._options])
        self._run(
            "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.folder / "log", "-o", options, "start"
        )
        if not (self.folder / "created").exists():
            self._run("createdb", "-h", self.folder, "-U", "ketang", "ketang")
            (self.folder / "created").touch()

    def stop(self, mode: str = "immediate") -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(_bindir() / program), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={_unprivileged()}", "--clear-groups", "--", *command]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, text=True
        )
        if done.returncode:
            raise Unavailable(f"{program}: {done.stderr.strip()[-400:]}".replace("%", "%%"))


def _bindir() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    if not initdb:
        raise Unavailable("没有找到 PostgreSQL（15 以上），请先安装 · PostgreSQL 15+ is not installed")
    return Path(initdb).resolve().parent


def _unprivileged() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable("没有非 root 用户可运行 PostgreSQL · no unprivileged user to run PostgreSQL as")


def main() -> int:
    with private_postgres() as url:
        return subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main())
