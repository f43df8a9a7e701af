"""A folder of YAML → a resolved, checked playbook, or what is wrong with it, by file and line."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ketang.core.playbooks import registry
from ketang.core.playbooks.overlay import merge, repeats, settle
from ketang.core.playbooks.playbook import PlaybookFile
from ketang.core.playbooks.sentences import sentence
from ketang.core.playbooks.tree import BadYaml, Mapping, Node, Place, Scalar, parse, place, plain
from ketang.core.playbooks.types import Flaw, Playbook, PlaybookInvalid, PlaybookMissing, Problem

HEAD = "playbook.yaml"


@dataclass(frozen=True)
class Loaded:
    """The outcome of a load. ``playbook`` is None when a problem that is no note was found."""

    playbook: Playbook | None
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.note]

    def valid(self) -> Playbook:
        """The playbook; raises PlaybookInvalid with every problem."""
        if self.playbook is None:
            raise PlaybookInvalid(self.errors)
        return self.playbook


def load(folder: Path) -> Loaded:
    """Resolve ``folder`` over what it extends (a sibling folder) and check the result."""
    problems: list[Problem] = []
    files = _resolve(folder, problems)
    content = {name: plain(node) for name, node in files.items()}
    if isinstance(content.get(HEAD), dict):
        content[HEAD].pop("extends", None)  # resolved now; the same rules are the same version
    _check_schemas(files, content, problems)
    if any(not problem.note for problem in problems):
        return Loaded(None, problems)
    head = PlaybookFile.model_validate(content.get(HEAD, {}))
    playbook = Playbook(version_of(content), folder.name, head.title, content)
    problems += [_located(flaw, files) for check in registry.checks() for flaw in check(playbook)]
    wrong = any(not problem.note for problem in problems)
    return Loaded(None if wrong else playbook, problems)


def version_of(content: dict[str, Any]) -> str:
    """First 12 hex digits of the SHA-256 of the resolved content: comments, blanks and the order of keys
    do not count, the order of lists does (routing rules run in order)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def chain(folder: Path) -> list[Path]:
    """The folders from base to ``folder``. Raises PlaybookMissing for one that is not there, BadYaml."""
    found: list[Path] = []
    while True:
        if not (folder / HEAD).is_file():
            raise PlaybookMissing(name=folder.name)
        found.insert(0, folder)
        parent = _extends(folder)
        if not parent:
            return found
        if folder.parent / parent in found:
            raise BadYaml(1, f"extends 转了一圈：{' → '.join(f.name for f in reversed(found))} → {parent}")
        folder = folder.parent / parent


def _extends(folder: Path) -> str:
    head = parse((folder / HEAD).read_text("utf-8"), HEAD)
    value = head.items.get("extends") if isinstance(head, Mapping) else None
    return str(value.value or "") if isinstance(value, Scalar) else ""


def _resolve(folder: Path, problems: list[Problem]) -> dict[str, Node]:
    """File name → its node, every folder of the chain laid over the one before."""
    try:
        folders = chain(folder)
    except BadYaml as error:
        problems.append(Problem(f"{folder.name}/{HEAD}", error.line, str(error)))
        return {}
    files: dict[str, Node] = {}
    lost: list[Place] = []
    for one in folders:
        for name, node in _read(one, problems):
            files[name] = merge(files[name], node, lost) if name in files else settle(node, lost)
    nothing = "这里要去掉（remove）的内容本来就没有"
    problems += [Problem(at.file, at.line, nothing, "核对代码，或删去这一项") for at in lost]
    return files


def _read(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, Node]]:
    """The files of one folder that some room has a schema for; others are noted, never silently used."""
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        shown = f"{folder.name}/{name}"
        if registry.model_for(name) is None:
            if "/" not in name:
                problems.append(Problem(shown, 1, "没有模块读取这个文件", "核对文件名", note=True))
            continue
        try:
            node = parse(path.read_text("utf-8"), shown)
        except BadYaml as error:
            problems.append(Problem(shown, error.line, str(error)))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problems.append(Problem(shown, line, "不是 UTF-8 编码", "用 UTF-8 另存"))
        else:
            problems += [_repeated(*found) for found in repeats(node)]
            yield name, node


def _repeated(at: Place, first: Place, code: str) -> Problem:
    message = f"代码“{code}”重复了，第 {first.line} 行已经有"
    return Problem(at.file, at.line, message, "改一个代码，或删去一处")


def _check_schemas(files: dict[str, Node], content: dict[str, Any], problems: list[Problem]) -> None:
    for name, node in files.items():
        model = registry.model_for(name)
        try:
            if model:
                model.model_validate(content[name])
        except ValidationError as error:
            for one in error.errors(include_url=False):
                at = place(node, one["loc"])
                problems.append(Problem(at.file, at.line, sentence(one)))


def _located(flaw: Flaw, files: dict[str, Node]) -> Problem:
    node = files.get(str(flaw.path[0]))
    at = place(node, flaw.path[1:]) if node else Place(str(flaw.path[0]), 1)
    return Problem(at.file, at.line, flaw.message, flaw.way_out)
