"""A small demo: one town with its unit, the departments of the playbook, the demo's logins and staff."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ketang.core.accounts import api as accounts
from ketang.core.accounts.actions.units import load_departments
from ketang.core.accounts.demo import ensure_demo_logins
from ketang.core.areas import api as areas
from ketang.core.areas import testing
from ketang.demo import reporting
from ketang.demo.cast import Cast, ensure_staff
from ketang.kernel.clock import now


@pytest.fixture
def demo_mode(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.KETANG_HOME = tmp_path


@pytest.fixture
def cast(db: None, demo_mode: None) -> Iterator[Cast]:
    at = now()
    testing.plant()
    accounts.forget_departments()
    load_departments(at)
    ensure_demo_logins(at)
    ensure_staff(at)
    yield Cast(now())
    areas.forget()
    accounts.forget_departments()
    reporting._microgrids.cache_clear()
