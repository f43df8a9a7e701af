"""Residents who are no longer known: nothing personal stays of the account, the row stays for its id."""

import secrets
from datetime import datetime

from django.db import transaction

from ketang.core.accounts.actions.people import subject
from ketang.core.accounts.models import Account
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM


def forget(account_id: int, now: datetime) -> bool:
    """Empty and close a resident's account; False when that was done before. The phone may come again and
    is a new account then."""
    with transaction.atomic():
        done = Account.objects.filter(pk=account_id, kind="resident", is_active=True).update(
            phone_sealed="", phone_index="", name_sealed="", name="", is_active=False,
            username=f"gone-{secrets.token_hex(8)}",
        )  # fmt: skip
        if done:
            audit.record(SYSTEM, "account.forget", subject(account_id), at=now)
    return bool(done)
