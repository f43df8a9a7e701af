import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketang.kernel.text import (
    bigrams,
    id_check_ok,
    mask_address,
    mask_id,
    mask_name,
    mask_phone,
    normal_phone,
    put_back,
    take_out_personal,
)

PHONES = [
    "13800138000",
    "138-0013-8000",
    "138 0013 8000",
    "1380013 8000",
    "１３８００１３８０００",
    "+8613800138000",
    "86 13800138000",
    "1 3 8 0 0 1 3 8 0 0 0",
    "0575-82212345",
    "057582212345",
    "（0575）82212345",
    "(010) 6221 2345",
    "0575—8221234",
    "0898-66812345转803",
]
IDS = [
    "11010519491231002X",
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "330682 19900101 1234",
    "330682199001011234",
    "330682900101123",
]
KEPT = [
    "工单编号20180113912345678",
    "2018010500123的工单",
    "工单号330604201812010001",
    "SY2026-1122-000417",
    "订单YT13912345678901",
    "金额13800138000元",
    "共计15000000000.50",
    "2018-12-01 13:00:00",
    "2018年12月1日至2019年1月15日",
    "账面1234567890123456",
    "拨打12345热线，或110、119",
    "面积120.05715平方米",
    "经度120.8712345 纬度30.0312345",
    "4008123123",
    "2018-0512-3456789",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_is_taken_out_however_it_is_written(phone):
    text, secrets = take_out_personal(f"请联系{phone}，谢谢")
    assert text == "请联系〔电话1〕，谢谢"
    assert secrets == {"〔电话1〕": phone}


@pytest.mark.parametrize("number", IDS)
def test_an_id_number_is_taken_out_even_when_mistyped(number):
    text, secrets = take_out_personal(f"身份证{number}。")
    assert text == "身份证〔证件1〕。"
    assert secrets == {"〔证件1〕": number}


@pytest.mark.parametrize("text", KEPT)
def test_order_numbers_amounts_and_dates_stay(text):
    assert take_out_personal(text) == (text, {})


def test_two_phones_side_by_side_are_two_and_the_same_twice_is_one():
    text, secrets = take_out_personal("13800138000 13900139000/13800138000")
    assert text == "〔电话1〕 〔电话2〕/〔电话1〕"
    assert list(secrets.values()) == ["13800138000", "13900139000"]


def test_a_local_number_counts_when_it_is_called_a_phone():
    assert take_out_personal("办公电话：82212345，门牌82212345")[0] == "办公电话：〔电话1〕，门牌82212345"


def test_a_placeholder_typed_by_the_writer_is_not_used_again():
    text, secrets = take_out_personal("〔电话1〕与13800138000")
    assert text == "〔电话1〕与〔电话2〕"
    assert put_back(text, secrets) == "〔电话1〕与13800138000"


PIECES = st.one_of(st.text(max_size=8), st.sampled_from(PHONES + IDS + KEPT))


@given(st.lists(PIECES, max_size=8).map("".join))
def test_put_back_always_gives_the_original(text):
    taken, secrets = take_out_personal(text)
    assert put_back(taken, secrets) == text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(alphabet="你好，。路 村a", max_size=20))
def test_no_mobile_survives_between_words(phone, words):
    assert phone not in take_out_personal(f"{words}，{phone}，{words}")[0]


def test_bigrams_find_two_character_words():
    assert bigrams("窨井盖坏了, WiFi５G 在 A区") == "窨井 井盖 盖坏 坏了 wifi5g 在 a 区"
    assert set(bigrams("井盖").split()) <= set(bigrams("路口井盖缺损").split())
    assert bigrams("电话〔电话1〕") == "电话"
    assert bigrams("") == ""


@given(st.text(max_size=60))
def test_bigrams_never_fail_and_hold_no_empty_token(text):
    assert all(bigrams(text).split(" ")) or bigrams(text) == ""


def test_masks_hide_what_identifies():
    assert [mask_name(name) for name in ("张三丰", "欧阳锋", "李", "")] == ["张**", "欧阳*", "李*", ""]
    assert (mask_phone("138 0013 8000"), mask_phone("0575-82212345")) == ("138****8000", "0575****45")
    assert mask_id("330682199001011234") == "330*************34"
    assert mask_address("百官街道人民路12号3幢") == "百官街道人民路***"
    assert mask_address("百官街道人民路十二号") == "百官街道人民路***"
    assert mask_address("张三家") == "张***"


@pytest.mark.parametrize(
    "written, number",
    [
        (" +86 138-0013-8000 ", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("（0575）8221 2345", "057582212345"),
        ("82212345", "82212345"),
        ("12345678901", ""),
        ("张三", ""),
        ("", ""),
    ],
)
def test_a_phone_is_known_by_its_digits(written, number):
    assert normal_phone(written) == number


def test_the_check_character_is_verified():
    assert id_check_ok("11010519491231002X")
    assert not id_check_ok("110105194912310021")


def test_scanning_is_fast_enough_for_a_bulk_load():
    text = "市民来电反映，人民西路菜场门口的井盖裂了，晚上看不见，2018年1月5日已报过，请核实处理。" * 3
    texts = [text, text + "联系13800138000"] * 1000
    start = time.perf_counter()
    for one in texts:
        take_out_personal(one)
    assert len(texts) / (time.perf_counter() - start) > 5_000  # 20,000 on a quiet machine
