"""What a new playbook changes, in sentences. A room may bring better ones for its file (describe_with)."""

from collections.abc import Iterator, Mapping
from typing import Any

from ketang.core.playbooks import registry
from ketang.core.playbooks.overlay import KEYS
from ketang.core.playbooks.types import Playbook

SHOWN = 60


def differences(old: Playbook, new: Playbook) -> dict[str, list[str]]:
    """File → sentences, for the files that differ. Counts of open cases stand where they matter."""
    counts = registry.open_counts()
    return {
        file: lines
        for file in sorted(old.content.keys() | new.content.keys())
        if (lines := _lines(file, old, new, counts))
    }


def _lines(file: str, old: Playbook, new: Playbook, counts: Mapping[str, int]) -> list[str]:
    before, after = old.content.get(file), new.content.get(file)
    if before == after:
        return []
    described = list(registry.describers()[file](old, new, counts)) if file in registry.describers() else []
    return described or list(general(before, after, ""))


def general(before: Any, after: Any, path: str) -> Iterator[str]:
    """Sentences for any content: added, removed and changed values by their path."""
    if before == after:
        return
    left, right = _parts(before), _parts(after)
    if left is None or right is None:
        yield f"{path or '全文'}：{_shown(before)} → {_shown(after)}"
        return
    for key in [*left, *(key for key in right if key not in left)]:
        here = f"{path} · {key}" if path else key
        if key not in right:
            yield f"去掉 {here}"
        elif key not in left:
            yield f"新增 {here}：{_shown(right[key])}"
        else:
            yield from general(left[key], right[key], here)
    if list(left) != list(right) and sorted(left) == sorted(right) and isinstance(before, list):
        yield f"{path}：次序变了"


def _parts(value: Any) -> dict[str, Any] | None:
    """A mapping, or a list whose items carry a code, as name → value; None for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(_code(item) for item in value):
        return {_code(item): item for item in value}
    return None


def _code(item: Any) -> str:
    return next((str(item[key]) for key in KEYS if key in item), "") if isinstance(item, dict) else ""


def _shown(value: Any) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, dict):
        value = value.get("name") or value.get("text") or "、".join(value)
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
