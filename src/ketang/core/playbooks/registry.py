"""Who reads which playbook file, and what other rooms add: checks, sentences for a diff, counts, recomputes.

Filled in ``AppConfig.ready`` and not changed afterwards.
"""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from ketang.core.playbooks.types import Change, Flaw, Playbook

T = TypeVar("T")
Check = Callable[["Playbook"], Iterable["Flaw"]]
Describe = Callable[["Playbook", "Playbook", Mapping[str, int]], Iterable[str]]
Count = Callable[[], Mapping[str, int]]
Recompute = Callable[["Change"], Iterable[str]]

_models: dict[str, type[BaseModel]] = {}
_checks: list[Check] = []
_describers: dict[str, Describe] = {}
_counts: list[Count] = []
_recomputes: list[Recompute] = []


def register(file: str, model: type[BaseModel]) -> None:
    """``model`` is the schema of ``file`` ("kinds.yaml") or of a pattern ("mappings/*.yaml")."""
    if _models.get(file, model) is not model:
        raise ValueError(f"{file} already has the schema {_models[file].__name__}")
    _models[file] = model


def register_check(check: Check) -> Check:
    """A check across files, run when every file fits its schema."""
    return _once(_checks, check)


def on_recompute(hook: Recompute) -> Recompute:
    """Called inside the apply's transaction by ``--recompute-open``, and with ``preview=True`` before it;
    returns sentences saying what changes for whom."""
    return _once(_recomputes, hook)


def count_open_with(count: Count) -> Count:
    """Open cases per kind code, for “affects n open cases” in a diff."""
    return _once(_counts, count)


def describe_with(file: str, describe: Describe) -> None:
    """Sentences for the changes of ``file``, in place of the general ones."""
    _describers[file] = describe


def _once(hooks: list[T], hook: T) -> T:
    if hook not in hooks:
        hooks.append(hook)
    return hook


def models() -> Mapping[str, type[BaseModel]]:
    return _models


def checks() -> list[Check]:
    return _checks


def describers() -> Mapping[str, Describe]:
    return _describers


def recomputes() -> list[Recompute]:
    return _recomputes


def open_counts() -> dict[str, int]:
    """Kind code → open cases; {} when nobody counts."""
    return {code: n for count in _counts for code, n in count().items()}


def file_of(model: type[Any]) -> str:
    return next(file for file, known in _models.items() if known is model)


def model_for(file: str) -> type[BaseModel] | None:
    return next((model for pattern, model in _models.items() if fnmatchcase(file, pattern)), None)
