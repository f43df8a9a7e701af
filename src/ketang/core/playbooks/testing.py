"""Builders for tests: playbooks written to a folder, and one put into force for a test."""

from datetime import UTC, datetime
from pathlib import Path

from ketang.core.playbooks import actions, queries
from ketang.core.playbooks.load import Loaded, load
from ketang.core.playbooks.types import Playbook
from ketang.kernel.actor import SYSTEM


def write(root: Path, name: str, files: dict[str, str], *, extends: str = "") -> Path:
    """A playbook folder ``root/name``; ``playbook.yaml`` is added unless given."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in {"playbook.yaml": f"title: {name}\nextends: '{extends}'\n", **files}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")
    return folder


def loaded(root: Path, name: str, files: dict[str, str], *, extends: str = "") -> Loaded:
    return load(write(root, name, files, extends=extends))


def put_in_force(playbook: Playbook, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Playbook:
    """Apply ``playbook`` in the test's database. Call ``queries.forget()`` after the test."""
    actions.apply(playbook, SYSTEM, at=at)
    return queries.current()
