"""The first administrators, made on the command line by whoever runs the server."""

from datetime import datetime

from django.db import transaction

from ketang.core.accounts.actions.passwords import check_strength
from ketang.core.accounts.actions.people import clean_username
from ketang.core.accounts.actions.people import insert as insert_account
from ketang.core.accounts.actions.posts import insert as insert_post
from ketang.core.accounts.models import Account, Assignment
from ketang.core.accounts.types import ADMINISTRATORS, Person, PostUnfit, Role
from ketang.kernel.actor import SYSTEM


def create_admin(role: Role, username: str, name: str, password: str, now: datetime) -> Account:
    """An account that holds this administrator's post and no other. Raises NameTaken, BadInput."""
    if role not in ADMINISTRATORS:
        raise PostUnfit("这里只建系统、安全、审计三种管理员。", field="role")
    account = Account(kind="staff", username=clean_username(username), name=name, created_at=now)
    check_strength(password, account)
    account.set_password(password)
    by = Person(SYSTEM)
    with transaction.atomic():
        insert_account(account, by.actor, now)
        insert_post(Assignment(account=account, role=role, starts_at=now), by, now)
    return account
