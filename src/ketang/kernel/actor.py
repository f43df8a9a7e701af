"""Who acts. The least that audit, outbox and steps need to name somebody; no rights in here."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["staff", "resident", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or process behind a write.

    ``id`` is the account's id (0 for system and anonymous); ``label`` is what the audit shows
    (staff name and post, never a resident's name); ``request_id`` ties audit rows to log lines.
    """

    kind: ActorKind
    id: int = 0
    label: str = ""
    request_id: str = ""


SYSTEM = Actor("system", label="系统")
ANONYMOUS = Actor("anonymous", label="匿名")
