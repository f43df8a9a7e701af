"""What the page's script adds, in a real browser under the strict policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from ketang.core.files.testing import photo_bytes
from tests.journeys.axe import serious

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = "人民西路菜场门口的井盖裂了"
PHOTO = {"name": "井盖.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}
FAKE = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"<!doctype html><script>alert(1)</script>"}


@pytest.fixture
def page(chromium, live_server) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=live_server.url
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: "Content Security Policy" in said.text and broken.append(said.text))
    yield page
    context.close()
    assert broken == []


def test_what_was_typed_is_there_again_after_the_page_was_lost(page):
    page.goto("/report")
    page.fill("textarea[name=body]", WORDS)
    page.wait_for_timeout(500)  # the keeper writes 300 ms after the last key
    page.goto("/s")
    page.goto("/report")
    assert page.input_value("textarea[name=body]") == WORDS


def test_a_draft_can_be_thrown_away(page):
    page.goto("/report")
    page.fill("textarea[name=body]", WORDS)
    page.wait_for_timeout(500)
    page.reload()
    page.click("form .message button")
    page.reload()
    assert page.input_value("textarea[name=body]") == ""


def test_a_photo_goes_up_as_it_is_chosen_and_shows_as_a_tile(page):
    page.goto("/report")
    page.set_input_files("input[type=file]", [PHOTO])
    page.wait_for_selector("input[name=photos_ids]", state="attached")
    assert page.locator(".tile.has img").count() == 1
    page.click(".tile .remove")
    assert page.locator("input[name=photos_ids]").count() == 0


def test_a_page_named_jpg_is_refused_in_words_beside_what_stays(page):
    page.goto("/report")
    page.fill("textarea[name=body]", WORDS)
    page.set_input_files("input[type=file]", [FAKE])
    page.wait_for_selector("#notice .message")
    assert "网页或程序" in page.inner_text("#notice")
    assert page.input_value("textarea[name=body]") == WORDS
    assert page.locator(".tile.has").count() == 0


@pytest.mark.parametrize(
    "cookies", [{}, {"ketang_theme": "dark"}, {"ketang_text": "30"}], ids=["light", "dark", "large"]
)
@pytest.mark.parametrize("address", ["/report", "/s", "/login", "/login/phone", "/preferences", "/nowhere"])
def test_no_public_page_shuts_anybody_out(page, live_server, address, cookies):
    page.context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
    page.goto(address)
    assert serious(page) == []


def test_nothing_is_cut_off_on_a_small_phone_with_the_largest_text(page, live_server):
    page.set_viewport_size({"width": 360, "height": 640})
    page.context.add_cookies([{"name": "ketang_text", "value": "30", "url": live_server.url}])
    for address in ("/report", "/s", "/login", "/preferences"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_targets_are_60_px_in_large_text(page, live_server):
    page.context.add_cookies([{"name": "ketang_text", "value": "20", "url": live_server.url}])
    page.goto("/report")
    heights = page.eval_on_selector_all(
        "button, .btn, input:not([type=hidden],[type=file]), select", "all => all.map(e => e.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 60
