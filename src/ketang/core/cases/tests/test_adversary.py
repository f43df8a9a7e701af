"""The loop against people who do things in the wrong order, at the wrong time or in the wrong place."""

import pytest

from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases import types as t
from ketang.core.cases.models import Approval, Case, Party
from ketang.core.cases.types import Channel, NewCase, Spot, State, Verb
from ketang.core.outbox.models import OutboxMessage
from ketang.core.sealed import unseal

pytestmark = pytest.mark.django_db


def split(here, kind: str, text: str) -> Case:
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    here.act(ref.id, Verb.SPLIT, "dispatcher", kind=kind, text=text)
    return Case.objects.get(split_from=ref.id)


def test_an_accusation_split_from_a_report_goes_to_discipline_alone(here):
    child = split(here, "E1601", "另说某干部收钱")
    assert (child.secrecy, child.state, child.lead.code) == ("sealed", State.DISPATCHED, "纪检监察")
    with pytest.raises(t.CaseGone):
        cases.case_for(here.people["dispatcher"], child.pk, here.now)
    assert cases.case_for(here.people["discipline"], child.pk, here.now)


def test_what_is_split_off_is_sealed_audited_and_told_like_a_report(here):
    child = split(here, "E0501", "垃圾也没人收，电话13912345678")
    assert "13912345678" not in child.title + child.body
    assert unseal("cases.Party.phone_sealed", Party.objects.get(case=child).phone_sealed) == "13812345678"
    assert AuditRow.objects.filter(verb="case.report", subject=f"case:{child.pk}").count() == 1
    told = OutboxMessage.objects.filter(topic="CaseReported", payload__contains=f'"case_id":{child.pk},')
    assert told.count() == 1


@pytest.mark.parametrize(("verb", "form"), [(Verb.EXTEND, {"rule": "working_days:3", "reason": "X1"}),
                                            (Verb.SUSPEND, {"reason": "S3"})])  # fmt: skip
def test_time_asked_for_while_in_hand_is_not_granted_once_it_is_handled(here, verb, form):
    case = here.dispatched()
    here.act(case.pk, Verb.TAKE, "handler")
    here.act(case.pk, verb, "handler", **form)
    here.act(case.pk, Verb.HANDLE, "handler")
    row = Approval.objects.get(case=case)
    with pytest.raises(t.VerbNotNow):
        here.act(case.pk, Verb.DECIDE, "dispatcher", approval=row.pk, outcome="yes")
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=row.pk, outcome="no")
    assert not Case.objects.get(pk=case.pk).suspended


def test_a_query_is_answered_at_the_desk_and_not_by_a_grid_worker(here):
    new = NewCase(body="社保怎么办", channel=Channel.WINDOW, kind="E0501", spot=Spot(area="330604001001"))
    ref = cases.settle(new, "请带身份证到二楼", here.people["window_clerk"], here.now, profile="query")
    case = Case.objects.get(pk=ref.id)
    assert (case.profile, case.open, case.answered_at) == ("query", False, here.now)
    with pytest.raises(t.NotYourVerb):
        cases.settle(new, "不知道", here.people["grid_worker"], here.now, profile="query")


def test_the_desk_answers_a_query_on_the_short_page_and_others_are_not_offered_it(here, client):
    client.force_login(here.accounts["window_clerk"])
    assert 'name="way"' in client.get("/tasks/short").content.decode()
    form = {"way": "query", "kind": "E0501", "body": "社保怎么办", "done": "请到二楼", "key": "q1"}
    assert client.post("/tasks/short", form).status_code == 302
    assert Case.objects.get().profile == "query"
    client.force_login(here.accounts["grid_worker"])
    assert 'name="way"' not in client.get("/tasks/short").content.decode()
    client.post("/tasks/short", {**form, "key": "q2"})
    assert Case.objects.get(request_key="q2").profile == "short"
