"""Who is told what, when: text messages, followers, escalation by rule, cases that come up again."""

from datetime import datetime, timedelta

import pytest

from ketang.core.accounts import sms
from ketang.core.accounts.models import Assignment
from ketang.core.accounts.testing import TOWN, make_resident, person_for
from ketang.core.areas import api as areas
from ketang.core.areas.types import GroupFacts, GroupKind
from ketang.core.cases import api as cases
from ketang.core.cases import notify
from ketang.core.cases import types as t
from ketang.core.cases.actions.clockwork import ExtendedEnough, NoSuchExtension
from ketang.core.cases.actions.marking import RatedTooLate
from ketang.core.cases.models import Approval, Case, Notice, Step
from ketang.core.cases.types import Act, Verb
from ketang.core.deadlines import sweep
from ketang.core.outbox import api as outbox
from ketang.core.outbox.models import OutboxMessage
from ketang.kernel import clock
from ketang.kernel.clock import BEIJING

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 18, 10, tzinfo=BEIJING)  # a Wednesday
NIGHT = datetime(2026, 11, 18, 23, tzinfo=BEIJING)


@pytest.fixture
def at(monkeypatch, here):
    """Set the time of the district and of every handler."""

    def move(moment: datetime) -> None:
        here.now = moment
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr("ketang.core.outbox.actions.now", lambda: moment)

    move(DAY)
    return move


@pytest.fixture
def sent(monkeypatch):
    """Text messages that left: (phone, text, key)."""
    out: list[tuple[str, str, str]] = []
    monkeypatch.setattr(sms, "send", lambda phone, text, key="": out.append((phone, text, key)))
    return out


def settle(here, at=None) -> None:
    outbox.drain(now=at or here.now)


def test_the_answer_goes_out_by_sms_once_and_the_phone_is_in_no_payload(here, at, sent):
    case = here.handled()
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
    here.act(case.pk, Verb.ANSWER, "handler", text="灯已修好")
    at(DAY + timedelta(hours=1))
    here.act(case.pk, Verb.CLOSE, "dispatcher")
    settle(here)
    settle(here)
    answers = [one for one in sent if "灯已修好" in one[1]]
    assert [one[0] for one in answers] == ["13812345678"]
    assert len({one[2] for one in sent}) == len(sent)
    assert {Notice.objects.get(key=one[2].removeprefix("sms:")).topic for one in sent} == {
        "reported", "answered", "closed",
    }  # fmt: skip
    payloads = " ".join(OutboxMessage.objects.values_list("payload", flat=True))
    assert "13812345678" not in payloads
    notify.of_step(case.pk, Step.objects.get(case=case, verb=Verb.ANSWER).seq, here.now)
    settle(here)
    assert len([one for one in sent if "灯已修好" in one[1]]) == 1


def test_a_note_on_a_closed_case_does_not_tell_of_the_closing_again(here, at, sent):
    case = here.closed()
    here.act(case.pk, Verb.NOTE, "dispatcher")
    settle(here)
    assert Notice.objects.filter(case=case, topic="closed").count() == 1


def test_at_night_the_message_waits_for_the_morning(here, at, sent):
    here.report()
    settle(here)
    sent.clear()
    at(NIGHT)
    here.report(body="夜里路灯不亮")
    settle(here)
    assert sent == []
    settle(here, NIGHT + timedelta(hours=7))
    assert sent == []
    settle(here, NIGHT + timedelta(hours=8))
    assert len(sent) == 1


def test_what_rings_is_told_at_night_as_well(here, at, sent):
    at(NIGHT)
    ref = here.report()
    Case.objects.filter(pk=ref.id).update(priority=1)
    settle(here)
    assert len(sent) == 1


def test_nobody_to_be_reached_gets_no_message(here, at, sent):
    ref = here.report(phone="")
    settle(here)
    assert sent == []
    assert not Notice.objects.filter(case=ref.id, topic="reported").exclude(role="dispatcher").exists()


def test_a_sender_that_fails_is_tried_again_with_the_same_key(here, at, monkeypatch):
    keys: list[str] = []

    def fail_once(phone: str, text: str, key: str = "") -> None:
        keys.append(key)
        if len(keys) == 1:
            raise sms.MessageNotSent

    monkeypatch.setattr(sms, "send", fail_once)
    here.report()
    outbox.drain(now=here.now, strict=False)
    outbox.drain(now=here.now + timedelta(hours=1), strict=False)
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_followers_and_reporters_of_merged_cases_get_the_answer(here, at, sent):
    merged = here.report(phone="13700137000", body="我也说路灯不亮")
    Case.objects.filter(pk=merged.id).update(reporter=None)
    case = here.dispatched()
    here.act(merged.id, Verb.MERGE, "dispatcher", other=case.pk)
    follower = person_for(make_resident("13600136000", "李四"))
    cases.act(case.pk, Verb.FOLLOW, Act(), follower, here.now, holds_receipt=True)
    here.act(case.pk, Verb.TAKE, "handler")
    here.act(case.pk, Verb.HANDLE, "handler")
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
    here.act(case.pk, Verb.ANSWER, "handler", text="灯已修好")
    settle(here)
    told = sorted(phone for phone, text, _ in sent if "灯已修好" in text)
    assert told == ["13600136000", "13700137000", "13812345678"]


def test_a_message_on_a_secret_matter_says_nothing_of_it(here, at, sent):
    here.report(kind="E0406", body="邻居打孩子，听到哭声")
    settle(here)
    assert len(sent) == 1
    assert "打孩子" not in sent[0][1]


def test_what_is_sealed_is_told_to_nobody_by_role(here, at, sent):
    ref = here.report(kind="E1601", body="某干部收钱")
    settle(here)
    assert not Notice.objects.filter(case=ref.id).exclude(role="").exists()


def test_a_case_settled_on_one_screen_sends_the_answer_alone(here, at, sent):
    contact = t.Contact(phone="13812345678")
    new = t.NewCase(body="垃圾几点收", channel=t.Channel.WINDOW, kind="E0501", contact=contact,
                    spot=t.Spot(area="330604001001"))  # fmt: skip
    cases.settle(new, "每天七点", here.people["window_clerk"], here.now, profile="query")
    settle(here)
    assert ["每天七点" in text for _, text, _ in sent] == [True]


# ---- escalation by rule


def passed(here, at, moment: datetime) -> None:
    at(moment)
    sweep.sweep(moment)
    outbox.drain(now=moment)


def told(case: int, topic: str = "passed") -> set[str]:
    rows = Notice.objects.filter(case=case, topic=topic)
    return {row.role or (row.department.code if row.department else "account") for row in rows}


def test_what_nobody_takes_up_is_told_to_dispatcher_and_town(here, at):
    ref = here.report(spot=t.Spot(area="330604001001001"))
    passed(here, at, DAY + timedelta(days=1, hours=1))
    assert {"dispatcher", "百官街道"} <= told(ref.id)
    assert Case.objects.get(pk=ref.id).escalation >= 1


def test_what_is_overdue_is_told_to_each_once_with_the_comprehensive_grid(here, at, monkeypatch):
    group = GroupFacts("zh-01", "百官综合网格", GroupKind.COMPREHENSIVE, (TOWN,), "城管执法")
    monkeypatch.setattr(areas, "groups_of", lambda code: [group])
    case = here.dispatched()
    later = case.due_at + timedelta(minutes=1)
    passed(here, at, later)
    passed(here, at, later + timedelta(hours=1))
    assert {"市政", "dispatcher", "supervisor", "group", "城管执法"} <= told(case.pk)
    assert "leader" not in told(case.pk)
    final = Notice.objects.filter(case=case, topic="passed", key__contains=f":{case.due_at:%Y%m%d%H%M}:")
    assert final.filter(role="dispatcher").count() == 1
    assert final.filter(department=case.lead).count() == 1


def test_posts_over_the_group_read_its_notices(here, at, client):
    case = here.dispatched()
    Notice.objects.create(case=case, role="group", area="zh-01", topic="passed", text="请协调路灯",
                          visible_at=here.now, key="g1")  # fmt: skip
    Assignment.objects.filter(account=here.accounts["grid_head"]).update(area_group="zh-01")
    client.force_login(here.accounts["grid_head"])
    assert "请协调路灯" in client.get("/notices").content.decode()
    client.force_login(here.accounts["grid_worker"])
    assert "请协调路灯" not in client.get("/notices").content.decode()


def test_a_notice_to_a_role_hides_what_the_reader_may_not_know(here, at, client):
    ref = here.report(kind="E0406", body="邻居打孩子")
    settle(here)
    client.force_login(here.accounts["dispatcher"])
    assert ref.number not in client.get("/notices").content.decode()
    client.force_login(here.accounts["duty_dispatcher"])
    assert ref.number in client.get("/notices").content.decode()


# ---- suspension, extension, rating: the playbook's numbers


def suspended(here) -> Case:
    case = here.dispatched()
    here.act(case.pk, Verb.TAKE, "handler")
    here.act(case.pk, Verb.SUSPEND, "handler", reason="S3")
    row = Approval.objects.get(case=case, decided_at=None)
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=row.pk, outcome="yes")
    return Case.objects.get(pk=case.pk)


def test_a_suspended_case_comes_up_again_after_ninety_days(here, at):
    case = suspended(here)
    at(DAY + timedelta(days=89, hours=23))
    settle(here)
    assert Case.objects.get(pk=case.pk).suspended
    at(DAY + timedelta(days=90))
    settle(here)
    settle(here)
    case.refresh_from_db()
    assert (case.suspended, case.due_at > clock.now()) == (False, True)
    step = Step.objects.get(case=case, verb=Verb.RESUME)
    assert step.actor_kind == "system"
    assert told(case.pk, "resume") == {"市政", "dispatcher"}


def test_the_timer_of_an_earlier_suspension_leaves_a_later_one_alone(here, at):
    case = suspended(here)
    here.act(case.pk, Verb.RESUME, "handler")
    at(DAY + timedelta(days=30))
    here.act(case.pk, Verb.SUSPEND, "handler", reason="S3")
    row = Approval.objects.get(case=case, decided_at=None)
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=row.pk, outcome="yes")
    at(DAY + timedelta(days=91))
    settle(here)
    assert Case.objects.get(pk=case.pk).suspended


def test_one_case_is_extended_as_often_as_the_playbook_says(here):
    case = here.dispatched()
    here.act(case.pk, Verb.TAKE, "handler")
    with pytest.raises(NoSuchExtension):
        here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:99", reason="X1")
    here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:3", reason="X1")
    row = Approval.objects.get(case=case)
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=row.pk, outcome="yes")
    with pytest.raises(ExtendedEnough):
        here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:3", reason="X1")


def test_a_rating_comes_within_thirty_days(here):
    case = here.closed()
    here.later(days=31)
    with pytest.raises(RatedTooLate):
        cases.act(case.pk, Verb.RATE, Act(rating=5), here.people["resident"], here.now)
