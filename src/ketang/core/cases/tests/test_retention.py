"""When a case's time is up nobody can be found in it any more, and that this was done can be shown."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from ketang.core.accounts.models import Account
from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases import retention
from ketang.core.cases import types as t
from ketang.core.cases.actions import retiring
from ketang.core.cases.actions.bulk import upstream_values
from ketang.core.cases.api import PastOrder
from ketang.core.cases.management.cli import retention_
from ketang.core.cases.models import Approval, Case, Notice, Party, Step, UpstreamOrder
from ketang.core.cases.playbook import RetentionFile, RetentionRule
from ketang.core.cases.types import Act, Channel, NewCase, Spot, Verb
from ketang.core.files import api as files
from ketang.core.files.testing import photo
from ketang.core.outbox import api as outbox
from ketang.core.sealed import SUFFIXES, about_of, sealed_columns, unseal
from ketang.kernel import clock
from ketang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
LONG = timedelta(days=731)
GIVEN = ("王小明", "13812345678", "13912345678", "人民西路12号3幢")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def rich_case(here) -> Case:
    """A closed case with everything a case can hold of a person."""
    picture = files.keep(photo(), SYSTEM, now=here.now)
    case = here.closed(
        body="王小明家门口路灯不亮，电话13912345678，住人民西路12号3幢",
        spot=Spot(120.87, 30.03, "人民西路12号3幢", "330604001001001"),
        files=(picture,),
        request_key="r1",
    )
    here.act(case.pk, Verb.NOTE, "dispatcher", text="王小明的另一个电话13912345678")
    row = PastOrder(
        NewCase(body="x", channel=Channel.HOTLINE), mapping="m", row='[["姓名","王小明"]]', row_hash="h"
    )
    UpstreamOrder.objects.create(case=case, **upstream_values(row))
    outbox.drain()
    case.refresh_from_db()
    return case


def sealed_values() -> list[tuple[str, str]]:
    return [
        (about_of(model, name), value)
        for model, names in sealed_columns()
        for name in [*names, *(f.name for f in model._meta.concrete_fields if f.name.endswith("_index"))]
        for value in model._default_manager.exclude(**{name: ""}).values_list(name, flat=True)
    ]


def opened() -> str:
    return "".join(unseal(about, value) for about, value in sealed_values() if about.endswith(SUFFIXES))


def all_text() -> str:
    """Every text of every table of cases and accounts, as stored."""
    rows = [
        str(list(model._default_manager.values_list()))
        for model in (Case, Step, Party, Notice, Approval, UpstreamOrder, Account)
    ]
    return "".join(rows)


def test_nothing_of_the_person_is_left_in_any_column_and_nothing_opens(here):
    case = rich_case(here)
    assert all(word in opened() for word in GIVEN)
    later = here.now + LONG
    assert retiring.run(later) == (1, 0)
    retiring.forget_accounts(later, 100)
    assert sealed_values() == []
    assert not [word for word in GIVEN if word in all_text()]
    case.refresh_from_db()
    assert (case.lon, case.lat, case.grid, case.reporter_id) == (None, None, "", None)
    assert (case.village, case.anonymised_at) == ("330604001001", later)
    assert all(one.removed for one in files.of("case", case.pk))


def test_the_removal_is_a_step_with_counts_and_an_audit_row(here):
    case = rich_case(here)
    old = case.version
    retiring.run(here.now + LONG)
    case.refresh_from_db()
    step = Step.objects.get(case=case, seq=old + 1)
    said = step.facts["retention"]
    assert (step.verb, said["rule"], said["days"]) == (Verb.UPDATE, "default", 730)
    assert said["removed"]["cases.Party.phone_sealed"] == 1
    assert said["digest"].startswith("sha256:")
    assert said["playbook"] == cases.loop_book().version
    assert AuditRow.objects.filter(verb="case.anonymise", subject=f"case:{case.pk}").count() == 1
    assert retention.proof_of(case).audited
    assert retention.proof_of(case).left == []


def test_the_proof_says_when_something_came_back(here):
    case = rich_case(here)
    retiring.run(here.now + LONG)
    Party.objects.filter(case=case).update(phone_index="0" * 32)
    case.refresh_from_db()
    assert retention.proof_of(case).left == ["cases.Party.phone_index"]


def test_twice_is_harmless(here):
    case = rich_case(here)
    later = here.now + LONG
    assert retiring.anonymise(case.pk, later)
    assert not retiring.anonymise(case.pk, later)
    assert retiring.run(later) == (0, 0)
    assert AuditRow.objects.filter(verb="case.anonymise").count() == 1


def test_it_goes_on_where_it_stopped(here):
    ids = [here.closed(request_key=f"k{n}").pk for n in range(3)]
    later = here.now + LONG
    assert retiring.run(later, most=2) == (2, ids[1])
    assert retiring.run(later, after=ids[1], most=2) == (1, 0)


def test_open_young_suspended_and_held_cases_stay(here):
    open_case, closed = here.handled(), here.closed()
    suspended, held = here.closed(), here.closed()
    Case.objects.filter(pk=suspended.pk).update(suspended=True)
    retiring.hold(held, "法院调卷函1号", SYSTEM, here.now)
    assert retiring.run(here.now + timedelta(days=729)) == (0, 0)
    assert [one.case_id for one in retention.due(here.now + LONG)] == [closed.pk]
    retiring.run(here.now + LONG)
    kept = {open_case.pk, suspended.pk, held.pk}
    assert set(Party.objects.exclude(phone_sealed="").values_list("case_id", flat=True)) == kept
    assert retiring.release(held, SYSTEM, here.now)
    assert [one.case_id for one in retention.due(here.now + LONG)] == [held.pk]


def test_a_case_reopened_after_the_list_was_made_is_left_alone(here):
    case = here.closed()
    cases.act(case.pk, Verb.RATE, Act(rating=1), here.people["resident"], here.now)
    here.act(case.pk, Verb.FOLLOW_UP, "dispatcher", outcome="dissatisfied")
    here.act(case.pk, Verb.REDO, "dispatcher")
    assert not retiring.anonymise(case.pk, here.now + LONG)
    assert Party.objects.exclude(phone_sealed="").filter(case=case).exists()


def test_who_follows_an_open_case_through_their_own_is_kept_until_it_closes(here):
    mine, other = here.report(), here.dispatched()
    here.act(mine.id, Verb.MERGE, "dispatcher", other=other.pk)
    assert not retiring.anonymise(mine.id, here.now + LONG)


def test_the_first_rule_that_fits_gives_the_period():
    file = RetentionFile(
        rules=(
            RetentionRule(code="a", kinds=("E04",), days=100),
            RetentionRule(code="b", secrecy=("duty",), days=200),
            RetentionRule(code="c"),
        )
    )
    assert [file.of(*x).code for x in (("E0406", "duty"), ("E0501", "duty"), ("", ""))] == ["a", "b", "c"]


def test_rules_without_one_for_the_rest_are_refused():
    with pytest.raises(ValueError, match="最后一条"):
        RetentionFile(rules=(RetentionRule(code="a", kinds=("E04",)),))


def test_sealed_matters_are_kept_for_ten_years(here):
    ref = here.report(kind="E1601", body="某干部收钱")
    Case.objects.filter(pk=ref.id).update(open=False, closed_at=here.now)
    assert not list(retention.due(here.now + timedelta(days=3649)))
    assert list(retention.due(here.now + timedelta(days=3651)))


def test_an_anonymised_case_takes_no_more_verbs(here):
    case = here.closed()
    retiring.anonymise(case.pk, here.now + LONG)
    with pytest.raises(t.Anonymised):
        cases.act(case.pk, Verb.REDO, Act(text="x"), here.people["dispatcher"], here.now + LONG)


def test_an_account_with_a_kept_case_stays(here):
    here.handled()
    assert retiring.forget_accounts(here.now + LONG, 100) == 0


def test_the_daily_job_does_it_by_itself(here, monkeypatch):
    from ketang.core.cases import subscriptions

    case = here.closed()
    later = clock.now() + LONG
    monkeypatch.setattr(subscriptions.clock, "now", lambda: later)
    subscriptions.retention_daily()
    subscriptions.retention_daily()
    outbox.drain(now=later)
    case.refresh_from_db()
    assert case.anonymised_at == later
    assert AuditRow.objects.filter(verb="case.anonymise").count() == 1


def run(*words: str):
    return CliRunner().invoke(retention_, words)


def test_the_command_previews_applies_and_proves(here, monkeypatch):
    case = rich_case(here)
    number = cases.number_of_case(case)
    later = here.now + LONG
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "default (730): 1" in run("preview").output
    assert run("proof", number).exit_code == 1
    assert run("apply", "--yes").exit_code == 0
    shown = run("proof", number)
    assert (shown.exit_code, '"left": []' in shown.output) == (0, True)
    assert run("proof", "SY2026-0101-999999").exit_code == 2


def test_the_command_holds_and_releases(here):
    number = cases.number_of_case(here.closed())
    assert run("hold", number, "--basis", "法院调卷函").exit_code == 0
    assert run("release", number).exit_code == 0
    assert run("release", number).exit_code == 1
