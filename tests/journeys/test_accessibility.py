"""axe-core on every page, as somebody who uses it, with content in it: nothing serious, nothing cut off.

The pages are those of the table ``who_sees_what.tsv`` (a new page is walked without a word here) and the
scenes below: cases in each state with each verb's form, forms with mistakes, errors.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from ketang.shell.preferences import Look
from tests.architecture.samples import COLUMNS, World, number, pages
from tests.architecture.test_who_sees_what import TABLE, address, names
from tests.journeys.axe import serious
from tests.journeys.house import STATES, planted, session_of

# What a walk wrote (sessions, a refused form) is rolled back; the house stays.
pytestmark = [pytest.mark.journey, pytest.mark.django_db]
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)
LIGHT, DARK, LARGE = (
    Look(text, theme).css for text, theme in (("normal", "light"), ("normal", "dark"), ("30", "light"))
)
# What another colour or size of letters can break; the rest of a page is the same in every look.
BY_LOOK = ("color-contrast", "target-size", "scrollable-region-focusable")
NO_PAGES = {
    "file",
    "file_thumb",
    "file_thumb_sized",
    "healthz",
    "readyz",
    "metrics",
    "audit_csv",
    "work-export",
}
# Whose page has most on it; then whoever may see it.
FIRST = ("dispatcher", "system_admin", "security_admin", "audit_admin", "reporter", *COLUMNS)
WHO_HANDLES = ("dispatcher", "handler", "town_centre", "supervisor")
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[World, str]]:
    with planted(django_db_blocker, tmp_path_factory.mktemp("files")) as found:
        yield found


@pytest.fixture
def _own_folders() -> None:
    """The house has its own folder of files, for the whole module."""


@dataclass
class Walker:
    """Goes to pages as different people and writes down what is wrong with each in each look."""

    world: World
    url: str
    chromium: Browser
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, who: str) -> Page:
        if who not in self.contexts:
            context = self.chromium.new_context(viewport=DESK, locale="zh-CN", base_url=self.url)
            if who != "anonymous":
                session = session_of(self.world, who)
                context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
            context.new_page()
            self.contexts[who] = context
        return self.contexts[who].pages[0]

    def go(self, who: str, to: str, status: int = 200) -> Page:
        page = self.page(who)
        answer = page.goto(to)
        assert answer is not None
        assert answer.status == status, f"{to} as {who}: {answer.status}"
        self.examine(page, f"{to} as {who}")
        return page

    def examine(self, page: Page, where: str) -> None:
        """Every rule in the light, then what the other looks can change, each on desk and phone."""
        self.seen.append(where)
        self._look(page, where, LIGHT, (DESK, PHONE))
        self._look(page, where, DARK, (DESK,), *BY_LOOK)
        self._look(page, where, LARGE, (DESK, PHONE), *BY_LOOK)
        page.set_viewport_size(DESK)

    def _look(self, page: Page, where: str, css: str, sizes: tuple[ViewportSize, ...], *rules: str) -> None:
        page.evaluate("css => document.documentElement.className = css", css)
        for size in sizes:
            page.set_viewport_size(size)
            by = page.evaluate(STICKS_OUT)
            self.wrong += [f"{where}, {css}: {by} px wider than {size['width']}"] if by > 0 else []
        self.wrong += [f"{where}, {css}: {finding}" for finding in serious(page, *rules)]

    def result(self) -> str:
        return "\n".join(sorted(set(self.wrong)))


@pytest.fixture
def walker(house, chromium) -> Iterator[Walker]:
    world, url = house
    walker = Walker(world, url, chromium)
    yield walker
    for context in walker.contexts.values():
        context.close()


def test_every_page_can_be_used_by_everybody(walker):
    for who, to in named(walker.world):
        walker.go(who, to)
    assert len(walker.seen) > 35
    assert walker.result() == ""


def named(world: World) -> Iterator[tuple[str, str]]:
    """Each page of the table that answers, for one who sees it; and the demo's, which it leaves out."""
    routes, known = dict(names()), pages(world)
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            who = next((c for c in FIRST if row[c] == "200"), "")
            if who and row["method"] == "GET" and row["page"] not in NO_PAGES:
                parameters = known.get(row["page"], {}).get(row["variant"], {})
                yield who, address(row["page"], routes[row["page"]], parameters)
    yield "anonymous", "/demo"
    yield from (("anonymous", f"/styleguide/{frame}") for frame in ("widgets", "desk", "phone", "board"))


def test_cases_in_every_state_and_the_form_of_every_verb(walker):
    forms: set[str] = set()
    for state in STATES:
        for who in WHO_HANDLES:
            page, here = walker.page(who), f"/cases/{number(walker.world.cases[state])}"
            answer = page.goto(here)
            if answer is None or answer.status == 404:  # not dispatched to them yet
                continue
            walker.examine(page, f"{state} as {who}")
            links = page.eval_on_selector_all(".verb-list a", "all => all.map(a => a.getAttribute('href'))")
            for link in links:
                if link.rsplit("/")[-1] not in forms:
                    forms.add(link.rsplit("/")[-1])
                    walker.go(who, link)
    assert len(forms) >= 15, sorted(forms)
    assert walker.result() == ""


def test_lists_and_homes_of_each_role(walker):
    for who in (
        "grid_worker",
        "handler",
        "village_desk",
        "discipline",
        "leader",
        "system_admin",
        "other_resident",
    ):
        walker.examine(_at(walker.page(who), "/"), f"home of {who}")
    for view in (
        "/work?view=near",
        "/work?view=passed",
        "/work?kind=E07&state=dispatched",
        "/find?q=",
        "/tasks",
    ):
        walker.go("dispatcher", view)
    for name in ("closed", "dissatisfied", "handled"):
        walker.go("anonymous", f"/s/{walker.world.cases[name].receipt}")
    assert walker.result() == ""


def _at(page: Page, to: str) -> Page:
    page.goto(to)
    return page


def test_mistakes_questions_and_errors(walker):
    for scene in SCENES:
        walker.examine(scene(walker), scene.__name__)
    for status in (409, 429, 503):
        walker.go("dispatcher", f"/trouble/{status}", status)
    walker.go("other_resident", "/work", 403)
    walker.go("anonymous", "/nowhere", 404)
    walker.go("dispatcher", "/find?q=SY2026-0101-999999", 404)
    assert walker.result() == ""


def report_with_nothing(walker: Walker) -> Page:
    page = _at(walker.page("anonymous"), "/report")
    page.click(".foot button")
    page.wait_for_selector("#error-summary")
    return page


def report_to_check(walker: Walker) -> Page:
    page = _at(walker.page("anonymous"), "/report")
    page.fill("[name=body]", "楼道里有浓烟，有人被困，请快来")
    page.click(".foot button")
    page.wait_for_selector("#id_kind")
    return page


def code_for_a_phone(walker: Walker) -> Page:
    page = _at(walker.page("anonymous"), "/login/phone")
    page.fill("[name=phone]", "13957512346")
    page.click("main form button.primary")
    page.wait_for_selector("[name=code]")
    return page


def wrong_password(walker: Walker) -> Page:
    page = _at(walker.page("anonymous"), "/login")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "not the password")
    page.click("main form.card button.primary")
    page.wait_for_selector(".errorlist, #error-summary")
    return page


def dispatch_to_nobody(walker: Walker) -> Page:
    case = number(walker.world.cases["registered"])
    page = _at(walker.page("dispatcher"), f"/cases/{case}/dispatch")
    page.eval_on_selector(".side form", "form => form.noValidate = true")
    page.click(".side form button.primary")
    page.wait_for_selector("#error-summary")
    return page


def case_that_changed_meanwhile(walker: Walker) -> Page:
    case = number(walker.world.cases["dispatched"])
    page = _at(walker.page("dispatcher"), f"/cases/{case}/urge")
    page.eval_on_selector("[name=seen]", "field => field.value = '1'")
    page.fill(".side [name=text]", "请抓紧")
    page.click(".side form button.primary")
    page.wait_for_selector(".conflict")
    return page


def phone_number_to_reveal(walker: Walker) -> Page:
    page = _at(walker.page("dispatcher"), f"/cases/{number(walker.world.cases['registered'])}")
    page.locator(".reveal summary").first.click()
    return page


def keys_of_the_list(walker: Walker) -> Page:
    page = _at(walker.page("dispatcher"), "/work")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    return page


def login_ran_out(walker: Walker) -> Page:
    page = _at(walker.page("dispatcher2"), f"/cases/{number(walker.world.cases['registered'])}/note")
    page.fill(".side [name=text]", "已电话联系，约定下午到现场")
    page.context.clear_cookies(name="sessionid")
    page.click(".side form button.primary")
    page.wait_for_selector("[name=password]")
    return page


SCENES: tuple[Callable[[Walker], Page], ...] = (
    report_with_nothing, report_to_check, code_for_a_phone, wrong_password, dispatch_to_nobody,
    case_that_changed_meanwhile, phone_number_to_reveal, keys_of_the_list, login_ran_out,
)  # fmt: skip
