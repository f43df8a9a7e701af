"""What the loop tells the house. Found by searching the event's name."""

from dataclasses import dataclass

from ketang.core.cases.types import Verb
from ketang.core.outbox.api import event


@dataclass(frozen=True)
class CaseEvent:
    """Enough to find the case; readers fetch the rest through their own scope. Never personal data."""

    case_id: int
    seq: int
    verb: str
    state: str
    district: str = ""
    secrecy: str = ""


@event("CaseReported")
@dataclass(frozen=True)
class CaseReported(CaseEvent):
    """Something was raised."""


@event("CaseRegistered")
@dataclass(frozen=True)
class CaseRegistered(CaseEvent):
    """The desk took it up."""


@event("CaseDispatched")
@dataclass(frozen=True)
class CaseDispatched(CaseEvent):
    """It was handed to a lead (dispatched or appointed)."""


@event("CaseReturned")
@dataclass(frozen=True)
class CaseReturned(CaseEvent):
    """The lead says it is not theirs; they stay responsible until hand-over."""


@event("CaseHandled")
@dataclass(frozen=True)
class CaseHandled(CaseEvent):
    """The lead says it is done."""


@event("CaseReviewed")
@dataclass(frozen=True)
class CaseReviewed(CaseEvent):
    """Somebody else looked whether it is done."""


@event("CaseAnswered")
@dataclass(frozen=True)
class CaseAnswered(CaseEvent):
    """The reporter was answered."""


@event("CaseClosed")
@dataclass(frozen=True)
class CaseClosed(CaseEvent):
    """The loop let go."""


@event("CaseRated")
@dataclass(frozen=True)
class CaseRated(CaseEvent):
    """The reporter rated it."""


@event("CasePressed")
@dataclass(frozen=True)
class CasePressed(CaseEvent):
    """Urged, supervised or escalated."""


@event("CaseChanged")
@dataclass(frozen=True)
class CaseChanged(CaseEvent):
    """Any other step."""


@event("CaseAnonymised")
@dataclass(frozen=True)
class CaseAnonymised(CaseEvent):
    """Its personal fields were removed by a retention rule; who keeps a copy removes it too."""


EVENT_OF: dict[Verb, type[CaseEvent]] = {
    Verb.REPORT: CaseReported,
    Verb.REGISTER: CaseRegistered,
    Verb.DISPATCH: CaseDispatched,
    Verb.APPOINT: CaseDispatched,
    Verb.RETURN: CaseReturned,
    Verb.HANDLE: CaseHandled,
    Verb.REVIEW: CaseReviewed,
    Verb.ANSWER: CaseAnswered,
    Verb.CLOSE: CaseClosed,
    Verb.RATE: CaseRated,
    Verb.URGE: CasePressed,
    Verb.SUPERVISE: CasePressed,
    Verb.ESCALATE: CasePressed,
}
