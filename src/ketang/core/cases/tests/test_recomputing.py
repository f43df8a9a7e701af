"""apply --recompute-open moves open cases to the new rules, and only when asked."""

from dataclasses import replace as with_

import pytest

from ketang.core.audit import api as audit
from ketang.core.cases.models import Case, Step
from ketang.core.cases.testing import make_district
from ketang.core.cases.types import Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.playbooks import api as playbooks
from ketang.core.playbooks import queries
from ketang.core.playbooks.load import version_of
from ketang.kernel.actor import Actor

pytestmark = pytest.mark.django_db
CHIEF = Actor("staff", 7, "系统管理员")


@pytest.fixture
def here():
    queries.forget()
    yield make_district()
    queries.forget()


def changed(code: str = "E0702", **values):
    """The playbook in force with one kind changed."""
    old = playbooks.current()
    content = dict(old.content)
    kinds = [{**kind, **values} if kind["code"] == code else kind for kind in content["kinds.yaml"]["kinds"]]
    content["kinds.yaml"] = {**content["kinds.yaml"], "kinds": kinds}
    return with_(old, version=version_of(content), content=content, _kept={})


def case_of(ref) -> Case:
    return Case.objects.get(pk=ref.id)


def test_open_cases_keep_their_version_when_nobody_asks(here):
    ref = here.report()
    before = case_of(ref)
    playbooks.apply(changed(resolve="working_days:9"), CHIEF, at=here.now)
    after = case_of(ref)
    assert (after.playbook, after.due_at, after.version) == (before.playbook, before.due_at, before.version)


def test_recomputing_counts_again_from_the_same_start_with_a_step_and_an_audit_row(here):
    ref = here.report()
    before, new = case_of(ref), changed(resolve="working_days:9")
    done = playbooks.apply(new, CHIEF, at=here.now, recompute_open=True)
    after = case_of(ref)
    assert done.recomputed == ("“路灯”1 件未办结的重算时限：9个工作日，起点不变",)
    assert after.playbook == new.version
    assert after.due_at > before.due_at
    clock = next(c for c in deadlines.of("case", ref.id) if c.name == "resolve")
    assert clock.due_at == after.due_at
    step = Step.objects.filter(case=after).latest("seq")
    assert (step.verb, step.seq, step.facts["playbook_before"]) == (
        Verb.UPDATE,
        after.version,
        before.playbook,
    )
    assert "case.recompute" in {entry.verb for entry in audit.history(f"case:{ref.id}")}


def test_the_preview_says_the_same_and_changes_nothing(here):
    ref = here.report()
    before = case_of(ref)
    said = playbooks.preview_recompute(changed(resolve="working_days:9"), at=here.now)
    assert said == ("“路灯”1 件未办结的重算时限：9个工作日，起点不变",)
    assert case_of(ref).due_at == before.due_at


def test_closed_cases_and_other_kinds_stay_as_they_are(here):
    closed, other = here.closed(), case_of(here.report(kind="E0701"))
    new = changed(resolve="working_days:9")
    assert playbooks.apply(new, CHIEF, at=here.now, recompute_open=True).recomputed == ()
    for case in (closed, other):
        assert Case.objects.get(pk=case.pk).playbook == case.playbook


def test_a_change_without_clocks_moves_the_version_and_not_the_due_time(here):
    ref = here.report()
    before, new = case_of(ref), changed(review={"by": "phone"})
    done = playbooks.apply(new, CHIEF, at=here.now, recompute_open=True)
    assert done.recomputed == ("“路灯”1 件未办结的改按新规则办，时限不变",)
    assert (case_of(ref).playbook, case_of(ref).due_at) == (new.version, before.due_at)


def test_new_words_move_no_case(here):
    here.report()
    new = changed(words=["路灯"])
    assert playbooks.apply(new, CHIEF, at=here.now, recompute_open=True).recomputed == ()


def test_a_suspended_case_keeps_its_pause(here):
    ref = here.report()
    deadlines.pause("case", ref.id, here.now)
    playbooks.apply(changed(resolve="working_days:9"), CHIEF, at=here.now, recompute_open=True)
    assert case_of(ref).open


def test_a_diff_counts_the_open_cases_it_concerns(here):
    here.report()
    lines = playbooks.differences(playbooks.current(), changed(resolve="working_days:9"))["kinds.yaml"]
    assert lines == ["“路灯”（E0702）：办结 2个工作日 → 9个工作日（未办结 1 件）"]


def test_what_is_not_sorted_follows_the_clocks_of_the_unsorted(here):
    ref = here.report(kind="")
    before, old = case_of(ref), playbooks.current()
    content = {
        **old.content,
        "clocks.yaml": {**old.content["clocks.yaml"], "unsorted_resolve": "working_days:9"},
    }
    new = with_(old, version=version_of(content), content=content, _kept={})
    done = playbooks.apply(new, CHIEF, at=here.now, recompute_open=True)
    assert done.recomputed == ("“待分类”1 件未办结的重算时限：9个工作日，起点不变",)
    assert case_of(ref).due_at > before.due_at


def test_a_kind_that_is_gone_leaves_its_cases_as_they_are(here):
    ref = here.report()
    before, old = case_of(ref), playbooks.current()
    kinds = [kind for kind in old.content["kinds.yaml"]["kinds"] if kind["code"] != "E0702"]
    content = {**old.content, "kinds.yaml": {"kinds": kinds}}
    new = with_(old, version=version_of(content), content=content, _kept={})
    done = playbooks.apply(new, CHIEF, at=here.now, recompute_open=True)
    assert done.recomputed == ("“路灯”在新规则里没有了，1 件未办结的仍按原规则办",)
    assert (case_of(ref).playbook, case_of(ref).due_at) == (before.playbook, before.due_at)
