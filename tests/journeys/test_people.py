"""People with different phones, keyboards and luck: what each of them must be able to do to the end."""

import pytest
from playwright.sync_api import Page

from ketang.core.accounts.testing import PASSWORD
from ketang.core.cases import book
from ketang.core.cases.models import Case, Party, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.types import Verb
from ketang.core.files import api as files
from ketang.core.files.testing import photo_bytes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHOTO = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}
WORDS = "已电话联系住户，约好下午三点到现场"


def test_the_second_of_two_people_sees_what_changed_and_loses_nothing(here, screen):
    case = here.dispatched()
    first, second = screen("dispatcher"), screen("dispatcher2")
    for page in (first, second):
        page.goto(f"/cases/{number_of_case(case)}/prioritise")
    say(first, "有人摔倒，先办", priority="1")
    first.wait_for_selector("#notice .message")
    say(second, WORDS, priority="2")
    second.wait_for_selector(".conflict")
    assert "有人摔倒" in second.inner_text(".conflict")
    assert second.input_value(".side [name=text]") == WORDS
    assert second.input_value(".side [name=priority]") == "2"
    assert Case.objects.get().priority == 1
    second.click(".side form button.primary")
    second.wait_for_selector("#notice .message")
    assert Case.objects.get().priority == 2


def test_what_was_written_when_the_login_ran_out_is_sent_after_the_login(here, screen):
    case = here.dispatched()
    page = screen("handler")
    page.goto(f"/cases/{number_of_case(case)}/note")
    page.fill(".side [name=text]", WORDS)
    page.context.clear_cookies(name="sessionid")
    page.click(".side form button.primary")
    page.wait_for_selector("[name=password]")
    page.fill("[name=username]", here.accounts["handler"].username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form.card button.primary")
    page.wait_for_url("**/kept")
    assert WORDS in page.inner_text("main")
    page.click("main form button.primary")
    page.wait_for_selector("#notice .message")
    assert Step.objects.get(verb=Verb.NOTE).text == WORDS


def test_a_resident_without_script_reports_with_a_photo_and_reads_how_it_went(here, screen):
    page = screen(phone=True, java_script_enabled=False)
    page.goto("/report")
    page.fill("[name=body]", "楼下垃圾桶满了三天")
    page.set_input_files("input[type=file]", [PHOTO])
    page.click(".foot button")
    assert page.locator("#id_kind").count() == 1, page.inner_text("main")
    page.click(".foot button")
    page.wait_for_url("**/receipt/*")
    case = Case.objects.get()
    assert _files_of(case) == 1
    page.goto("/s")
    page.fill("[name=receipt]", case.receipt)
    page.press("[name=receipt]", "Enter")
    page.wait_for_url(f"**/s/{case.receipt}")
    assert "楼下垃圾桶满了三天" in page.inner_text("main")


def _files_of(case: Case) -> int:
    return len(files.of("case", case.pk))


def test_a_resident_reads_large_english_letters_to_the_end(here, screen):
    page = screen(phone=True)
    page.goto("/report")
    page.click(".toggles button[name=language]")
    page.wait_for_selector("html[lang=en]")
    page.click(".toggles button[name=text]")
    page.wait_for_selector("html.large")
    page.fill("[name=body]", "The street lamp at the market gate is out")
    page.click(".foot button")
    page.wait_for_selector("#id_kind")
    page.click(".foot button")
    page.wait_for_url("**/receipt/*")
    page.click(".foot a")
    page.wait_for_url("**/s/*")
    assert page.get_attribute("html", "lang") == "en"
    assert "large" in (page.get_attribute("html", "class") or "")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_grid_worker_settles_on_the_spot_with_a_photo(here, screen):
    page = screen("grid_worker", phone=True)
    page.goto("/tasks/short")
    page.select_option("[name=kind]", "E0501")
    page.fill("main [name=body]", "3幢楼下垃圾桶满了")
    page.fill("main [name=done]", "已联系清运")
    page.set_input_files("input[type=file]", [PHOTO])
    page.wait_for_selector("input[name=photos_ids]", state="attached")
    page.click(".foot button")
    page.wait_for_url("**/tasks")
    case = Case.objects.get()
    assert (case.profile, case.open, _files_of(case)) == ("short", False, 1)


def test_a_dispatcher_goes_through_the_list_by_keyboard(here, screen):
    for n in range(3):
        here.report(body=f"第{n}盏路灯不亮")
    page = screen("dispatcher")
    page.goto("/work")
    titles = page.locator(".row a.open").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert _focused(page) == titles[1]
    page.keyboard.press("k")
    assert _focused(page) == titles[0]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("jk")
    assert page.input_value("[name=q]") == "jk"
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    assert page.inner_text("h1") == titles[0]


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText"))


def test_an_accusation_shows_on_nobodys_pages_but_discipline(here, screen):
    resident = screen(phone=True)
    resident.goto("/report")
    resident.fill("[name=body]", "举报某干部收受红包")
    resident.click(".foot button")
    resident.wait_for_selector("#id_kind")
    resident.select_option("#id_kind", sealed_kind())
    resident.click(".foot button")
    resident.wait_for_url("**/receipt/*")
    case = Case.objects.get()
    for name in (
        "dispatcher",
        "duty_dispatcher",
        "leader",
        "supervisor",
        "town_centre",
        "grid_head",
        "handler",
    ):
        page = screen(name)
        for address in ("/work", "/tasks", "/notices", f"/find?q={number_of_case(case)}"):
            page.goto(address)
            assert "收受红包" not in page.content(), f"{address} as {name}"
        answer = page.goto(f"/cases/{number_of_case(case)}")
        assert answer is not None
        assert answer.status == 404, name
    discipline = screen("discipline")
    discipline.goto(f"/cases/{number_of_case(case)}")
    assert "收受红包" in discipline.inner_text("main")


def sealed_kind() -> str:
    return next(kind.code for kind in book.current().kinds.values() if kind.secrecy == "sealed")


def test_a_clerk_enters_for_one_person_on_behalf_of_another(here, screen):
    page = screen("window_clerk")
    page.goto("/desk/new")
    texts = {"body": "隔壁老人家的自来水停了两天", "name": "李邻居", "phone": "13812340001"}
    for name, text in {**texts, "for_name": "张奶奶", "for_phone": "13812340002"}.items():
        page.fill(f"main [name={name}]", text)
    page.click("main form button.primary, .side button.primary, .foot button")
    page.wait_for_url("**/cases/*")
    main = page.inner_text("main")
    assert "13812340001" not in main
    assert "13812340002" not in main
    assert Party.objects.count() == 2


def say(page: Page, text: str, **choices: str) -> None:
    for name, value in choices.items():
        page.select_option(f".side [name={name}]", value)
    page.fill(".side [name=text]", text)
    page.click(".side form button.primary")
