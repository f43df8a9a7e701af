"""Retention: take the person out of a case whose time is up, and leave a proof that does not keep them.

The proof is a count per column and one SHA-256 over the stored (encrypted, randomly salted) values: whoever
has an old backup can show that exactly these values were removed, and nobody can guess a phone from it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from ketang.core.accounts import api as accounts
from ketang.core.audit import api as audit
from ketang.core.cases import retention
from ketang.core.cases.actions.rows import step_row
from ketang.core.cases.events import CaseAnonymised
from ketang.core.cases.models import Approval, Case, Follower, Hold, Notice, Party, Step
from ketang.core.cases.playbook import RetentionRule
from ketang.core.cases.types import State, Verb
from ketang.core.files import api as files
from ketang.core.outbox import api as outbox
from ketang.core.playbooks import api as playbooks
from ketang.core.sealed import about_of, unseal
from ketang.kernel.actor import SYSTEM, Actor
from ketang.kernel.crypto import CannotOpen
from ketang.kernel.errors import Conflict

SAYS = "保存期已满，按规则去除了个人信息。"
STANDS_FOR = {
    "name_sealed": "〔姓名〕",
    "phone_sealed": "〔电话〕",
    "id_sealed": "〔证件〕",
    "address_sealed": "〔地址〕",
}
SHORTEST = 2  # a one-letter name would be taken out of every second word
TEXTS: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Case, "pk", ("title", "body", "public_summary")),
    (Step, "case", ("text",)),
    (Approval, "case", ("reason", "upstream_consent")),
)


class AlreadyHeld(Conflict):
    message = "这张工单已经在保全。"


@dataclass
class Removed:
    """Counts and digest of what is being taken out."""

    counts: Counter[str] = field(default_factory=Counter)
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, about: str, row_id: object, value: object) -> None:
        if value in ("", None):
            return
        self.counts[about] += 1
        self.digest.update(json.dumps([about, str(row_id), str(value)], ensure_ascii=False).encode())


def anonymise(case_id: int, now: datetime) -> bool:
    """One case in one transaction; False when it is not (or no longer) due. Twice is harmless."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        rule = retention.still_due(case, now)
        if rule is None:
            return False
        removed = Removed()
        _out_of_the_texts(case, removed)
        for row, name in _personal(case):
            removed.take(about_of(type(row), name), row.pk, getattr(row, name))
        _empty(case)
        _remove_files(case, rule, removed, now)
        _forget_who(case, removed)
        _note(case, rule, removed, now)
    return True


def _personal(case: Case) -> Iterator[tuple[Model, str]]:
    for model, key, names in retention.personal_columns():
        for row in model._default_manager.filter(**{key: case.pk}).order_by("pk"):
            yield from ((row, name) for name in names)


def _empty(case: Case) -> None:
    for model, key, names in retention.personal_columns():
        model._default_manager.filter(**{key: case.pk}).update(**dict.fromkeys(names, ""))


def _out_of_the_texts(case: Case, removed: Removed) -> None:
    """Names and addresses that the parties gave, where somebody wrote them into a sentence."""
    known = dict(_words_of(case))
    for model, key, names in TEXTS if known else ():
        for row in model._default_manager.filter(**{key: case.pk}).order_by("pk"):
            found = {name: _without(getattr(row, name), known) for name in names}
            changed = {name: text for name, text in found.items() if text != getattr(row, name)}
            for name in changed:
                removed.counts[about_of(model, name)] += 1
            if changed:
                model._default_manager.filter(pk=row.pk).update(**changed)


def _words_of(case: Case) -> Iterator[tuple[str, str]]:
    sealed = [(about_of(Case, "spot_sealed"), case.spot_sealed, "〔地址〕")]
    for party in Party.objects.filter(case=case):
        sealed += [(about_of(Party, name), getattr(party, name), word) for name, word in STANDS_FOR.items()]
    for about, value, stands_for in sealed:
        try:
            plain = unseal(about, value)
        except CannotOpen:
            continue  # the key is gone, and with it the word; the value itself is removed all the same
        if len(plain) >= SHORTEST:
            yield plain, stands_for


def _without(text: str, known: dict[str, str]) -> str:
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, known[word])
    return text


def _remove_files(case: Case, rule: RetentionRule, removed: Removed, now: datetime) -> None:
    kept = [one for one in files.of("case", case.pk) if not one.removed]
    for one in kept:
        removed.take("files.File", one.id, one.sha256)
    files.remove([one.id for one in kept], f"retention:{rule.code}", now=now)


def _forget_who(case: Case, removed: Removed) -> None:
    """Rows that tie the case to an account, and notices, which repeat its words."""
    for rows in (Follower.objects.filter(case=case), Follower.objects.filter(from_case=case)):
        removed.counts["cases.Follower"] += rows.delete()[0]
    removed.counts["cases.Notice"] += Notice.objects.filter(case=case).delete()[0]
    Party.objects.filter(case=case).update(account=None)
    Step.objects.filter(case=case, actor_kind="resident").update(actor_id=0)
    for name in ("lon", "lat", "reporter_id"):
        removed.take(f"cases.Case.{name}", case.pk, getattr(case, name))


def _note(case: Case, rule: RetentionRule, removed: Removed, now: datetime) -> None:
    facts = {
        "rule": rule.code,
        "days": rule.days,
        "playbook": playbooks.current().version,
        "removed": {name: count for name, count in sorted(removed.counts.items()) if count},
        "digest": f"sha256:{removed.digest.hexdigest()}",
    }
    case.version += 1
    where = {"microgrid": ""} if rule.place == "grid" else {"grid": "", "microgrid": ""}
    Case.objects.filter(pk=case.pk).update(
        version=case.version, anonymised_at=now, lon=None, lat=None, reporter=None, reachable=False, **where
    )
    step = step_row(case, Verb.UPDATE, State(case.state), SYSTEM, now, text=SAYS, facts={"retention": facts})
    step.save(force_insert=True)
    audit.record(SYSTEM, "case.anonymise", f"case:{case.pk}", {"seq": step.seq, **facts}, at=now)
    outbox.publish(CaseAnonymised(case.pk, step.seq, step.verb, step.state, case.district, case.secrecy))


def forget_accounts(now: datetime, limit: int) -> int:
    """Residents of whom no case is left and who no longer come: the account is emptied and closed."""
    ids = list(retention.idle_accounts(now).order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(accounts.forget(account_id, now) for account_id in ids)


def run(now: datetime, *, after: int = 0, most: int = 200) -> tuple[int, int]:
    """(how many were anonymised, id to go on after; 0 = done). Each case is a transaction of its own."""
    done = 0
    for number, case_id in enumerate(_ids(retention.due(now, after=after), most), start=1):
        done += anonymise(case_id, now)
        after = case_id
        if number == most:
            return done, after
    return done, 0


def _ids(expired: Iterable[retention.Expired], most: int) -> list[int]:
    """Read before writing: a cursor that stays open over writes is two databases' two habits."""
    return [one.case_id for one, _ in zip(expired, range(most), strict=False)]


def hold(case: Case, basis: str, actor: Actor, now: datetime) -> None:
    """依法保全: no rule touches the case until it is released."""
    try:
        with transaction.atomic():
            Hold.objects.create(case=case, basis=basis[:200], placed_at=now, placed_by=actor.label[:80])
            audit.record(actor, "case.hold", f"case:{case.pk}", {"basis": basis[:200]}, at=now)
    except IntegrityError as clash:
        raise AlreadyHeld from clash


def release(case: Case, actor: Actor, now: datetime) -> bool:
    """False when there was no hold."""
    with transaction.atomic():
        lifted = Hold.objects.filter(case=case, lifted_at=None).update(lifted_at=now)
        if lifted:
            audit.record(actor, "case.release", f"case:{case.pk}", at=now)
    return bool(lifted)
