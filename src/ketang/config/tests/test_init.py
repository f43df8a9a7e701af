import stat

from click.testing import CliRunner

from ketang.config.commands.init import init
from ketang.config.home import home


def test_init_asks_nothing_makes_the_folder_and_says_where(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_HOME", str(tmp_path / "ketang"))
    done = CliRunner().invoke(init, input="")
    assert done.exit_code == 0
    assert str(tmp_path / "ketang") in done.output
    assert stat.S_IMODE((tmp_path / "ketang").stat().st_mode) == 0o700
    keys = sorted(p.name for p in (tmp_path / "ketang" / "keys").iterdir())
    assert keys == ["audit.key", "data.keys", "index.key", "session.secret"]


def test_init_twice_keeps_the_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_HOME", str(tmp_path))
    CliRunner().invoke(init)
    before = (tmp_path / "keys" / "data.keys").read_text()
    done = CliRunner().invoke(init)
    assert "new key" not in done.output
    assert (tmp_path / "keys" / "data.keys").read_text() == before


def test_without_ketang_home_everything_lies_in_the_users_home(tmp_path, monkeypatch):
    monkeypatch.delenv("KETANG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path / ".ketang"
