"""The words of the loop: states, verbs, channels, facts and errors. No Django."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from ketang.kernel.errors import BadInput, Conflict, KetangError, NotAllowed


class State(StrEnum):
    """Where a case stands: the last stage it passed. ``RETURNED`` waits for the dispatcher with the
    first receiver still responsible; ``MERGED`` and ``REFERRED`` left the loop with a notice."""

    REPORTED = "reported"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    TAKEN = "taken"
    CHECKED = "checked"
    HANDLED = "handled"
    REVIEWED = "reviewed"
    ANSWERED = "answered"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    MERGED = "merged"
    REFERRED = "referred"


class Verb(StrEnum):
    """What people do to a case. The first nine are stages of a profile; the rest are side verbs."""

    REPORT = "report"
    REGISTER = "register"
    DISPATCH = "dispatch"
    TAKE = "take"
    CHECK = "check"
    HANDLE = "handle"
    REVIEW = "review"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"

    RETURN = "return"
    APPOINT = "appoint"
    URGE = "urge"
    SUPERVISE = "supervise"
    EXTEND = "extend"
    SUSPEND = "suspend"
    DECIDE = "decide"
    RESUME = "resume"
    REDO = "redo"
    EXPLAIN = "explain"
    MERGE = "merge"
    SPLIT = "split"
    ESCALATE = "escalate"
    PRIORITISE = "prioritise"
    RECLASSIFY = "reclassify"
    REFER = "refer"
    FOLLOW = "follow"
    RATE = "rate"
    NOTE = "note"
    SUPPORT_DONE = "support_done"
    UPDATE = "update"


class Channel(StrEnum):
    RESIDENT = "resident"
    WINDOW = "window"
    PHONE = "phone"
    PATROL = "patrol"
    HOTLINE = "hotline"
    PROVINCE = "province"
    INSPECTION = "inspection"
    SENSOR = "sensor"
    OTHER = "other"


class Priority(IntEnum):
    """P1 rings at night; the number sorts."""

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4


class Secrecy(StrEnum):
    NONE = ""
    DUTY = "duty"
    SEALED = "sealed"


class Part(StrEnum):
    """A unit's part in a case."""

    LEAD = "lead"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Contact:
    """Who raised it and how to reach them; every field may be empty. Encrypted at rest."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    account_id: int = 0

    @property
    def reachable(self) -> bool:
        return bool(self.phone or self.account_id)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where it is: WGS-84 degrees, words, or an area code (any level); all optional."""

    lon: float | None = None
    lat: float | None = None
    words: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class NewCase:
    """A report before it is a case. ``request_key`` makes a resend harmless (unique, ≤ 64 characters)."""

    body: str
    channel: Channel
    title: str = ""
    kind: str = ""
    contact: Contact = field(default_factory=Contact)
    on_behalf_of: Contact | None = None
    spot: Spot = field(default_factory=Spot)
    files: tuple[str, ...] = ()
    source_system: str = ""
    source_number: str = ""
    source_kind: str = ""
    source_department: str = ""
    upstream_due: datetime | None = None
    reported_at: datetime | None = None
    request_key: str = ""
    willing_to_mediate: bool | None = None
    public_summary: str = ""
    suggested_lead: int = 0
    suggested_supports: tuple[int, ...] = ()
    routing_reason: str = ""
    auto_dispatch: bool = False


@dataclass(frozen=True, slots=True)
class CaseRef:
    """What a caller learns of a case it just made."""

    id: int
    number: str
    receipt: str
    created: bool = True


@dataclass(frozen=True, slots=True)
class Act:
    """What a verb was given; which of these a verb needs stands in ``transitions.TABLE``.

    ``seen`` is the version the person was looking at (0: none, the verb is then tried on the newest);
    ``request_key`` makes a resend harmless.
    """

    text: str = ""
    seen: int = 0
    request_key: str = ""
    lead: int = 0
    supports: tuple[int, ...] = ()
    responsible_party: str = ""
    basis: str = ""
    funding: str = ""
    reason: str = ""
    signed_by: int = 0
    files: tuple[str, ...] = ()
    kind: str = ""
    area: str = ""
    priority: int = 0
    outcome: str = ""
    rule: str = ""
    consent: str = ""
    other: int = 0
    approval: int = 0
    rating: int = 0
    routing_reason: str = ""


class Who(StrEnum):
    """How a person stands to a case; what the transition table grants verbs to."""

    REPORTER = "reporter"
    DESK = "desk"
    DISPATCHER = "dispatcher"
    LEAD = "lead"
    SUPPORT = "support"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    FINDER = "finder"
    STAFF = "staff"
    SYSTEM = "system"


class Need(StrEnum):
    """What a verb asks for. ``*_OPTIONAL`` may stay empty."""

    TEXT = "text"
    TEXT_OPTIONAL = "text?"
    LEAD = "lead"
    SUPPORTS_OPTIONAL = "supports?"
    RESPONSIBLE_OPTIONAL = "responsible_party?"
    BASIS = "basis"
    BASIS_OPTIONAL = "basis?"
    FUNDING_OPTIONAL = "funding?"
    RETURN_REASON = "reason:return"
    SUSPEND_REASON = "reason:suspend"
    EXTEND_REASON = "reason:extend"
    EXPLAIN_REASON = "reason:explain"
    SIGNATURE = "signed_by"
    FILES_OPTIONAL = "files?"
    KIND = "kind"
    KIND_OPTIONAL = "kind?"
    AREA_OPTIONAL = "area?"
    PRIORITY = "priority"
    PASS_OR_FAIL = "outcome:pass"  # noqa: S105 - an outcome, not a password
    FOLLOW_UP_OUTCOME = "outcome:follow_up"
    YES_OR_NO = "outcome:decide"
    APPROVAL = "approval"
    RULE = "rule"
    CONSENT_OPTIONAL = "consent?"
    OTHER_CASE = "other"
    RATING = "rating"


class RequestUsed(Conflict):
    message = "这次提交已经处理过了。"


class StaleCase(Conflict):
    message = "您打开以后，这张工单已经变了。您写的内容保留在下面，请看一下变化再提交。"


class VerbNotNow(Conflict):
    message = "这张工单现在是“%(state)s”，不能“%(verb)s”。"


class NotYourVerb(NotAllowed):
    message = "“%(verb)s”由%(who)s来做。"


class ReviewerIsHandler(NotAllowed):
    message = "复核不能由办理人自己做，请换一位同事。"


class ReturnTooLate(Conflict):
    message = "退单要在派单后 %(limit)s 内提出，现在已经过了；请先办理，或请调度员协调。"


class ReturnUsedUp(Conflict):
    message = "这张工单已指定主办，不能再退；有困难可以申请延期或请求督办协调。"


class NeedsSignature(BadInput):
    message = "退单要有本单位负责人签批。"


class CannotLead(BadInput):
    message = "“%(unit)s”不能主办：主办只能是政府部门或镇街，村社、调委会可以协办，物业和业主是责任主体。"


class DutyRecalled(BadInput):
    message = "“%(kind)s”已由上级收回，不能派给镇街。"


class DutySupportsOnly(BadInput):
    message = "“%(kind)s”对镇街是配合履职，只能协办，不能主办。"


class BasisMissing(BadInput):
    message = "给村社派任务要写明依据和经费来源。"


class NotAnsweredYet(Conflict):
    message = "反映人可以联系到，要先答复才能办结。"


class PhotoMissing(BadInput):
    message = "这一类事项办理时要有照片。"


class ContactMissing(BadInput):
    message = "调解、信访类事项要留联系方式，否则无法办理。"


class SecondApproverMissing(NotAllowed):
    message = "“依法不能办”要两个人同意，第二个人不能是第一个人。"


class CaseGone(KetangError):
    status = 404
    message = "没有这张工单，或不在您的职责范围内。"


class Anonymised(Conflict):
    message = "这张工单的保存期已满，个人信息已经去除，不能再办理；请作为新的事项上报。"
