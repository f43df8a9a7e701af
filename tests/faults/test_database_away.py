"""The database goes away while people work: a page that says so, nothing lost, recovery without a restart."""

import http.cookiejar
import re
import socket
import sqlite3
import urllib.error
import urllib.parse
import urllib.request

import pytest

from ketang.config.private_postgres import SETTINGS

# Looks a receipt up in the database: 404 while all is well.
LOOKS_UP = "/s/AAAAAAAAAAAA"
TYPED = "路灯不亮已经三天，老人晚上出门不方便"
pytestmark = [pytest.mark.slow]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Resident:
    """A browser with its cookies and the form it opened."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/report"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        page = self.opener.open(self.url).read().decode()
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    def sends(self, text):
        fields = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, "body": text}).encode()
        try:
            with self.opener.open(self.url, fields) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


def says_so(fetch, port):
    status, page = fetch(port, LOOKS_UP)
    assert status == 503
    assert "数据库暂时连不上" in page
    assert 'lang="en"' in page, "both languages"
    assert fetch(port, "/healthz")[0] == 200
    status, checks = fetch(port, "/readyz")
    assert status == 503
    assert '"database": {"ok": false' in checks


def is_well(fetch, port):
    assert fetch(port, LOOKS_UP)[0] == 404
    status, checks = fetch(port, "/readyz")
    assert status == 200, checks


@pytest.mark.postgres
def test_postgres_stops_and_starts(new_house, server, port, fetch):
    house = new_house("postgres").build()
    with house.serving(port):
        is_well(fetch, port)
        resident = Resident(port)
        server.stop("fast")
        try:
            says_so(fetch, port)
            status, page = resident.sends(TYPED)
            assert status == 503
            assert TYPED in page, "what was typed must not be lost"
        finally:
            server.start(SETTINGS)
        is_well(fetch, port)
    assert "ketang_database_away" not in (house.folder / "serve.log").read_text()


@pytest.mark.postgres
def test_a_quick_restart_of_postgres_costs_at_most_one_request_per_thread(new_house, server, port, fetch):
    house = new_house("postgres").build()
    with house.serving(port):
        for _ in range(4):
            is_well(fetch, port)
        server.stop("fast")
        server.start(SETTINGS)
        failures = sum(fetch(port, LOOKS_UP)[0] == 503 for _ in range(8))
        assert failures <= 1, "one failure casts doubt on every connection"
        is_well(fetch, port)


def test_a_moved_sqlite_file_is_noticed_and_never_replaced_by_an_empty_one(new_house, port, fetch):
    house = new_house("sqlite").build()
    parts = ["ketang.sqlite3", "ketang.sqlite3-wal", "ketang.sqlite3-shm"]
    with house.serving(port):
        is_well(fetch, port)
        aside = house.folder / "aside"
        aside.mkdir()
        for name in parts:
            if (house.folder / name).exists():
                (house.folder / name).rename(aside / name)
        says_so(fetch, port)
        assert not (house.folder / "ketang.sqlite3").exists()
        for name in parts:
            if (aside / name).exists():
                (aside / name).rename(house.folder / name)
        is_well(fetch, port)


def test_a_restored_sqlite_file_is_read_without_a_restart(new_house, port, fetch):
    house = new_house("sqlite").build().seed(3)
    house.ketang("backup", house.folder / "b.zip")
    with house.serving(port):
        is_well(fetch, port)
        house.ketang("restore", house.folder / "b.zip", "--verify", "--force")
        is_well(fetch, port)
        house.ketang("audit", "verify")


def test_a_locked_sqlite_file_delays_writers_and_then_says_so(new_house, port, fetch):
    house = new_house("sqlite").build()
    with house.serving(port):
        resident = Resident(port)
        blocker = sqlite3.connect(house.folder / "ketang.sqlite3", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        try:
            status, page = resident.sends(TYPED)
        finally:
            blocker.execute("ROLLBACK")
            blocker.close()
        assert status == 503
        assert TYPED in page
        status, _ = resident.sends(TYPED)
        assert status != 503
        is_well(fetch, port)
