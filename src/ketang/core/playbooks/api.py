"""The public face: the rules in force, by schema. See README.md for how a room brings its own file."""

from ketang.core.playbooks.actions import apply, ensure_applied, preview_recompute
from ketang.core.playbooks.diff import differences
from ketang.core.playbooks.events import PlaybookApplied
from ketang.core.playbooks.load import Loaded
from ketang.core.playbooks.queries import applied_hash, current, forget, history, on_disk, version
from ketang.core.playbooks.registry import (
    count_open_with,
    describe_with,
    on_recompute,
    register,
    register_check,
)
from ketang.core.playbooks.types import (
    Applied,
    Change,
    Flaw,
    Playbook,
    PlaybookInvalid,
    PlaybookMissing,
    PlaybookMoved,
    Problem,
)

__all__ = [
    "Applied",
    "Change",
    "Flaw",
    "Loaded",
    "Playbook",
    "PlaybookApplied",
    "PlaybookInvalid",
    "PlaybookMissing",
    "PlaybookMoved",
    "Problem",
    "applied_hash",
    "apply",
    "count_open_with",
    "current",
    "describe_with",
    "differences",
    "ensure_applied",
    "forget",
    "history",
    "on_disk",
    "on_recompute",
    "preview_recompute",
    "register",
    "register_check",
    "version",
]
