"""Words of the playbook room: a playbook in force, what is wrong with one, what a change does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from ketang.core.playbooks import registry
from ketang.kernel.errors import BadInput, Conflict, NotFound

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a check across files found; ``path`` = (file, key, index …), ``way_out`` says how to mend it."""

    path: Path
    message: str
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding at a line of a file. A ``note`` does not stop an apply."""

    file: str
    line: int
    message: str
    way_out: str = ""
    note: bool = False

    def __str__(self) -> str:
        rest = f" → {self.way_out}" if self.way_out else ""
        return f"{self.file}:{self.line}: {'提示：' if self.note else ''}{self.message}{rest}"


@dataclass(frozen=True)
class Playbook:
    """A district's rules, resolved (base + overlay) and checked. Immutable: what is built from it is kept."""

    version: str
    name: str
    title: str
    content: dict[str, Any]
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def section(self, model: type[M]) -> M:
        """The file that ``model`` was registered for; the model's defaults when there is none."""
        return self.derive(model, lambda book: book._one(model))

    def sections(self, model: type[M]) -> dict[str, M]:
        """All files of a pattern such as ``mappings/*.yaml``: bare file name → instance."""
        return self.derive((model, "*"), lambda book: book._matching(model))

    def derive(self, key: object, build: Callable[["Playbook"], T]) -> T:
        """What ``build`` makes of this playbook, made once per process (two threads may both make it)."""
        if key not in self._kept:
            self._kept[key] = build(self)
        return cast(T, self._kept[key])

    def _one(self, model: type[M]) -> M:
        return model.model_validate(self.content.get(registry.file_of(model), {}))

    def _matching(self, model: type[M]) -> dict[str, M]:
        pattern = registry.file_of(model)
        found = {name: data for name, data in self.content.items() if fnmatchcase(name, pattern)}
        return {PurePath(name).stem: model.model_validate(data) for name, data in found.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """A playbook about to replace another; what a recompute hook is told. ``preview`` = say, do not do."""

    old: Playbook
    new: Playbook
    at: datetime
    preview: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did: ``previous`` is '' the first time; ``recomputed`` are the hooks' sentences."""

    version: str
    previous: str
    recomputed: tuple[str, ...] = ()


class PlaybookInvalid(BadInput):
    message = "这套规则有 %(count)s 处问题，没有启用。"
    way_out = "运行 ketang playbook check 查看文件和行号，改好后再启用。"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))


class PlaybookMissing(NotFound):
    message = "没有找到规则“%(name)s”。"
    way_out = "规则放在 playbooks/ 下各自的文件夹里；环境变量 KETANG_PLAYBOOKS 可以另指地方。"


class PlaybookMoved(Conflict):
    message = "预览以后，别人已经启用了另一个版本。请重新看一下差别再启用。"
