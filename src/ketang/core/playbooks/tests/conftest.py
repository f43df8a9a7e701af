from collections.abc import Iterator

import pytest

from ketang.core.playbooks import queries, registry


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What another test applied or read is not remembered."""
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry without the rooms' checks and hooks; the schemas stay."""
    monkeypatch.setattr(registry, "_models", dict(registry._models))
    for name in ("_checks", "_counts", "_recomputes"):
        monkeypatch.setattr(registry, name, [])
    monkeypatch.setattr(registry, "_describers", {})
