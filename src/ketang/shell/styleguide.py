"""Every widget in every state, in each frame, for looking, screenshots and axe. Demo mode only."""
# ruff: noqa: E501 - samples are data

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ketang.kernel import clock
from ketang.shell.widgets import Stage

FRAMES = ("widgets", "desk", "phone", "board")


def styleguide(request: HttpRequest, frame: str = "widgets") -> HttpResponse:
    if frame not in FRAMES:
        raise Http404
    if frame == "widgets":
        messages.success(request, "已派给人社局，时限 11-27 24:00。")
        messages.warning(request, "同地有 3 件可以合并。")
        messages.error(request, "没有保存：派单要写明依据。")
    now = clock.now()
    asked = Sample(request.GET if "body" in request.GET else None)
    return render(request, f"shell/styleguide/{frame}.html", {"form": asked, **_samples(now)})


# light, title, what, unit, second unit, minutes left, % used, working days left
ROWS = [
    ("red", "地下车库烟感停用，消防通道堆放木料", "消防设施停用 · 南丰社区 3 网格 · 巡查上报", "消防救援（主办）", "责任主体 物业", -125, 100, None),
    ("yellow", "工地 7 名工人称两个月工资未付", "欠薪 · 曹娥街道 12 网格 · 同地 3 件可合并", "人社局（主办）", "住建 · 派出所", 220, 86, None),
    ("yellow", "3 幢 2 单元电动车进楼充电", "电动车入楼 · 江滨社区 1 网格 · 梯控告警", "消防救援（主办）", "责任主体 物业", 11, 92, None),
    ("green", "阳台养蜂，邻居被蜇", "邻里纠纷 · 银春苑 · 志愿者扫码上报", "村居调委会", "信访代理员", 2880, 34, 2),
    ("green", "路口井盖缺损，夜间无警示", "井盖缺损 · 人民西路 · 12 人关注", "待派单", "建议 市政 92%", 80, 40, None),
]  # fmt: skip


class Sample(forms.Form):
    """One of each control."""

    body = forms.CharField(label="发生了什么", widget=forms.Textarea, help_text="写一句话就行。")
    phone = forms.CharField(
        label="联系电话", required=False, help_text="只给办理单位看；不留也办，但无法回复。"
    )
    kind = forms.ChoiceField(label="事项类别", choices=[("", "请选择"), ("1", "井盖缺损"), ("2", "欠薪")])
    how = forms.ChoiceField(
        label="怎样复核",
        widget=forms.RadioSelect,
        choices=[("p", "看照片"), ("c", "打电话"), ("s", "到现场")],
    )
    duties = forms.MultipleChoiceField(
        label="限岗事项", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("a", "家暴"), ("b", "未成年人"), ("c", "心理")],
    )  # fmt: skip
    until = forms.DateField(label="延到哪一天", widget=forms.DateInput(attrs={"type": "date"}))
    share = forms.BooleanField(label="把拍照的位置告诉办理单位", required=False)


def _row(now: datetime, *line: Any) -> SimpleNamespace:
    names = ("light", "title", "meta", "unit", "second", "left", "used", "days")
    row = SimpleNamespace(**dict(zip(names, line, strict=True)))
    row.due = now + timedelta(minutes=row.left)
    return row


def _samples(now: datetime) -> dict[str, Any]:
    minute = timedelta(minutes=1)
    row = SimpleNamespace
    return {
        "now": now,
        "stages": [
            Stage("上报", "done"), Stage("受理", "done"), Stage("派单", "done"), Stage("签收", "now"),
            Stage("办理", "todo"), Stage("复核", "todo"), Stage("答复", "todo"), Stage("办结", "todo"),
        ],
        "rows": [_row(now, *line) for line in ROWS],
        "steps": [
            row(at=now - 1300 * minute, title="12345 转来，自动受理", who="", note="来电人 王** · 138****2207", files=()),
            row(at=now - 1299 * minute, title="派单 人社局，协办 住建局、派出所", who="规则 R-17", note="", files=()),
            row(at=now - 420 * minute, title="住建局（协办）签收", who="住建局 · 值班员", note="项目已列入台账", files=()),
        ],
        "lights": ["green", "yellow", "red", "grey"],
        "over": now - 125 * minute,
        "soon": now + 220 * minute,
        "far": now + 4 * 1440 * minute,
        "towns": [("百官街道", 263, 180, 60, 23), ("曹娥街道", 141, 110, 25, 6), ("丰惠镇", 118, 90, 20, 8)],
    }  # fmt: skip
