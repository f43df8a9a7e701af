"""Residents log in by phone and a one-time code: six digits, hashed at rest, few minutes, few tries."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from ketang.core.accounts import book, sms
from ketang.core.accounts.actions.people import subject
from ketang.core.accounts.limits import limit_key
from ketang.core.accounts.models import Account, OneTimeCode
from ketang.core.accounts.types import CodeWrong, PhoneWrong
from ketang.core.audit import api as audit
from ketang.core.sealed import blind, seal
from ketang.kernel.actor import ANONYMOUS, Actor
from ketang.kernel.text import normal_phone

TEN_MINUTES = 600
CHECKS_PER_MINUTE = 30


def ask_code(phone_text: str, address: str, now: datetime) -> str:
    """Send a fresh code to the phone and return it (the demo shows it). It replaces an earlier one."""
    phone = mobile(phone_text)
    rules = book.rules().code
    limit_key("code.address", address, most=rules.per_address_in_10_minutes, seconds=TEN_MINUTES, now=now)
    limit_key("code.phone", phone, most=rules.per_phone_in_10_minutes, seconds=TEN_MINUTES, now=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        row = OneTimeCode.objects.create(
            phone_index=blind("phone", phone),
            code_hash=_hash(phone, code),
            expires_at=now + timedelta(minutes=rules.valid_minutes),
            tries_left=rules.tries,
        )
        audit.record(ANONYMOUS, "code.send", f"code:{row.pk}", at=now)
    sms.send(phone, f"【客堂】验证码 {code}，{rules.valid_minutes} 分钟内有效。工作人员不会向您索要验证码。")
    return code


def check_code(phone_text: str, code: str, address: str, now: datetime) -> Account:
    """The resident of this phone, made at the first login. A wrong code costs a try; a used one is gone."""
    phone = mobile(phone_text)
    limit_key("code.check", address, most=CHECKS_PER_MINUTE, seconds=60, now=now)
    latest = OneTimeCode.objects.filter(phone_index=blind("phone", phone)).order_by("-id").first()
    if latest is None or not _spend_try(latest.pk, now):
        raise CodeWrong(field="code")
    if not hmac.compare_digest(latest.code_hash, _hash(phone, code.strip())):
        raise CodeWrong(field="code")
    if not OneTimeCode.objects.filter(pk=latest.pk).delete()[0]:
        raise CodeWrong(field="code")  # the same code was sent twice at once: one of them got in
    return resident(phone, now)


def _spend_try(code_id: int, now: datetime) -> bool:
    """Take one try before looking: parallel guesses cannot share it."""
    left = OneTimeCode.objects.filter(pk=code_id, tries_left__gt=0, expires_at__gt=now)
    return bool(left.update(tries_left=F("tries_left") - 1))


def resident(phone: str, now: datetime) -> Account:
    """The account of a normalised phone, made when there is none."""
    index = blind("phone", phone)
    found = Account.objects.filter(phone_index=index).first()
    if found is not None and not found.is_active:
        raise CodeWrong("这个号码的账号已停用，请到窗口办理。", field="phone")
    return found or _create(phone, index, now)


def _create(phone: str, index: str, now: datetime) -> Account:
    account = Account(
        kind="resident",
        username=secrets.token_hex(12),
        phone_sealed=seal("accounts.Account.phone_sealed", phone),
        phone_index=index,
        created_at=now,
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            audit.record(Actor("resident", account.pk, "居民"), "account.create", subject(account.pk), at=now)
    except IntegrityError:  # the same phone registered in another window a moment ago
        return Account.objects.get(phone_index=index)
    return account


def mobile(text: str) -> str:
    """A mainland mobile number in its normal form; raises PhoneWrong."""
    phone = normal_phone(text)
    if len(phone) != 11 or not phone.startswith("1"):
        raise PhoneWrong(field="phone")
    return phone


def _hash(phone: str, code: str) -> str:
    return blind(f"code.{phone}", code)


def tidy(now: datetime) -> int:
    deleted, _ = OneTimeCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    return deleted
