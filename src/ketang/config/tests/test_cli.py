import importlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import click
import pytest

from ketang.config.cli import COMMANDS

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
