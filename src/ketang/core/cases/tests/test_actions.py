"""Claims on the loop, on the real database."""

from datetime import timedelta

import pytest

from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases import types as t
from ketang.core.cases.actions.clockwork import OneRequestAtATime, OwnRequest
from ketang.core.cases.actions.linking import CannotMerge
from ketang.core.cases.actions.returning import ConsentMissing
from ketang.core.cases.models import Approval, Case, Follower, Party, Step, Unit
from ketang.core.cases.types import Act, Channel, Contact, NewCase, Spot, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.sealed import unseal
from ketang.kernel.errors import BadInput

pytestmark = pytest.mark.django_db


def get(case) -> Case:
    return Case.objects.get(pk=case if isinstance(case, int) else case.pk)


def test_a_report_becomes_a_case_with_number_due_time_and_one_audit_row(here):
    before = AuditRow.objects.count()
    ref = here.report()
    case = get(ref.id)
    assert ref.number.startswith("SY")
    assert ref.number.endswith(f"{ref.id:06d}")
    assert (case.state, case.open, case.town, case.priority) == (State.REPORTED, True, "330604001", 3)
    assert case.yellow_at < case.due_at
    assert AuditRow.objects.count() == before + 1


def test_phones_in_the_text_are_sealed_and_the_party_is_encrypted(here):
    ref = here.report(body="路灯不亮，打我电话13912345678")
    case, party = get(ref.id), Party.objects.get(case=ref.id)
    assert "13912345678" not in case.body + case.title
    assert "13912345678" in unseal("cases.Case.body_secrets", case.body_secrets)
    assert "13812345678" not in party.phone_sealed
    assert unseal("cases.Party.phone_sealed", party.phone_sealed) == "13812345678"


def test_the_same_request_twice_makes_one_case(here):
    first, second = here.report(request_key="k1"), here.report(request_key="k1")
    assert first.id == second.id
    assert (first.created, second.created) == (True, False)
    assert Case.objects.count() == 1


def test_an_empty_report_is_refused_with_its_field(here):
    with pytest.raises(BadInput) as refused:
        here.report(body="   ")
    assert refused.value.field == "body"


def test_mediation_needs_a_contact(here):
    with pytest.raises(t.ContactMissing):
        here.report(kind="E0102", phone="")


def test_the_whole_standard_loop_ends_closed_and_told(here):
    case = here.closed()
    assert (case.state, case.open) == (State.CLOSED, False)
    assert case.answered_at
    assert case.closed_at
    assert [s.verb for s in Step.objects.filter(case=case).order_by("seq")] == [
        "report", "register", "dispatch", "take", "handle", "review", "answer", "close",
    ]  # fmt: skip
    assert not any(fact.running for fact in deadlines.of("case", case.pk))
    assert not Unit.objects.filter(case=case, ended_at=None).exists()


def test_the_reviewer_is_never_the_handler(here):
    case = here.handled()
    here.people["handler"] = here.people["handler"]
    with pytest.raises(t.NotYourVerb):
        here.act(case.pk, Verb.REVIEW, "handler", outcome="pass")
    Case.objects.filter(pk=case.pk).update(handler_id=here.accounts["town_centre"].pk)
    with pytest.raises(t.ReviewerIsHandler):
        here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")


def test_a_failed_review_goes_back_to_the_lead_on_the_same_clock(here):
    case = here.handled()
    due = case.due_at
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="fail")
    case = get(case)
    assert (case.state, case.redone, case.handled_at, case.due_at) == (State.TAKEN, 1, None, due)


def test_closing_before_the_answer_is_refused_when_somebody_can_be_told(here):
    case = here.handled()
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
    with pytest.raises(t.NotAnsweredYet):
        here.act(case.pk, Verb.CLOSE, "dispatcher")


def test_without_a_telephone_the_answer_is_passed_over(here):
    ref = here.report(phone="", person=here.people["dispatcher"])
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk)
    here.act(ref.id, Verb.TAKE, "handler")
    here.act(ref.id, Verb.HANDLE, "handler")
    here.act(ref.id, Verb.REVIEW, "town_centre", outcome="pass")
    here.act(ref.id, Verb.CLOSE, "dispatcher")
    assert not get(ref.id).open


def test_verbs_out_of_turn_and_by_the_wrong_people_are_refused(here):
    ref = here.report()
    with pytest.raises(t.VerbNotNow):
        here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk)
    with pytest.raises(t.NotYourVerb):
        here.act(ref.id, Verb.REGISTER, "supervisor")
    with pytest.raises(t.CaseGone):
        here.act(ref.id, Verb.REGISTER, "system_admin")


# returns


def returned(here, case, who="handler", signer="handler2", **more):
    form = {"reason": "not_mine", "basis": "三定方案", "signed_by": here.accounts[signer].pk, **more}
    return here.act(case.pk, Verb.RETURN, who, **form)


def test_a_return_keeps_the_first_receiver_responsible_until_hand_over(here):
    case = here.dispatched()
    returned(here, case)
    case = get(case)
    assert (case.state, case.lead.code, case.returns) == (State.RETURNED, "市政", 1)
    here.act(case.pk, Verb.DISPATCH, "dispatcher", lead=here.departments["城管执法"].pk)
    assert get(case).lead.code == "城管执法"
    assert Unit.objects.filter(case=case, part="lead", ended_at=None).count() == 1


def test_clocks_never_restart_on_a_new_dispatch(here):
    case = here.dispatched()
    due = case.due_at
    here.later(hours=1)
    returned(here, case)
    here.later(hours=1)
    here.act(case.pk, Verb.DISPATCH, "dispatcher", lead=here.departments["城管执法"].pk)
    assert get(case).due_at == due


def test_a_return_needs_the_units_signature_in_time_and_once(here):
    case = here.dispatched()
    with pytest.raises(t.NeedsSignature):
        returned(here, case, signer="handler")
    with pytest.raises(t.NeedsSignature):
        returned(here, case, signer="other_handler")
    here.later(days=10)
    with pytest.raises(t.ReturnTooLate):
        returned(here, case)


def test_the_second_return_goes_to_the_dispatcher_to_appoint_and_then_no_more(here):
    case = here.dispatched()
    returned(here, case)
    here.act(case.pk, Verb.DISPATCH, "dispatcher", lead=here.departments["城管执法"].pk)
    returned(here, case, "other_handler", "other_handler")
    with pytest.raises((t.VerbNotNow, t.NotYourVerb)):
        here.act(case.pk, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk)
    here.act(case.pk, Verb.APPOINT, "dispatcher", lead=here.departments["市政"].pk, basis="区政府专题会议")
    assert get(case).appointed
    with pytest.raises(t.ReturnUsedUp):
        returned(here, case)


def test_returning_an_upstream_order_records_the_upstreams_consent(here):
    new = NewCase(
        body="路灯不亮",
        channel=Channel.HOTLINE,
        kind="E0702",
        source_system="shaoxing12345",
        source_number="A1",
        upstream_due=here.now + timedelta(days=9),
        spot=Spot(area="330604001"),
    )
    ref = cases.report(new, here.people["dispatcher"], here.now)
    here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk)
    with pytest.raises(ConsentMissing):
        returned(here, get(ref.id))
    returned(here, get(ref.id), consent="市热线张科长 11-22 电话同意")
    assert get(ref.id).due_at < new.upstream_due


# who may lead


def test_villages_and_committees_never_lead(here):
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    for unit in ("江滨社区", "江滨社区调委会"):
        with pytest.raises(t.CannotLead):
            here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments[unit].pk)


def test_a_task_for_a_village_shows_basis_and_funding(here):
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    village = here.departments["江滨社区"].pk
    with pytest.raises(t.BasisMissing):
        here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk, supports=(village,))
    here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk, supports=(village,),
             basis="协助清单", funding="市政列支")  # fmt: skip
    assert Unit.objects.get(case=ref.id, part="support").funding == "市政列支"


def test_lead_and_support_have_clocks_of_their_own(here):
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    here.act(ref.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk,
             supports=(here.departments["城管执法"].pk,))  # fmt: skip
    names = {(fact.name, fact.party_id) for fact in deadlines.of("case", ref.id) if fact.running}
    assert ("lead", here.departments["市政"].pk) in names
    assert ("support", here.departments["城管执法"].pk) in names
    here.act(ref.id, Verb.SUPPORT_DONE, "other_handler")
    assert not Unit.objects.filter(case=ref.id, part="support", ended_at=None).exists()
    assert any(fact.name == "lead" and fact.running for fact in deadlines.of("case", ref.id))


# time


def test_an_extension_takes_two_people_and_moves_the_one_due_time(here):
    case = here.dispatched()
    due = case.due_at
    here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:3", reason="material")
    asked = Approval.objects.get(case=case)
    with pytest.raises(OneRequestAtATime):
        here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:3", reason="material")
    Approval.objects.filter(pk=asked.pk).update(asked_by=here.accounts["dispatcher"].pk)
    with pytest.raises(OwnRequest):
        here.act(case.pk, Verb.DECIDE, "dispatcher", approval=asked.pk, outcome="yes")
    here.act(case.pk, Verb.DECIDE, "supervisor", approval=asked.pk, outcome="yes")
    assert get(case).due_at > due


def test_a_refused_extension_changes_nothing(here):
    case = here.dispatched()
    here.act(case.pk, Verb.EXTEND, "handler", rule="working_days:3", reason="material")
    asked = Approval.objects.get(case=case)
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=asked.pk, outcome="no")
    assert get(case).due_at == case.due_at


def test_suspension_holds_the_clock_and_resuming_gives_the_time_back(here):
    case = here.dispatched()
    here.act(case.pk, Verb.SUSPEND, "handler", reason="construction")
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=Approval.objects.get(case=case).pk, outcome="yes")
    assert get(case).suspended
    with pytest.raises(t.VerbNotNow):
        here.act(case.pk, Verb.TAKE, "handler")
    here.later(days=14)
    here.act(case.pk, Verb.RESUME, "handler")
    after = get(case)
    assert not after.suspended
    assert after.due_at > case.due_at + timedelta(days=12)


def test_lawfully_impossible_is_explained_with_the_yes_of_two_others(here):
    case = here.dispatched()
    here.act(case.pk, Verb.TAKE, "handler")
    here.act(case.pk, Verb.EXPLAIN, "handler", reason="no_law", text="不属于公共照明")
    asked = Approval.objects.get(case=case)
    here.act(case.pk, Verb.DECIDE, "dispatcher", approval=asked.pk, outcome="yes")
    assert get(case).answered_at is None
    with pytest.raises(t.SecondApproverMissing):
        here.act(case.pk, Verb.DECIDE, "dispatcher", approval=asked.pk, outcome="yes")
    here.act(
        case.pk,
        Verb.DECIDE,
        "supervisor",
        approval=asked.pk,
        outcome="yes",
        text="依据照明条例，此处由业主负责",
    )
    case = get(case)
    assert case.answered_at
    assert case.state == State.ANSWERED


# order among cases


def test_a_merged_reporter_follows_and_hears_the_answer(here):
    from ketang.core.cases.models import Notice
    from ketang.core.outbox.api import drain

    one, two = here.report(), here.report(body="还是那盏灯")
    here.act(two.id, Verb.MERGE, "dispatcher", other=one.id)
    assert (get(two.id).state, get(two.id).open) == (State.MERGED, False)
    assert Follower.objects.get(case=one.id).from_case_id == two.id
    here.act(one.id, Verb.REGISTER, "dispatcher")
    here.act(one.id, Verb.DISPATCH, "dispatcher", lead=here.departments["市政"].pk)
    here.act(one.id, Verb.TAKE, "handler")
    here.act(one.id, Verb.HANDLE, "handler")
    here.act(one.id, Verb.REVIEW, "town_centre", outcome="pass")
    here.act(one.id, Verb.ANSWER, "handler", text="灯已修好")
    drain()
    assert Notice.objects.filter(case=two.id, topic="answered").count() == 1


def test_a_case_does_not_merge_into_itself_or_a_closed_one(here):
    closed, mine = here.closed(), here.report()
    for other in (mine.id, closed.pk):
        with pytest.raises(CannotMerge):
            here.act(mine.id, Verb.MERGE, "dispatcher", other=other)


def test_a_split_matter_keeps_the_person_and_has_its_own_loop(here):
    ref = here.report()
    here.act(ref.id, Verb.SPLIT, "dispatcher", kind="E0703", text="路面也破了")
    child = Case.objects.get(split_from=ref.id)
    assert (child.kind, child.state, child.open) == ("E0703", State.REPORTED, True)
    assert Party.objects.filter(case=child).count() == Party.objects.filter(case=ref.id).count()
    assert deadlines.of("case", child.pk)


# after closing


def test_a_bad_rating_is_called_back_and_done_again(here):
    case = here.closed()
    cases.act(case.pk, Verb.RATE, Act(rating=1, text="没修好"), here.people["resident"], here.now)
    with pytest.raises(t.VerbNotNow):
        here.act(case.pk, Verb.REDO, "dispatcher")
    here.act(case.pk, Verb.FOLLOW_UP, "dispatcher", outcome="dissatisfied")
    here.act(case.pk, Verb.REDO, "dispatcher", text="确实没亮")
    again = get(case)
    assert (again.open, again.state, again.redone) == (True, State.TAKEN, 1)
    here.act(case.pk, Verb.HANDLE, "handler", text="换了线")
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
    assert Step.objects.filter(case=case, verb="review").last().facts["by"] == "site"
    here.act(case.pk, Verb.ANSWER, "handler", text="这次修好了")
    here.act(case.pk, Verb.CLOSE, "dispatcher")
    assert not get(case).open


def test_a_good_rating_ends_it(here):
    case = here.closed()
    cases.act(case.pk, Verb.RATE, Act(rating=5), here.people["resident"], here.now)
    with pytest.raises(t.VerbNotNow):
        cases.act(case.pk, Verb.RATE, Act(rating=1), here.people["resident"], here.now)
    with pytest.raises(t.VerbNotNow):
        here.act(case.pk, Verb.REDO, "dispatcher")


# two at once


def test_the_second_of_two_people_is_told_and_changes_nothing(here):
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher", seen=1)
    with pytest.raises(t.StaleCase):
        here.act(ref.id, Verb.REGISTER, "dispatcher2", seen=1)
    assert get(ref.id).version == 2


def test_the_same_verb_sent_twice_is_done_once(here):
    ref = here.report()
    first = here.act(ref.id, Verb.REGISTER, "dispatcher", request_key="v1")
    second = here.act(ref.id, Verb.REGISTER, "dispatcher", request_key="v1")
    assert first.pk == second.pk
    assert Step.objects.filter(case=ref.id).count() == 2


# secrecy


def test_an_accusation_is_sealed_on_entry_and_only_discipline_sees_it(here):
    ref = here.report(kind="E1601", body="某干部收钱")
    case = get(ref.id)
    assert (case.secrecy, case.lead.code, case.state) == ("sealed", "纪检监察", State.DISPATCHED)
    for name in ("dispatcher", "duty_dispatcher", "supervisor", "leader", "town_centre", "grid_worker"):
        with pytest.raises(t.CaseGone):
            cases.case_for(here.people[name], ref.id, here.now)
    assert cases.case_for(here.people["discipline"], ref.id, here.now).pk == ref.id
    assert cases.case_for(here.people["resident"], ref.id, here.now).pk == ref.id


def test_a_duty_matter_shows_to_named_duties_only(here):
    ref = here.report(kind="E0406", body="邻居打孩子")
    with pytest.raises(t.CaseGone):
        cases.case_for(here.people["dispatcher"], ref.id, here.now)
    assert cases.case_for(here.people["duty_dispatcher"], ref.id, here.now)


def test_reclassifying_as_an_accusation_takes_it_out_of_the_desks_sight(here):
    ref = here.report()
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    here.act(ref.id, Verb.RECLASSIFY, "dispatcher", kind="E1601")
    with pytest.raises(t.CaseGone):
        cases.case_for(here.people["dispatcher"], ref.id, here.now)
    assert get(ref.id).lead.code == "纪检监察"


# one screen


def test_a_short_case_is_found_done_and_closed_in_one_go(here):
    new = NewCase(body="垃圾满溢", channel=Channel.PATROL, kind="E0501", spot=Spot(area="330604001001001"))
    ref = cases.settle(new, "已清运", here.people["grid_worker"], here.now)
    case = get(ref.id)
    assert case.profile == "short"
    if not case.drawn:
        assert (case.open, case.state) == (False, State.CLOSED)


def test_about_five_percent_of_short_cases_are_drawn_for_review_by_another(here, monkeypatch):
    monkeypatch.setattr("ketang.core.cases.actions.short.secrets.randbelow", lambda n: 4)
    new = NewCase(body="垃圾满溢", channel=Channel.PATROL, kind="E0501", spot=Spot(area="330604001001001"))
    ref = cases.settle(new, "已清运", here.people["grid_worker"], here.now)
    case = get(ref.id)
    assert (case.drawn, case.open, case.state) == (True, True, State.HANDLED)
    with pytest.raises(t.ReviewerIsHandler):
        here.act(ref.id, Verb.REVIEW, "grid_worker", outcome="pass")
    here.act(ref.id, Verb.REVIEW, "village_desk", outcome="pass")
    here.act(ref.id, Verb.CLOSE, "village_desk")
    assert not get(ref.id).open


def test_a_sealed_kind_never_takes_the_short_way(here):
    new = NewCase(body="x", channel=Channel.PATROL, kind="E1601", contact=Contact(phone="13800000000"))
    with pytest.raises(BadInput):
        cases.settle(new, "done", here.people["grid_worker"], here.now)


def test_a_photo_is_asked_for_only_where_the_kind_requires_it(here):
    case = here.handled(kind="E0702")
    assert case.state == State.HANDLED
