from pathlib import Path

import pytest

from ketang.core.accounts.api import forget_departments
from ketang.core.accounts.types import Person
from ketang.core.areas import testing as areas
from ketang.core.cases.testing import District, make_district
from ketang.governance.intake.api import Mode, Report, import_orders
from ketang.governance.intake.testing import order, write_orders
from ketang.kernel.actor import SYSTEM


@pytest.fixture
def here(db) -> District:
    return make_district()


@pytest.fixture
def imported(here, tmp_path) -> Report:
    """One order whose category and unit are none of ours."""
    areas.plant()
    rows = [order(1, 行业分类1级="某市某类", 行业分类4级="没有对应的类")]
    return import_orders(write_orders(tmp_path / "a.csv", rows), "haikou12345", Mode.HISTORY, Person(SYSTEM))


@pytest.fixture
def district(db) -> None:
    areas.plant()
    forget_departments()  # those of a test that was rolled back


@pytest.fixture
def three(tmp_path) -> Path:
    return write_orders(tmp_path / "orders.csv", [order(n) for n in (1, 2, 3)])
