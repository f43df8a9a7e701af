"""One report, from the phone of a resident through every desk and back, twice."""

import time

import pytest
from playwright.sync_api import Page

from ketang.core.audit import api as audit
from ketang.core.audit.testing import findings
from ketang.core.cases.models import Case, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.files.testing import photo_bytes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHOTO = {"name": "修好了.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}


def do(
    page: Page,
    verb: str,
    choose: dict | None = None,
    pick: dict | None = None,
    photo: bool = False,
    **texts: str,
):
    """Fill the form of a verb and send it; the page after must say that it was done."""
    number = number_of_case(Case.objects.get())
    page.goto(f"/cases/{number}/{verb}")
    for name, value in texts.items():
        page.fill(f".side [name={name}]", value)
    for name, value in (choose or {}).items():
        page.select_option(f".side [name={name}]", value)
    for name, value in (pick or {}).items():
        page.check(f".side [name={name}][value={value}]")
    if photo:
        page.set_input_files(".side input[type=file]", [PHOTO])
        page.wait_for_selector("input[name=files_ids]", state="attached")
    before = Step.objects.count()
    page.click(".side form button.primary")
    page.wait_for_selector("#notice .message")
    assert Step.objects.count() == before + 1, page.inner_text("main") + page.inner_text(".side")


@pytest.mark.postgres_too
def test_a_report_goes_all_the_way_and_a_second_time_when_it_was_not_done(here, screen):
    resident = screen(phone=True)
    resident.goto("/report")
    resident.fill("[name=body]", "人民西路菜场门口路灯不亮三天了")
    resident.fill("[name=phone]", "13812345678")
    resident.click(".foot button")
    resident.wait_for_selector("#id_kind")
    resident.select_option("#id_kind", "")
    resident.click(".foot button")
    resident.wait_for_url("**/receipt/*")
    case = Case.objects.get()
    assert case.receipt in resident.inner_text("main").replace(" ", "")

    dispatcher, lamps, streets = screen("dispatcher"), screen("handler"), screen("other_handler")
    dispatcher.goto("/work")
    dispatcher.click(".row a.open")
    do(dispatcher, "register", {"kind": "E0702", "area": "330604001"})
    do(dispatcher, "dispatch", {"lead": str(here.departments["市政"].pk)})
    do(
        lamps,
        "return",
        {"reason": first_choice(lamps, "return", "reason"), "signed_by": signer(here)},
        basis="三定方案",
        text="不是我们的灯",
    )
    do(dispatcher, "dispatch", {"lead": str(here.departments["城管执法"].pk)})
    do(streets, "take", text="收到")
    do(streets, "handle", photo=True, text="已换灯泡")
    do(screen("town_centre"), "review", pick={"outcome": "pass"}, text="看过照片，亮了")
    do(streets, "answer", text="路灯已修好，感谢反映")
    do(dispatcher, "close")
    assert not Case.objects.get().open

    resident.goto(f"/s/{case.receipt}")
    assert "路灯已修好" in resident.inner_text("main")
    assert "other_handler" not in resident.inner_text("main")
    resident.check("[name=rating][value='1']")
    resident.click("#rate ~ form button.primary, form[action$='/rate'] button.primary")
    resident.wait_for_load_state()
    assert Case.objects.get().rating == 1

    do(dispatcher, "follow_up", pick={"outcome": "dissatisfied"}, text="居民说晚上又灭了")
    do(dispatcher, "redo", text="请再去看")
    do(streets, "handle", photo=True, text="换了线路")
    do(screen("town_centre"), "review", pick={"outcome": "pass"}, text="晚上到现场看过")
    do(streets, "answer", text="线路已更换")
    do(dispatcher, "close")
    resident.reload()
    assert "线路已更换" in resident.inner_text("main")
    case = Case.objects.get()
    assert (case.open, case.redone) == (False, 1)
    audit.seal()
    assert findings() == []


def signer(here) -> str:
    return str(here.accounts["handler2"].pk)


def first_choice(page: Page, verb: str, name: str) -> str:
    page.goto(f"/cases/{number_of_case(Case.objects.get())}/{verb}")
    return page.locator(f"[name={name}] option").nth(1).get_attribute("value") or ""


def test_the_short_path_on_a_phone_takes_twenty_seconds_of_typing(here, screen):
    """Typed at 6 characters a second, slower than people type on a phone keyboard."""
    page = screen("grid_worker", phone=True)
    page.goto("/tasks")
    page.click(".foot a")
    started = time.monotonic()
    page.select_option("[name=kind]", "E0501")
    page.type("main [name=body]", "3幢楼下垃圾桶满了", delay=160)
    page.fill("main [name=done]", "")
    page.type("main [name=done]", "已联系清运", delay=160)
    page.click(".foot button")
    page.wait_for_url("**/tasks")
    assert time.monotonic() - started < 20
    assert Case.objects.get().profile == "short"
