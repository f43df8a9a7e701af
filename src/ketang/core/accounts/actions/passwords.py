"""Staff log in by name and password; too many wrong ones lock the account for a while."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from ketang.core.accounts import book
from ketang.core.accounts.actions.people import account_of, require, subject
from ketang.core.accounts.limits import limit_key
from ketang.core.accounts.models import Account
from ketang.core.accounts.types import LoginRefused, Person, Role
from ketang.core.audit import api as audit
from ketang.kernel.actor import ANONYMOUS, Actor
from ketang.kernel.errors import BadInput

SHORTEST = 10  # the same in AUTH_PASSWORD_VALIDATORS


def check_login(username: str, password: str, address: str, now: datetime) -> Account:
    """The staff account of this name and password. Raises LoginRefused without saying which was wrong
    or whether the account is locked, and TooMany for an address that tries too often."""
    limit_key("login", address, most=book.rules().password.per_address_per_minute, seconds=60, now=now)
    account = Account.objects.filter(username=username.strip(), kind="staff", is_active=True).first()
    if account is None or (account.locked_until and account.locked_until > now):
        make_password(password)  # costs what a check costs: the time does not tell whether the name exists
        raise LoginRefused(field="username")
    if not account.check_password(password):
        _count_failure(account, now)
        raise LoginRefused(field="username")
    return account


def _count_failure(account: Account, now: datetime) -> None:
    """The counter moves in the database, so that parallel attempts cannot share one try."""
    rules = book.rules().password
    mine = Account.objects.filter(pk=account.pk)
    with transaction.atomic():
        mine.update(failures=F("failures") + 1)
        audit.record(ANONYMOUS, "login.fail", subject(account.pk), at=now)
        until = now + timedelta(minutes=rules.locked_minutes)
        if mine.filter(failures__gte=rules.failures).update(failures=0, locked_until=until):
            audit.record(
                ANONYMOUS, "login.lock", subject(account.pk), {"minutes": rules.locked_minutes}, at=now
            )


def note_login(account: Account, actor: Actor, now: datetime) -> None:
    """A login that worked: the counter starts again."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(failures=0, locked_until=None, last_login=now)
        audit.record(actor, "login", subject(account.pk), at=now)


def note_logout(actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        audit.record(actor, "logout", subject(actor.id), at=now)


def unlock(account_id: int, person: Person, now: datetime) -> None:
    """The security administrator lets somebody in again before the time is over."""
    require(person, Role.SECURITY_ADMIN)
    with transaction.atomic():
        if Account.objects.filter(pk=account_id, locked_until__gt=now).update(locked_until=None, failures=0):
            audit.record(person.actor, "account.unlock", subject(account_id), at=now)


def set_password(account_id: int, password: str, person: Person, now: datetime) -> None:
    """The system administrator sets a new password; every login under the old one ends."""
    require(person, Role.SYSTEM_ADMIN)
    _set(account_of(account_id), password, person.actor, "account.password", now)


def change_own_password(old: str, new: str, person: Person, now: datetime) -> Account:
    """Returns the account, so that the caller can keep this one login."""
    account = account_of(person.actor.id)
    limit_key("password", str(account.pk), most=5, seconds=60, now=now)
    if not account.check_password(old):
        raise BadInput("原口令不对。", field="old")
    _set(account, new, person.actor, "account.password_own", now)
    return account


def _set(account: Account, password: str, actor: Actor, verb: str, now: datetime) -> None:
    check_strength(password, account)
    account.set_password(password)
    with transaction.atomic():
        account.failures, account.locked_until = 0, None
        account.save(update_fields=["password", "failures", "locked_until"])
        audit.record(actor, verb, subject(account.pk), at=now)


def check_strength(password: str, account: Account | None = None) -> None:
    if len(password) < SHORTEST:  # said here: Django's own sentence is not in its Chinese catalogue
        raise BadInput("口令至少要有 %(least)d 位。", field="password", least=SHORTEST)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages).replace("%", "%%"), field="password") from error
