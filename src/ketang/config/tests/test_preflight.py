from dataclasses import replace

import pytest

from ketang.config.preflight import problems
from ketang.kernel.crypto import throwaway_keys


@pytest.fixture(autouse=True)
def _sound(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_HOME", str(tmp_path))
    settings.DEMO = False


def sentences():
    return [str(p) for p in problems()]


def test_a_sound_installation_has_no_problem():
    assert sentences() == []


def test_missing_keys_are_named(settings):
    settings.KEYS = replace(throwaway_keys(), audit=b"")
    (problem,) = problems()
    assert problem.fatal
    assert "audit" in str(problem)


def test_key_files_that_others_can_read_are_told(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "data.keys").touch(mode=0o644)
    (tmp_path / "keys" / "data.keys").chmod(0o644)
    assert any("chmod 600" in s for s in sentences())


def test_public_hosts_want_https(settings):
    settings.ALLOWED_HOSTS = ["ketang.example.gov.cn"]
    assert any("KETANG_HTTPS" in s for s in sentences())
    settings.HTTPS = True
    assert sentences() == []


def test_a_star_is_no_host(settings):
    settings.ALLOWED_HOSTS, settings.HTTPS = ["*"], True
    assert any("KETANG_HOSTS" in s for s in sentences())


def test_an_origin_needs_its_scheme(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["ketang.example.gov.cn"]
    assert any("https://ketang.example.gov.cn" in s for s in sentences())


@pytest.mark.parametrize("url", ["mysql://x/y", "ketang.sqlite3"])
def test_another_kind_of_database_is_refused(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    assert any("DATABASE_URL" in s for s in sentences())


def test_an_unknown_playbook_is_told(settings):
    settings.PLAYBOOK = "nowhere"
    assert any("KETANG_PLAYBOOK" in s for s in sentences())
