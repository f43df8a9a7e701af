"""The data folder and the few settings that come from outside. Documented in docs/guide/settings.md."""

import os
from pathlib import Path


def home() -> Path:
    """``KETANG_HOME``, or ``~/.ketang``. Everything of the embedded default lies in here."""
    return Path(os.environ.get("KETANG_HOME") or Path.home() / ".ketang").expanduser().resolve()


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "")
    return default if value == "" else value.lower() in {"1", "true", "yes", "on"}
