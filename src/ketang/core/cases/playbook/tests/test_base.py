"""The playbooks that are shipped: complete, valid, and within the law's and the loop's limits."""

from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.cases.playbook import KindsFile, NoticesFile, ProfilesFile, ReasonsFile
from ketang.core.cases.types import State, Verb
from ketang.core.deadlines.types import Rule
from ketang.core.playbooks.load import load
from ketang.core.playbooks.types import Playbook

LEAVES = {
    "E01": 8, "E02": 8, "E03": 5, "E04": 7, "E05": 7, "E06": 4, "E07": 8, "E08": 5,
    "E09": 7, "E10": 2, "E11": 3, "E12": 2, "E13": 2, "E14": 3, "E15": 1, "E16": 3,
}  # fmt: skip


@cache
def book(name: str = "base") -> Playbook:
    return load(Path(settings.PLAYBOOKS_DIR) / name).valid()


KINDS = [kind.code for kind in book().section(KindsFile).kinds]


def kind(code: str):
    return book().section(KindsFile).by_code[code]


@pytest.mark.parametrize("name", ["base", "demo"])
def test_it_has_no_findings_at_all(name):
    assert load(Path(settings.PLAYBOOKS_DIR) / name).problems == []


def test_every_leaf_of_the_tree_is_there_and_no_other():
    assert [f"{klass}{n:02d}" for klass, count in LEAVES.items() for n in range(1, count + 1)] == KINDS


@pytest.mark.parametrize("code", KINDS)
def test_its_clocks_are_clocks_the_deadlines_know(code):
    assert Rule.parse(kind(code).respond)
    assert Rule.parse(kind(code).resolve, kind(code).roll)


@pytest.mark.parametrize("code", KINDS)
def test_it_has_words_to_be_recognised_by_which_no_other_kind_has(code):
    others = {w for k in book().section(KindsFile).kinds if k.code != code for w in k.words}
    assert 3 <= len(kind(code).words) <= 12
    assert not others & set(kind(code).words)


def test_disputes_and_petitions_need_a_contact_but_a_threat_and_an_accusation_may_be_nameless():
    without = {c for c in KINDS if c[:3] in ("E01", "E16") and not kind(c).needs_contact}
    assert without == {"E0108", "E1601"}
    assert not any(kind(c).needs_contact for c in KINDS if c[:3] not in ("E01", "E16"))


def test_an_accusation_is_sealed_and_goes_to_discipline_inspection_only():
    departments = book().section(DepartmentsFile)
    assert (kind("E1601").secrecy, kind("E1601").exit) == ("sealed", "discipline")
    assert departments.by_code[kind("E1601").lead].sealed
    assert [d.code for d in departments.departments if d.sealed] == ["纪检监察"]
    assert kind("E1601").duty.town == kind("E1601").duty.village == "recalled"


def test_matters_of_duty_are_those_of_the_tree():
    assert [c for c in KINDS if kind(c).secrecy == "duty"] == [
        "E0108", "E0406", "E0407", "E0905", "E1602", "E1603",
    ]  # fmt: skip


def test_petitions_and_litigation_leave_with_a_notice():
    assert [c for c in KINDS if kind(c).exit == "notice"] == ["E1602", "E1603"]


def test_what_is_answered_in_minutes_is_p1_and_within_two_hours_p2():
    for code in KINDS:
        clock, _, amount = kind(code).respond.partition(":")
        if clock == "urgent_minutes":
            assert kind(code).priority == 1, code
        elif clock == "urgent_hours" and int(amount) <= 2:
            assert kind(code).priority == 2, code
        else:
            assert kind(code).priority >= 3, code


def test_review_on_site_is_for_safety_only():
    assert all(kind(c).safety for c in KINDS if kind(c).review.by == "site")
    assert any(kind(c).review.by == "site" for c in KINDS)


def test_what_a_town_leads_is_its_basic_duty():
    assert all(kind(c).duty.town == "basic" for c in KINDS if kind(c).lead == "镇街")


def test_property_firms_and_owners_are_responsible_parties_never_units():
    departments = book().section(DepartmentsFile)
    parties = {party for code in KINDS for party in kind(code).responsible_party}
    assert "物业" in parties
    assert not any(departments.knows(party) for party in parties)


def test_the_six_profiles_have_the_stages_of_the_source():
    names = {p.code: "→".join(s.name for s in p.stages) for p in book().section(ProfilesFile).profiles}
    assert names == {
        "standard": "上报→受理→派单→签收→现场核查→办理→复核→答复→办结",
        "building": "发现→派单→核查→处置→结案→反馈",
        "urban": "上报→受理→派单→处置→复核→结案",
        "hotline": "受理→派单→签收→办理→答复→回访→办结",
        "short": "发现→当场办→办结",
        "query": "登记→答复→办结",
    }


@pytest.mark.parametrize(
    ("code", "channel", "on_the_spot", "profile"),
    [
        ("E0501", "patrol", True, "short"),
        ("E0501", "patrol", False, "urban"),
        ("E0501", "resident", False, "standard"),
        ("E0501", "hotline", False, "hotline"),
        ("E0702", "resident", True, "standard"),
        ("E0907", "window", False, "query"),
        ("E0907", "window", True, "short"),
        ("E0801", "inspection", False, "building"),
        ("E0801", "resident", False, "standard"),
        ("E0102", "province", False, "hotline"),
        ("", "resident", False, "standard"),
        ("", "hotline", False, "hotline"),
    ],
)
def test_a_case_takes_the_profile_of_its_channel_and_kind(code, channel, on_the_spot, profile):
    found = book().section(KindsFile).of(code)
    assert book().section(ProfilesFile).choose(found, channel, on_the_spot=on_the_spot).code == profile


def test_every_notice_is_about_something_that_happens():
    happens = {*State, *Verb, "near", "passed"}
    assert {n.event for n in book().section(NoticesFile).notices} <= happens


def test_whoever_reported_hears_of_the_report_the_dispatch_the_answer_and_the_end():
    notices = book().section(NoticesFile)
    assert all(notices.of(event, "reporter") for event in ("reported", "dispatched", "answered", "closed"))


def test_a_return_for_want_of_competence_needs_its_basis():
    returns = {reason.code: reason for reason in book().section(ReasonsFile).returns}
    assert returns["R1"].needs_basis


def test_five_percent_of_short_cases_are_reviewed():
    assert book().section(ReasonsFile).after.short_review_percent == 5


def test_the_demo_changes_only_what_it_says():
    base, demo = book().section(KindsFile).by_code, book("demo").section(KindsFile).by_code
    assert list(base) == list(demo)
    assert {code for code in base if base[code] != demo[code]} == {"E0702"}
