"""A whole installation in a temporary folder, driven through its command line."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from ketang.config.private_postgres import SETTINGS, Server
from ketang.kernel.errors import Unavailable

# Rows of every difficult kind: sealed text, JSON, quotes and new lines, times with microseconds, a self
# reference to a later row, deleted ids, an audit chain, an event.
SEED = """
import django; django.setup()
from datetime import timedelta
from django.db import transaction
from ketang.core.accounts.models import Account, Assignment, Department
from ketang.core.audit import api as audit
from ketang.core.sealed import blind, seal
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now
at = now()
with transaction.atomic():
    first = Department.objects.create(code="d-first", name='引号"逗号,', kind="government", area="330604")
    name = "换行\\n制表\\t反斜\\\\线"
    later = Department.objects.create(code="d-later", name=name, kind="town", area="330604001")
    first.parent = later
    first.save()
    for n in range({rows}):
        phone = f"138{{n:08d}}"
        account = Account.objects.create(
            username=f"r{{n}}", kind="resident", created_at=at + timedelta(microseconds=n),
            phone_sealed=seal("accounts.Account.phone_sealed", phone), phone_index=blind("phone", phone))
        if n % 10 == 0:
            Assignment.objects.create(account=account, role="grid_worker", department=first, starts_at=at,
                duties=["家暴", {{"b": 1.5, "a": None}}])
        audit.record(SYSTEM, "seed", f"account:{{n}}", {{"n": n, "字": "中"}}, at=at)
    Account.objects.filter(username="r1").delete()
audit.seal()
"""
READ = """
import django; django.setup()
import json
from ketang.core.accounts.models import Account, Department
from ketang.core.sealed import unseal
from ketang.kernel.clock import now
phones = [unseal("accounts.Account.phone_sealed", a.phone_sealed) for a in Account.objects.order_by("id")]
facts = {"name": "新", "kind": "town", "area": "330604002"}
new, _ = Department.objects.get_or_create(code="d-new", defaults=facts)
parent = Department.objects.filter(code="d-first").values_list("parent__code", flat=True).first()
print(json.dumps({"phones": phones, "parent": parent, "new": new.pk}))
"""


class House:
    """An installation: its folder, its database and its command."""

    def __init__(self, folder: Path, url: str = "", copy: Callable[["House"], None] | None = None) -> None:
        self.folder, self.url, self._copy = folder, url, copy

    @property
    def environment(self):
        outer = {
            k: v for k, v in os.environ.items() if not k.startswith(("KETANG_", "DATABASE_URL", "DJANGO_"))
        }
        return outer | {
            "KETANG_HOME": str(self.folder),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "ketang.config.settings",
            "KETANG_LOG_LEVEL": "warning",
            "KETANG_READY_MAX_LAG_SECONDS": "100000",  # no worker runs here
        }

    def ketang(self, *arguments, code=0, **more):
        """Run the command; its exit code must be ``code``."""
        done = subprocess.run(
            [sys.executable, "-m", "ketang.config.cli", *map(str, arguments)],
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def python(self, script, **more):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def build(self):
        """Keys and empty tables: a copy of those made first, with the same keys."""
        if self._copy:
            self._copy(self)
        else:
            self.ketang("init")
            self.ketang("migrate")
        return self

    def seed(self, rows=60):
        self.python(SEED.format(rows=rows))
        return self

    def read(self):
        return json.loads(self.python(READ))

    @contextmanager
    def serving(self, port):
        """``ketang serve`` while the block runs."""
        log = (self.folder / "serve.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "ketang.config.cli", "serve", "--port", str(port), "--workers", "1"],
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(lambda: fetch(port, "/healthz")[0] == 200)
            yield
        finally:
            process.terminate()
            process.wait(20)
            log.close()


def fetch(port, path, **headers):
    """Status and text; (0, "") when nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - http, above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def wait_for(true, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture(name="fetch")
def _fetch():
    return fetch


@pytest.fixture(name="wait_for")
def _wait_for():
    return wait_for


@pytest.fixture(scope="session")
def server():
    """A private PostgreSQL that a test may stop and start."""
    folder = Path(tempfile.mkdtemp(prefix="ketang-pg-"))
    made = Server(folder)
    try:
        made.create()
        made.start(SETTINGS)
    except Unavailable as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    yield made
    made.stop()
    subprocess.run(["rm", "-rf", str(folder)], check=False)


@pytest.fixture(scope="session")
def built_sqlite(tmp_path_factory):
    return House(tmp_path_factory.mktemp("built-sqlite")).build()


@pytest.fixture(scope="session")
def built_postgres(tmp_path_factory, server, built_sqlite):
    server._run("createdb", "-h", server.folder, "-U", "ketang", "built")
    house = House(tmp_path_factory.mktemp("built-pg"), address(server, "built"))
    shutil.copytree(built_sqlite.folder / "keys", house.folder / "keys")
    return house.build()


def address(server, name):
    return server.url.replace("/ketang?", f"/{name}?")


@pytest.fixture
def fresh_postgres(server):
    """DATABASE_URLs of empty databases on that server, or of copies of one."""
    names = []

    def make(template="template1"):
        name = f"house{os.urandom(4).hex()}"
        server._run("createdb", "-h", server.folder, "-U", "ketang", "-T", template, name)
        names.append(name)
        return address(server, name)

    yield make
    for name in names:
        server._run("dropdb", "-h", server.folder, "-U", "ketang", "--force", name)


@pytest.fixture
def new_house(tmp_path, request):
    """``new_house("sqlite")`` or ``new_house("postgres")``: an installation without anything yet."""

    def make(kind):
        folder = tmp_path / f"home-{os.urandom(3).hex()}"
        folder.mkdir()
        url = request.getfixturevalue("fresh_postgres")() if kind == "postgres" else ""
        return House(folder, url, copy)

    def copy(house):
        built = request.getfixturevalue("built_postgres" if house.url else "built_sqlite")
        if house.url:
            house.url = request.getfixturevalue("fresh_postgres")("built")
        shutil.copytree(built.folder, house.folder, dirs_exist_ok=True)

    return make
