from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from ketang.shell import widgets
from ketang.shell.widgets import Stage

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (220 * MINUTE, "剩 3 小时 40 分"),
        (11 * MINUTE, "剩 11 分"),
        (timedelta(seconds=20), "剩 1 分"),
        (-120 * MINUTE, "已超 2 小时"),
        (1680 * MINUTE, "剩 1 天 4 小时"),
        (6000 * MINUTE, "剩 4 天"),
    ],
)
def test_what_is_left_is_said_in_two_units_at_most(left, text):
    assert text in widgets.due(NOW + left, now=NOW)


def test_a_clock_of_working_days_says_working_days():
    assert "剩 2 个工作日" in widgets.due(NOW + timedelta(days=4), "green", now=NOW, working_days=2)


def test_a_paused_clock_says_so_instead_of_running():
    html = widgets.due(NOW, "red", now=NOW, paused=True)
    assert "暂停计时" in html
    assert "已超" not in html


def test_a_provisional_due_time_carries_its_reason():
    assert "暂定" in widgets.due(NOW + MINUTE, now=NOW, provisional=True)


@pytest.mark.parametrize(
    ("light", "word"), [("green", "正常"), ("yellow", "临期"), ("red", "超期"), ("overdue", "超期")]
)
def test_a_light_is_never_a_bare_colour(light, word):
    html = widgets.light(light)
    assert word in html
    assert "<svg" in html


def test_the_last_day_ends_at_24_00():
    midnight = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # 28 November 00:00 in Beijing
    assert "11-27 24:00" in widgets.deadline(midnight)
    assert "24:00" not in widgets.deadline(midnight + MINUTE)


def test_times_are_beijing_times():
    assert "16:00" in widgets.when(NOW, "time")


@pytest.mark.parametrize(("percent", "width"), [(-5, "0.0"), (86, "86.0"), (250, "100.0")])
def test_a_meter_stays_within_its_track_and_needs_no_style(percent, width):
    html = widgets.meter(percent, "yellow", "用时")
    assert f'class="fill" width="{width}"' in html
    assert "style=" not in html


def test_the_tracker_marks_the_current_stage_for_screen_readers():
    html = widgets.stages([Stage("派单", "done"), ("签收", "now"), Stage("办理", "todo")])
    assert html.count('aria-current="step"') == 1
    assert "已完成" in html


def test_what_people_typed_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    drawn = [
        widgets.chip(evil),
        widgets.empty(evil),
        widgets.stages([(evil, "now")]),
        widgets.light("red", evil),
    ]
    assert not any("<script>" in html for html in drawn)


def draw(source, **context):
    request = RequestFactory().get(context.pop("address", "/"))
    return Template("{% load shell %}" + source).render(Context({"request": request, **context}))


def test_the_pager_keeps_the_filters_and_changes_only_the_cursor():
    html = draw("{% pager next=cursor %}", cursor="a|9", address="/list?kind=S1&after=old")
    assert 'href="?kind=S1&amp;after=a%7C9"' in html


def test_the_first_page_has_no_way_back():
    assert "上一页" not in draw("{% pager next='x' %}")
    assert draw("{% pager %}") == ""


def test_a_query_changes_one_filter_and_drops_the_cursor():
    assert draw("{% query light='red' %}", address="/list?kind=S1&before=z") == "kind=S1&amp;light=red"
    assert draw("{% query kind='' %}", address="/list?kind=S1") == ""


def test_an_empty_side_leaves_no_column():
    assert draw("{% aside %}  {% endaside %}") == ""
    assert 'tabindex="0"' in draw("{% aside %}x{% endaside %}")


def test_a_masked_value_is_revealed_by_post_for_a_purpose():
    html = draw("{% masked '138****2207' '/cases/1/reveal' 'phone' %}", csrf_token="t0k")
    assert 'method="post"' in html
    assert 'name="purpose"' in html
    assert "t0k" in html


class Asked(forms.Form):
    phone = forms.CharField(label="电话", help_text="十一位")
    how = forms.ChoiceField(label="方式", choices=[("a", "电话")], widget=forms.RadioSelect)


def test_a_field_is_tied_to_its_label_hint_and_error():
    html = str(Asked({"phone": ""})["phone"].as_field_group())
    assert '<label for="id_phone">' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_phone_error"' in html


def test_a_wrong_form_begins_with_links_to_what_is_wrong():
    html = str(Asked({}))
    assert html.index("error-summary") < html.index("id_phone_helptext")
    assert 'href="#id_phone"' in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    assert "<fieldset" in str(Asked())
    assert "<legend>方式" in str(Asked())
