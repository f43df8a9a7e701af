"""Text messages to residents: the phone is opened here, inside the job, and nowhere written."""

from ketang.core.accounts import sms
from ketang.core.cases.models import Case, Notice, Party
from ketang.core.cases.notify import SMS
from ketang.core.outbox.api import job
from ketang.core.outbox.types import Payload
from ketang.core.sealed import unseal
from ketang.kernel.text import normal_phone

SIGNED = "【客堂】"


@job(SMS, external=True)
def send(payload: Payload, key: str) -> None:
    """At least once; ``key`` lets the service tell a repetition. Nobody to be reached: nothing to do."""
    notice = Notice.objects.select_related("case", "account").filter(pk=payload["notice"]).first()
    if notice is not None and (phone := phone_of(notice)):
        sms.send(phone, SIGNED + notice.text, key)


def phone_of(notice: Notice) -> str:
    """The number given with the report; a follower's is that of their own account. '' when there is none."""
    if notice.account is not None and notice.account_id != notice.case.reporter_id:
        return _mobile("accounts.Account.phone_sealed", notice.account.phone_sealed)
    return _phone_given(notice.case) or (
        _mobile("accounts.Account.phone_sealed", notice.account.phone_sealed) if notice.account else ""
    )


def _phone_given(case: Case) -> str:
    party = Party.objects.filter(case=case, part="reporter").only("phone_sealed").first()
    return _mobile("cases.Party.phone_sealed", party.phone_sealed) if party else ""


def _mobile(about: str, sealed: str) -> str:
    return normal_phone(unseal(about, sealed))
