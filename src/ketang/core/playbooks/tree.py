"""YAML as a tree that knows the file and line of every value. YAML 1.2 scalars: 9:00 and no are text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str | int | float | bool | None
    at: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    items: dict[str, "Node"]
    at: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    items: list["Node"]
    at: Place


DIGITS = list("-+0123456789")
Node = Scalar | Mapping | Sequence


class BadYaml(Exception):
    """The text is no YAML of ours; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


class _Core(Loader):  # type: ignore[misc]
    """Only true/false, null, whole and decimal numbers are not text; dates and clock times stay text."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}


_Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
_Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|~|)$"), ["n", "~", ""])
_Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), DIGITS)
_Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+$"), DIGITS)


def parse(text: str, file: str) -> Node:
    """The tree of one file; an empty file is an empty mapping. Raises BadYaml."""
    try:
        for event in yaml.parse(text, Loader=_Core):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise BadYaml(line, "请不要用 YAML 的别名（*）：读的人看不出它指哪一行")
        loader = _Core(text)
        root = loader.get_single_node()
        return _convert(root, file, loader) if root else Mapping({}, Place(file, 1))
    except RecursionError as error:
        raise BadYaml(1, "层次太深") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadYaml(line, f"YAML 写法有误：{error.problem}") from error
    except yaml.YAMLError as error:
        raise BadYaml(1, f"YAML 写法有误：{error}") from error


def _convert(node: yaml.Node, file: str, loader: Any) -> Node:
    at = Place(file, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return Mapping(_pairs(node, file, loader), at)
    if isinstance(node, yaml.SequenceNode):
        return Sequence([_convert(item, file, loader) for item in node.value], at)
    return Scalar(loader.construct_object(node), at)


def _pairs(node: yaml.MappingNode, file: str, loader: Any) -> dict[str, Node]:
    items: dict[str, Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in items:
            raise BadYaml(key.start_mark.line + 1, f"“{name}”写了两次")
        items[name] = _convert(value, file, loader)
    return items


def plain(node: Node) -> Any:
    """The values without their places."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def place(node: Node, path: tuple[str | int, ...]) -> Place:
    """Where the value at ``path`` stands, or the nearest thing around it."""
    for step in path:
        if isinstance(node, Mapping) and step in node.items:
            node = node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node.at


def walk(node: Node) -> Iterator[Node]:
    yield node
    children = node.items.values() if isinstance(node, Mapping) else getattr(node, "items", ())
    for child in children:
        yield from walk(child)
