import pytest

from ketang.core.outbox.testing import own_registry


@pytest.fixture(autouse=True)
def _own_registry():
    with own_registry():
        yield
