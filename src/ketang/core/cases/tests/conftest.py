import pytest

from ketang.core.cases.testing import District, make_district


@pytest.fixture
def here(db) -> District:
    return make_district()
