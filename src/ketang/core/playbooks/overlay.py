"""The algebra of overlays: base + what a district changes. Pure.

Mappings merge key by key; lists whose items all carry ``code`` (or ``id``) merge item by item, new ones at
the end; anything else is replaced. ``remove: true`` drops an item or a key.
"""

from collections.abc import Iterator

from ketang.core.playbooks.tree import Mapping, Node, Place, Scalar, Sequence, walk

KEYS = ("code", "id")


def merge(base: Node, over: Node, lost: list[Place]) -> Node:
    """``base`` as ``over`` changes it; ``lost`` collects removals of what was not there."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return _merge_mappings(base, over, lost)
    if isinstance(base, Sequence) and isinstance(over, Sequence) and keyed(base):
        if not over.items:
            return base
        if keyed(over):
            return _merge_lists(base, over, lost)
    return settle(over, lost)


def settle(node: Node, lost: list[Place]) -> Node:
    """``node`` as the first of its chain: there is nothing yet that it could remove."""
    if isinstance(node, Mapping):
        kept = {k: settle(v, lost) for k, v in node.items.items() if not _dropped(v, lost)}
        return Mapping(kept, node.at)
    if isinstance(node, Sequence):
        return Sequence([settle(item, lost) for item in node.items if not _dropped(item, lost)], node.at)
    return node


def _dropped(node: Node, lost: list[Place]) -> bool:
    if removes(node):
        lost.append(node.at)
        return True
    return False


def _merge_mappings(base: Mapping, over: Mapping, lost: list[Place]) -> Mapping:
    items = dict(base.items)
    for key, value in over.items.items():
        _put(items, key, value, lost)
    return Mapping(items, over.at if over.items else base.at)


def _merge_lists(base: Sequence, over: Sequence, lost: list[Place]) -> Sequence:
    items = {key_of(item): item for item in base.items}
    for item in over.items:
        _put(items, key_of(item), item, lost)
    return Sequence(list(items.values()), base.at)


def _put(items: dict[str, Node], key: str, value: Node, lost: list[Place]) -> None:
    if removes(value):
        if items.pop(key, None) is None:
            lost.append(value.at)
    elif key in items:
        items[key] = merge(items[key], value, lost)
    else:
        items[key] = settle(value, lost)


def removes(node: Node) -> bool:
    mark = node.items.get("remove") if isinstance(node, Mapping) else None
    return isinstance(mark, Scalar) and mark.value is True


def keyed(node: Sequence) -> bool:
    """Whether every item carries a code or an id; an empty list does not."""
    return bool(node.items) and all(key_of(item) for item in node.items)


def key_of(node: Node) -> str:
    if not isinstance(node, Mapping):
        return ""
    found = (node.items[key] for key in KEYS if key in node.items)
    return next((str(item.value) for item in found if isinstance(item, Scalar)), "")


def repeats(root: Node) -> Iterator[tuple[Place, Place, str]]:
    """Items of one keyed list that carry the same code: (second place, first place, code)."""
    for node in walk(root):
        if isinstance(node, Sequence) and keyed(node):
            first: dict[str, Place] = {}
            for item in node.items:
                code = key_of(item)
                if first.setdefault(code, item.at) != item.at:
                    yield item.at, first[code], code
