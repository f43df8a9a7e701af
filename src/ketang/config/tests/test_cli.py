import errno
import importlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import click
import pytest
from django.db import OperationalError, ProgrammingError

from ketang.config import cli
from ketang.config.cli import COMMANDS
from ketang.kernel.errors import BadInput, TooMany, Unavailable

CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")


def ketang(*arguments, **environment):
    """Run the command as a user would, in an environment of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KETANG_", "DATABASE_URL", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "ketang.config.cli", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def commands():
    for name, verb in COMMANDS.items():
        module, _, attribute = f"ketang.{verb.target}".partition(":")
        if find_spec(module):
            yield name, getattr(importlib.import_module(module), attribute)


def test_help_lists_every_verb_in_both_languages_without_keys_or_folder(tmp_path):
    done = ketang("--help", KETANG_HOME=str(tmp_path / "none"))
    assert done.returncode == 0
    for name, verb in COMMANDS.items():
        assert name in done.stdout
        assert CHINESE.search(verb.help), name
        assert ENGLISH.search(verb.help), name
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_each_verb_says_in_both_languages_what_it_does(name, command):
    text = command.get_help(click.Context(command, info_name=name))
    assert CHINESE.search(text), name
    assert ENGLISH.search(text.replace("Usage", "").replace("Options", "")), name


def test_an_unknown_verb_is_a_usage_error(tmp_path):
    assert ketang("nonsense", KETANG_HOME=str(tmp_path)).returncode == 2


def test_a_verb_that_needs_keys_says_so_in_one_sentence(tmp_path):
    done = ketang("backup", str(tmp_path), KETANG_HOME=str(tmp_path / "empty"))
    assert done.returncode == 2
    assert "ketang init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("boom"), 70),
        (OperationalError("connection refused"), 3),
        (OperationalError("no such table: cases_case"), 2),
        (ProgrammingError('relation "cases_case" does not exist'), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 3),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/ketang"), 2),
        (OperationalError("unable to open database file"), 2),
        (Unavailable(), 3),
        (BadInput(), 2),
        (click.Abort(), 130),
    ],
)
def test_what_goes_wrong_has_its_exit_code(monkeypatch, error, code):
    def fail(**_):
        raise error

    monkeypatch.setattr(cli, "ketang", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code


def test_a_mistake_is_told_in_both_languages(monkeypatch, capsys):
    def fail(**_):
        raise TooMany(retry_after=9)

    monkeypatch.setattr(cli, "ketang", fail)
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    assert "请 9 秒后再试" in told
    assert "9 seconds" in told


@pytest.mark.parametrize("verb", ["up", "demo", "serve", "live"])
def test_a_port_that_no_machine_has_is_a_usage_error(tmp_path, verb):
    assert ketang(verb, "--port", "70000", KETANG_HOME=str(tmp_path)).returncode == 2
