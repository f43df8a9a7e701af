"""What this process holds of the directory; apart from it so that the table itself can let go of it."""

import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ketang.core.accounts.directory import Directory

T = TypeVar("T")


class Held(Generic[T]):
    """A value and when it was last looked at; swapped as a whole."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.value: T | None = None
        self.looked_at = 0.0

    def keep(self, value: T) -> T:
        self.value, self.looked_at = value, time.monotonic()
        return value

    def fresh(self, seconds: float) -> T | None:
        """The value when somebody looked within ``seconds``."""
        return self.value if time.monotonic() - self.looked_at < seconds else None


departments: "Held[Directory]" = Held()
