"""What an operator can set, run, hear or measure is documented; what is documented exists."""

import importlib.util
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
SOURCE = ROOT / "src" / "ketang"
NAME = re.compile(r"""["'](KETANG_[A-Z_]+|DATABASE_URL|CI)["']""")
# Read by the tests alone.
TEST_ONLY = {"CI"}


def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def settings_read():
    files = [p for p in SOURCE.rglob("*.py") if "tests" not in p.parts]
    return {name for p in files for name in NAME.findall(p.read_text())} - TEST_ONLY


def test_every_setting_is_documented_and_every_documented_one_is_read():
    text = (GUIDE / "settings.md").read_text()
    documented = set(re.findall(r"^\| `(KETANG_[A-Z_]+|DATABASE_URL)`", text, re.MULTILINE))
    assert settings_read() - documented == set(), "describe these in docs/guide/settings.md"
    assert documented - settings_read() == set(), "nothing reads these any more"


def test_every_metric_is_documented_and_every_documented_one_exists():
    from ketang.config import metrics

    registered = {m.name for m in REGISTRY.collect() if m.name.startswith("ketang_")}
    asked = set(re.findall(r'"(ketang_[a-z_]+)"', (SOURCE / "config" / "metrics.py").read_text()))
    live = set(re.findall(r"(ketang_live_[a-z]+)", (SOURCE / "config" / "live" / "app.py").read_text()))
    exist = registered | asked | live
    documented = set(
        re.findall(r"^\| `(ketang_[a-z_]+?)(?:_total)?`", (GUIDE / "metrics.md").read_text(), re.M)
    )
    assert metrics.REQUESTS
    assert exist - documented == set(), "describe these in docs/guide/metrics.md"
    assert documented - exist == set(), "nothing measures these any more"


@pytest.mark.parametrize("page", ["commands.md", "events.md", "playbook-keys.md"])
def test_the_reference_says_what_the_code_declares(page):
    assert (GUIDE / page).read_text() == reference().pages()[page], "run `make docs`"


def test_every_event_says_what_it_means():
    from ketang.core.outbox import registry

    silent = [
        name
        for name, cls in registry._events.items()
        if ".tests" not in cls.__module__
        and cls.__module__.startswith("ketang.")
        and (not cls.__doc__ or cls.__doc__.startswith(f"{cls.__name__}("))
    ]
    assert silent == [], "give these events a docstring"


def test_every_playbook_key_says_what_it_does():
    text = reference().pages()["playbook-keys.md"]
    silent = [line for line in text.splitlines() if line.startswith("- `") and line.endswith("— ")]
    assert silent == [], "give these keys a docstring"
