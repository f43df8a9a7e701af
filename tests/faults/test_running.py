"""The processes themselves, started as an operator starts them."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from ketang.config.tests.test_cli import ketang
from ketang.kernel.live_token import mint

pytestmark = pytest.mark.slow


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except OSError:
        return 0, ""


def until(true, seconds=40):
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    for verb in ("init", "migrate"):
        assert ketang(verb, KETANG_HOME=str(folder)).returncode == 0
    return folder


@pytest.fixture
def up(home):
    """``ketang up`` with two web workers; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KETANG_", "DATABASE_URL", "DJANGO_"))}
    log = (home / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "ketang.config.cli", "up", "--port", str(port), "--workers", "2"],
        env=kept | {"KETANG_HOME": str(home), "KETANG_LOG_LEVEL": "warning"},
        stdout=log,
        stderr=log,
    )
    try:
        until(lambda: get(port, "/healthz")[0] == 200 and get(port + 1, "/healthz")[0] == 200)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def children_of(pid, word):
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if f"cli {word}" in line]


def test_up_restarts_what_crashed_and_stops_everything_on_sigterm(up):
    port, process = up
    (serve,) = children_of(process.pid, "serve")
    workers = children_of(serve, "serve")
    assert len(workers) == 2
    os.kill(serve, signal.SIGKILL)
    again = until(lambda: [p for p in children_of(process.pid, "serve") if p != serve])
    until(lambda: get(port, "/healthz")[0] == 200)
    gone = [serve, *workers, *again, *children_of(process.pid, "work"), *children_of(process.pid, "live")]
    process.terminate()
    assert process.wait(30) == 0
    until(lambda: not [pid for pid in gone if os.path.exists(f"/proc/{pid}")])


def test_metrics_add_up_over_all_workers(up):
    port, _ = up
    for _ in range(30):
        assert get(port, "/healthz")[0] == 200
    _, text = get(port, "/metrics")
    (counted,) = re.findall(r'ketang_requests_total\{method="GET",route="healthz",status="200"\} (\S+)', text)
    assert float(counted) >= 30
    assert "ketang_dead_letters 0.0" in text


def test_the_live_process_streams_to_who_has_a_token(up, home):
    port, _ = up
    secret = (home / "keys" / "session.secret").read_text().strip()
    url = f"http://127.0.0.1:{port + 1}/live?token={mint(secret, ['case:1'], int(time.time()) + 60)}"
    with urllib.request.urlopen(url, timeout=10) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.readline() == b"retry: 3000\n"
        assert stream.readline().startswith(b"id: ")
    assert get(port + 1, "/live?token=forged")[0] == 204


def test_a_taken_port_is_told_instead_of_shared(up, home):
    port, _ = up
    for verb in ("up", "serve"):
        done = ketang(verb, "--port", str(port), KETANG_HOME=str(home))
        assert done.returncode == 2, done.stderr
        assert "--port" in done.stderr


def test_serving_without_keys_is_refused(tmp_path):
    done = ketang("serve", KETANG_HOME=str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert "ketang init" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_the_second_start_of_the_demo_has_little_to_do(tmp_path):
    """Counted in processor time, so that a busy machine does not matter: 5 s are promised for the whole."""
    home = str(tmp_path / "demo")
    assert ketang("demo", "--prepare", KETANG_HOME=home).returncode == 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ketang("demo", "--prepare", KETANG_HOME=home).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_the_demo_stays_out_of_a_folder_with_real_data(home):
    script = (
        "import django; django.setup(); from django.utils import timezone;"
        "from ketang.core.accounts.models import Account;"
        "Account.objects.create(username='real', created_at=timezone.now())"
    )
    environment = os.environ | {"KETANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "ketang.config.settings"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    done = ketang("demo", "--prepare", KETANG_HOME=str(home))
    assert done.returncode == 2
    assert "real data" in done.stderr


def test_an_unreachable_database_ends_with_3(tmp_path):
    home = {"KETANG_HOME": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert ketang("init", **home).returncode == 0
    for verb in ("migrate", "doctor", "up"):
        done = ketang(verb, **home)
        assert done.returncode == 3, (verb, done.stderr)
        assert "Traceback" not in done.stderr


def test_starting_without_migrations_is_refused_with_the_way_out(tmp_path):
    home = {"KETANG_HOME": str(tmp_path)}
    ketang("init", **home)
    done = ketang("up", **home)
    assert done.returncode == 2
    assert "ketang migrate" in done.stderr


def test_what_a_verb_finds_becomes_its_exit_code(tmp_path):
    home = {"KETANG_HOME": str(tmp_path)}
    ketang("init", **home)
    assert ketang("check", **home).returncode == 0
    assert ketang("check", **home, KETANG_PLAYBOOK="nowhere").returncode == 1
