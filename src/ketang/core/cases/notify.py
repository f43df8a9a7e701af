"""Notices: who is told what, in the playbook's words, when. At night only what rings is shown at once."""

from datetime import datetime, time, timedelta

from ketang.core.accounts import api as accounts
from ketang.core.cases import clocks
from ketang.core.cases.book import of_version
from ketang.core.cases.models import Case, Follower, Notice, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.playbook import NoticesFile
from ketang.core.playbooks import api as playbooks
from ketang.kernel.clock import local

TO = ("reporter", "unit", "handler", "dispatcher", "supervisor")


def of_step(case_id: int, seq: int, now: datetime) -> None:
    """Everybody the playbook names for this step's event; once per (step, addressee)."""
    case = Case.objects.select_related("lead").get(pk=case_id)
    step = Step.objects.get(case_id=case_id, seq=seq)
    event = step.state if step.state in _events() and step.verb not in _events() else step.verb
    _tell(case, event, f"{case_id}:{seq}", case.priority == 1, now, step.text if step.public else "")


def of_clock(case_id: int, event: str, name: str, deadline_id: int, ring: bool, now: datetime) -> None:
    case = Case.objects.select_related("lead").filter(pk=case_id, open=True).first()
    if case is not None and name in (
        clocks.RESOLVE,
        clocks.LEAD,
        clocks.RESPOND,
        clocks.REGISTER,
        clocks.APPOINT,
    ):
        _tell(case, event, f"{deadline_id}:{event}", ring, now, "")


def followers(case_id: int, seq: int, now: datetime) -> None:
    """The answer goes to those who follow and to the reporters of merged cases."""
    case = Case.objects.select_related("lead").get(pk=case_id)
    step = Step.objects.get(case_id=case_id, seq=seq)
    for follower in Follower.objects.filter(case=case).select_related("from_case"):
        account = follower.account_id or (follower.from_case.reporter_id if follower.from_case else None)
        about = follower.from_case or case
        _write(
            about,
            "answered",
            "follower",
            f"{case_id}:{seq}:f{follower.pk}",
            False,
            now,
            step.text,
            account=account,
        )


def _events() -> set[str]:
    return {notice.event for notice in _file().notices}


def _file() -> NoticesFile:
    return playbooks.current().section(NoticesFile)


def _tell(case: Case, event: str, key: str, ring: bool, now: datetime, text: str) -> None:
    addressees: dict[str, dict[str, object]] = {
        "reporter": {"account": case.reporter_id},
        "unit": {"department_id": case.lead_id},
        "handler": {"account": case.handler_id},
        "dispatcher": {"role": "dispatcher", "area": case.district},
        "supervisor": {"role": "supervisor", "area": case.district},
    }
    for to, whom in addressees.items():
        if any(whom.values()) and (to != "reporter" or case.reachable):
            _write(case, event, to, key, ring, now, text, **whom)


def _write(
    case: Case, event: str, to: str, key: str, ring: bool, now: datetime, text: str, **whom: object
) -> None:
    notice = _file().of(event, to)
    if notice is None:
        return
    if "account" in whom:
        whom["account_id"] = whom.pop("account")
    _, words = notice.render(facts_of(case, text))
    Notice.objects.get_or_create(
        key=f"{key}:{to}"[:80],
        defaults={
            "case": case,
            "topic": event,
            "text": words[:300],
            "rings": ring,
            "visible_at": now if ring else after_quiet_hours(now),
            **whom,
        },
    )


def facts_of(case: Case, text: str = "") -> dict[str, str]:
    book = of_version(case.playbook)
    lead = accounts.departments().get(case.lead_id or 0)
    return {
        "number": number_of_case(case),
        "receipt": case.receipt,
        "title": case.title if not case.secrecy else "",
        "kind": book.kind_name(case.kind) if not case.secrecy else "",
        "unit": lead.name if lead else "",
        "phone_desk": lead.desk_phone if lead else "",
        "due": f"{local(case.due_at):%m月%d日 %H:%M}",
        "state": case.state,
        "text": text,
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
