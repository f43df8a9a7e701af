"""The data folder and the few settings that come from outside. Documented in docs/guide/settings.md."""

import os
from pathlib import Path

from ketang.kernel.errors import BadInput


def home() -> Path:
    """``KETANG_HOME``, or ``~/.ketang``. Everything of the embedded default lies in here."""
    return Path(os.environ.get("KETANG_HOME") or Path.home() / ".ketang").expanduser().resolve()


class NotANumber(BadInput):
    message = "设置 %(name)s 应是数字，现在是“%(value)s” · %(name)s must be a number, not “%(value)s”."


def number(name: str, default: float) -> float:
    """A setting that is a number; a wrong one is said in one sentence."""
    value = os.environ.get(name) or str(default)
    try:
        return float(value)
    except ValueError:
        raise NotANumber(name=name, value=value) from None


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "")
    return default if value == "" else value.lower() in {"1", "true", "yes", "on"}
