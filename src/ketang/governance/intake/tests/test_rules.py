"""A row → an order, without a database; names and points → areas."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ketang.core.areas import testing as areas
from ketang.governance.intake import queries, rules
from ketang.governance.intake.playbook import Mapping
from ketang.governance.intake.types import Order, Row

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIELDS = {
    "number": "no",
    "body": {"columns": ["a", "b"], "join": "，"},
    "reported_at": {"column": "at", "formats": ["%Y/%m/%d %H:%M"]},
    "lon": "x",
    "lat": "y",
    "area": {"columns": ["town", "village"]},
    "channel": {"column": "via", "values": {"电": "phone"}, "otherwise": "other"},
    "contact_phone": "tel",
}
ROW = {
    "no": "7",
    "a": "路灯",
    "b": "-",
    "at": "2026/11/01 08:30",
    "via": "电",
    "tel": "138 0013 8000",
    "done": "是",
}


def mapping(**more: object) -> Mapping:
    return Mapping.model_validate({"title": "t", "source_system": "s", "fields": FIELDS} | more)


def read(changes: dict[str, str] | None = None, **more: object) -> Order | list:
    return rules.order_of(mapping(**more), Row(2, ROW | (changes or {})), NOW, lambda text: text)


def test_a_row_becomes_an_order():
    order = read()
    assert (order.new.body, order.new.channel, order.new.contact.phone) == ("路灯", "phone", "13800138000")
    assert order.new.reported_at == datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    assert order.closed is None


def test_times_are_those_of_the_sources_zone_in_summer_and_winter():
    zone = {"timezone": "America/New_York"}
    assert read({"at": "2026/07/01 12:00"}, **zone).new.reported_at.astimezone(UTC).hour == 16
    assert read({"at": "2026/01/15 12:00"}, **zone).new.reported_at.astimezone(UTC).hour == 17


def test_an_offset_in_the_cell_wins():
    assert read({"at": "2026-11-01T08:30+00:00"}).new.reported_at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes, column, sentence",
    [
        ({"x": "30.0", "y": "120.8"}, "y", "写反"),
        ({"x": "200", "y": "30"}, "x", "±180"),
        ({"x": "东经", "y": "30"}, "x", "不是度数"),
        ({"at": "2026/02/30 08:00"}, "at", "不是时间"),
        ({"at": "2026/11/30 08:00"}, "at", "未来"),
        ({"a": "-"}, "a", "不能空"),
    ],
)
def test_what_cannot_be_is_told_with_its_column(changes, column, sentence):
    errors = read(changes)
    assert [(e.row, e.column) for e in errors] == [(2, column)]
    assert sentence in errors[0].message


def test_half_a_point_and_null_island_are_no_point():
    assert read({"x": "120.8", "y": ""}).new.spot.lon is None
    assert read({"x": "0", "y": "0"}).new.spot.lon is None


def test_closed_is_asked_before_open_and_neither_stays_unknown():
    said = {"closed": [{"done": ["是"]}], "open": [{"no": ["7"]}]}
    assert read(**said).closed is True
    assert read({"done": "否"}, **said).closed is False
    assert read({"done": "否", "no": "8"}, **said).closed is None
    assert rules.history_is_closed(mapping(unstated="open"), read()) is False


def test_the_first_kind_that_fits_wins_and_all_its_columns_must_match():
    kinds = [
        {"kind": "E0701", "when": {"a": ["路灯"], "done": ["否"]}},
        {"kind": "E0702", "when": {"a": ["路灯", "灯"]}},
        {"kind": "E0703", "when": {"no": ["7"]}},
    ]
    assert read(kinds=kinds).new.kind == "E0702"
    assert read({"a": "别的", "no": "9"}, kinds=kinds).new.kind == ""


def test_the_same_content_in_another_order_of_columns_is_the_same():
    assert rules.canonical({"a": "1", "b": "2"}) == rules.canonical({"b": "2", "a": "1"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"fields": FIELDS | {"title": {"column": "a", "constant": "b"}}},
        {"fields": FIELDS | {"title": {"column": "a", "pattern": "("}}},
        {"fields": FIELDS | {"closed_at": "at"}},
        {"nonsense": 1},
    ],
)
def test_a_mapping_that_makes_no_sense_does_not_load(wrong):
    with pytest.raises(ValidationError):
        mapping(**wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cells, code",
    [
        ({"town": "百官街道", "village": "南丰社区"}, areas.VILLAGE),
        ({"town": "百官街道", "village": "没有的社区"}, areas.TOWN),
        ({"town": "", "village": "南丰社区"}, areas.VILLAGE),
        ({"town": areas.GRID}, areas.GRID),
        ({"town": "城东", "village": ""}, areas.OTHER_VILLAGE),
        ({"town": "没有的街道"}, areas.DISTRICT),
        ({"x": "120.805", "y": "30.005"}, areas.MICROGRID),
        ({"x": "-71.05", "y": "42.35"}, areas.DISTRICT),
    ],
)
def test_an_order_stands_where_its_names_or_its_point_say(cells, code):
    areas.plant()
    found = mapping(areas={"城东": areas.OTHER_VILLAGE})
    order = rules.order_of(found, Row(2, ROW | cells), NOW, lambda text: text)
    assert queries.Places(found).put([order])[0].new.spot.area == code
