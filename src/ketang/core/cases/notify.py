"""Notices: who is told what, in the playbook's words, when. At night only what rings is shown at once."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from ketang.core.accounts import api as accounts
from ketang.core.areas import api as areas
from ketang.core.areas.types import GroupKind
from ketang.core.cases import clocks
from ketang.core.cases.book import of_version
from ketang.core.cases.models import Case, Follower, Notice, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.playbook import Escalation, NoticesFile
from ketang.core.cases.playbook import Notice as Words
from ketang.core.cases.queries import deepest
from ketang.core.cases.transitions import STAGE_STATE, TABLE
from ketang.core.cases.types import Secrecy, Verb
from ketang.core.deadlines.events import DeadlineNear, DeadlinePassed
from ketang.core.outbox import api as outbox
from ketang.core.playbooks import api as playbooks
from ketang.kernel.clock import local

SMS = "case.sms"
GROUP = "group"  # the role of a notice whose area is an area group
OUTSIDE = frozenset({"reporter", "follower"})
OF_STEPS = ("reporter", "unit", "handler", "dispatcher", "supervisor")


def of_step(case_id: int, seq: int, now: datetime) -> None:
    """Everybody the playbook names for this step's event; once per (step, addressee)."""
    case = Case.objects.select_related("lead").get(pk=case_id)
    step = Step.objects.get(case_id=case_id, seq=seq)
    text = step.text if step.public else ""
    for to in OF_STEPS:
        _tell(case, event_of(step), to, f"{case_id}:{seq}:{to}", case.priority == 1, now, text)


def event_of(step: Step) -> str:
    """The playbook's word for what happened: a side verb's own name, else the state that it reached. A
    verb that reached none (a note on a closed case) has no word, so nobody is told twice of the closing."""
    verb = Verb(step.verb)
    if verb is Verb.REVIEW and step.facts.get("outcome") == "fail":
        return "review_failed"
    if verb is Verb.ESCALATE and step.actor_kind == "system":
        return "escalated_by_rule"  # whom to tell stands in reasons.yaml: escalations
    if verb is Verb.DECIDE and step.facts.get("explained"):
        return "answered"
    row = TABLE.get(verb)
    return str(STAGE_STATE.get(verb) or (row and row.to) or verb)


def of_clock(turned: DeadlineNear | DeadlinePassed, event: str, now: datetime) -> None:
    """Whom the escalations of reasons.yaml name for this clock; each once for one due time."""
    case = Case.objects.select_related("lead").filter(pk=turned.subject_id, open=True).first()
    if case is None:
        return
    for rule in of_version(case.playbook).reasons.escalations:
        if rule.holds(turned.name, event, case.priority):
            key = f"c{case.pk}:{event}:{turned.due_at:%Y%m%d%H%M}:{rule.to}"
            _escalate(case, rule, turned, key, now)


def _escalate(
    case: Case, rule: Escalation, turned: DeadlineNear | DeadlinePassed, key: str, now: datetime
) -> None:
    to = "unit" if rule.to == "lead" else rule.to
    if to == "unit" and turned.name == clocks.SUPPORT:  # its own clock: the supporter is told, not the lead
        _write(case, rule.when, to, f"{key}:{turned.party_id}", turned.ring, now, "",
               department_id=turned.party_id)  # fmt: skip
        return
    _tell(case, rule.when, to, key, turned.ring, now, "")


def followers(case_id: int, seq: int, now: datetime) -> None:
    """The answer goes to those who follow and to the reporters of merged cases."""
    case = Case.objects.select_related("lead").get(pk=case_id)
    step = Step.objects.get(case_id=case_id, seq=seq)
    for follower in Follower.objects.filter(case=case).select_related("from_case"):
        account = follower.account_id or (follower.from_case.reporter_id if follower.from_case else None)
        about = follower.from_case or case
        key = f"{case_id}:{seq}:f{follower.pk}:follower"
        _write(about, "answered", "follower", key, False, now, step.text, account_id=account)


def _file() -> NoticesFile:
    return playbooks.current().section(NoticesFile)


def _tell(case: Case, event: str, to: str, key: str, ring: bool, now: datetime, text: str) -> None:
    for number, whom in enumerate(_addressees(case, to)):
        _write(case, event, to, f"{key}:{number}" if number else key, ring, now, text, **whom)


def _addressees(case: Case, to: str) -> list[dict[str, Any]]:
    """Rows of Notice columns. What only some may know is told to nobody by area alone."""
    if to == "reporter":
        return [{"account_id": case.reporter_id}] if case.reachable else []
    if to == "unit":
        return [{"department_id": case.lead_id}] if case.lead_id else []
    if to == "handler":
        return [{"account_id": case.handler_id}] if case.handler_id else []
    if case.secrecy == Secrecy.SEALED or (case.secrecy and to in ("town", GROUP)):
        return []
    if to == "town":
        town = accounts.town_department(deepest(case))
        return [{"department_id": town.id}] if town else []
    if to == GROUP:
        return _comprehensive_grids(deepest(case))
    return [{"role": to, "area": case.district}]


def _comprehensive_grids(code: str) -> list[dict[str, Any]]:
    """Posts over the 综合网格 above the village, and the unit that its cases escalate to."""
    found: list[dict[str, Any]] = []
    for group in areas.groups_of(code):
        if group.kind is not GroupKind.COMPREHENSIVE:
            continue
        found.append({"role": GROUP, "area": group.code})
        unit = accounts.department_by_code(group.escalates_to) if group.escalates_to else None
        found += [{"department_id": unit.id}] if unit else []
    return found


def _write(
    case: Case, event: str, to: str, key: str, ring: bool, now: datetime, text: str, **whom: Any
) -> None:
    words = _file().of(event, to)
    if words is None:
        return
    at = now if ring else after_quiet_hours(now)
    _, said = words.render(facts_of(case, text))
    notice, fresh = Notice.objects.get_or_create(
        key=key[:80],
        defaults={
            "case": case,
            "topic": event,
            "text": said[:300],
            "rings": ring,
            "visible_at": at,
            **whom,
        },
    )
    if fresh and _by_sms(case, words, to):
        outbox.schedule(SMS, {"notice": notice.pk}, key=f"sms:{notice.key}", at=at)


def _by_sms(case: Case, words: Words, to: str) -> bool:
    """Told once where one screen did it all: the answer says what the other two messages would."""
    if not words.sms or to not in OUTSIDE or not case.reachable:
        return False
    at_once = case.closed_at is not None and case.closed_at == case.answered_at
    return words.event == "answered" or not (at_once and words.event in ("reported", "closed"))


def facts_of(case: Case, text: str = "") -> dict[str, str]:
    """What notices may say; of a matter that only some may know, nothing but its number."""
    book = of_version(case.playbook)
    lead = accounts.departments().get(case.lead_id or 0)
    secret = bool(case.secrecy)
    return {
        "number": number_of_case(case),
        "receipt": case.receipt,
        "title": number_of_case(case) if secret else case.title,
        "kind": "" if secret else book.kind_name(case.kind),
        "unit": lead.name if lead and not secret else "",
        "phone_desk": lead.desk_phone if lead else "",
        "due": f"{local(case.due_at):%m月%d日 %H:%M}",
        "state": case.state,
        "text": _("请用查询码查看。") if secret and text else text,
    }


def after_quiet_hours(now: datetime) -> datetime:
    """``now`` by day, the end of the quiet hours at night (Beijing time)."""
    start, end = clocks.clocks_file().quiet
    clock = local(now)
    if not _is_quiet(clock.time(), start, end):
        return now
    day = clock if clock.time() < end else clock + timedelta(days=1)
    return day.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)


def _is_quiet(at: time, start: time, end: time) -> bool:
    return at >= start or at < end if start > end else start <= at < end
