"""What every playbook schema shares: the frozen base model and the types that recur in YAML."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

CLOCKS = ("natural_days", "working_days", "working_hours", "urgent_hours", "urgent_minutes")
_RULE = re.compile(rf"(review:)?({'|'.join(CLOCKS)}):([1-9]\d{{0,3}})")


class Entry(BaseModel):
    """Base of all playbook models: frozen, no unknown keys, the string under a field is its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def checked_rule(text: str) -> str:
    """``working_days:5``, ``urgent_hours:24``, ``review:working_days:5``; raises ValueError else."""
    if not _RULE.fullmatch(text):
        clocks = "、".join(CLOCKS)
        raise ValueError(f"时限“{text}”写法不对，应为 计时:数量，例如 working_days:5；计时有 {clocks}")
    return text


def checked_window(text: str) -> str:
    """``22:00-07:00``; raises ValueError else."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"时段“{text}”写法不对，应为 时:分-时:分，例如 22:00-07:00")
    return text


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")]
RuleText = Annotated[str, AfterValidator(checked_rule)]
Window = Annotated[str, AfterValidator(checked_window)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def no_repeats(what: str, codes: Iterable[str]) -> None:
    """Raise ValueError naming the first code that occurs twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"{what}“{code}”重复了，每个只能出现一次")
        seen.add(code)
