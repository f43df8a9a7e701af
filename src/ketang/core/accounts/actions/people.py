"""Accounts of staff: made, renamed, closed and opened again by the system administrator."""

from datetime import datetime

from django.db import IntegrityError, transaction

from ketang.core.accounts.models import Account
from ketang.core.accounts.types import AlreadyDone, NameTaken, Person, Role
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM, Actor
from ketang.kernel.errors import BadInput, NotAllowed, NotFound

USERNAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


def subject(account_id: int) -> str:
    return f"account:{account_id}"


def require(person: Person, *roles: Role) -> None:
    """The view asked already; an action called from anywhere else asks again."""
    if not person.has(*roles) and person.actor != SYSTEM:
        raise NotAllowed


def account_of(account_id: int, *, lock: bool = False) -> Account:
    """A staff account; residents are not managed here."""
    rows = Account.objects.filter(kind="staff")
    account = (rows.select_for_update() if lock else rows).filter(pk=account_id).first()
    if account is None:
        raise NotFound
    return account


def create_staff(username: str, name: str, password: str, person: Person, now: datetime) -> Account:
    """A new account without posts: it may log in and do nothing until a post is approved."""
    from ketang.core.accounts.actions.passwords import check_strength

    require(person, Role.SYSTEM_ADMIN)
    username, name = clean_username(username), _name(name)
    account = Account(kind="staff", username=username, name=name, created_at=now)
    check_strength(password, account)
    account.set_password(password)
    return insert(account, person.actor, now)


def insert(account: Account, actor: Actor, now: datetime) -> Account:
    if Account.objects.filter(username=account.username).exists():
        raise NameTaken(name=account.username, field="username")
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            audit.record(actor, "account.create", subject(account.pk), at=now)
    except IntegrityError as error:  # another window took the name between the look and the insert
        raise NameTaken(name=account.username, field="username") from error
    return account


def rename(account_id: int, name: str, person: Person, now: datetime) -> None:
    require(person, Role.SYSTEM_ADMIN)
    name = _name(name)
    with transaction.atomic():
        account = account_of(account_id, lock=True)
        account.name = name
        account.save(update_fields=["name"])
        audit.record(person.actor, "account.rename", subject(account_id), at=now)


def close_account(account_id: int, person: Person, now: datetime) -> None:
    """Its logins end at the next request; posts stay on record and open again with it."""
    if account_id == person.actor.id:
        raise BadInput("不能停用自己的账号。")
    _set_active(account_id, False, person, "account.close", now)


def reopen_account(account_id: int, person: Person, now: datetime) -> None:
    _set_active(account_id, True, person, "account.reopen", now)


def _set_active(account_id: int, active: bool, person: Person, verb: str, now: datetime) -> None:
    require(person, Role.SYSTEM_ADMIN)
    account_of(account_id)
    with transaction.atomic():
        if not Account.objects.filter(pk=account_id, is_active=not active).update(is_active=active):
            raise AlreadyDone
        audit.record(person.actor, verb, subject(account_id), at=now)


def clean_username(text: str) -> str:
    username = text.strip().lower()
    if not 3 <= len(username) <= 40 or not set(username) <= USERNAME_CHARACTERS:
        raise BadInput("登录名用 3 到 40 个小写字母、数字、点、横线。", field="username")
    return username


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= 60:
        raise BadInput("姓名要填，最多 60 个字。", field="name")
    return name
