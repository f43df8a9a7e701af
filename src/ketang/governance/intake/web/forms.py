"""Forms of intake. Nothing is asked that is not used: each personal field says what for."""

import hashlib
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ketang.core.areas import api as areas
from ketang.core.areas.types import Level
from ketang.core.cases.api import LoopBook
from ketang.core.cases.types import Channel
from ketang.core.files.web.forms import PHOTOS, FilesField
from ketang.kernel.text import normal_phone

CHOOSE = ("", _("请选择"))
BODY = 5000
WRONG_SPOT = _("定位不对（经度、纬度可能写反了），请写地点。")
RATINGS = [(5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意"))]


def kind_choices(book: LoopBook, empty: tuple[str, Any]) -> list[Any]:
    """Grouped by class (大类), in the order of the playbook."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in book.kinds.values():
        groups.setdefault(kind.klass, []).append((kind.code, kind.name))
    return [empty, *groups.items()]


class CodeChoice(forms.ChoiceField):
    """A choice among many codes: the options are built when they are shown, a code that is sent is only
    looked up (hundreds of villages would cost every POST a fifth of its time)."""

    known: Callable[[str], bool]

    def valid_value(self, value: object) -> bool:
        return self.known(str(value))


class PhoneField(forms.CharField):
    """A phone however it is written, cleaned to its digits; '' when empty."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(required=False, max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        number = normal_phone(text)
        if text and not number:
            raise forms.ValidationError(_("这不像电话号码，请检查一下；座机请带区号。"))
        return number


class WhereAndWhat(forms.Form):
    """What both the resident's page and the desk's ask. ``key`` makes a resend harmless."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    body = forms.CharField(
        label=_("发生了什么？"),
        max_length=BODY,
        help_text=_("写一句话就行：什么事、什么时候、有没有危险。"),
        error_messages={"required": _("请写一句发生了什么。")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photos = FilesField(label=_("照片、录音"), required=False)
    words = forms.CharField(
        label=_("在哪里？"),
        max_length=300,
        required=False,
        help_text=_("路名门牌、小区楼栋、附近的店都可以。"),
    )
    lon = forms.FloatField(
        label=_("在哪里？"), error_messages={"invalid": WRONG_SPOT}, widget=forms.HiddenInput, required=False
    )
    lat = forms.FloatField(
        label=_("在哪里？"), error_messages={"invalid": WRONG_SPOT}, widget=forms.HiddenInput, required=False
    )
    area = forms.CharField(widget=forms.HiddenInput, required=False, max_length=18)

    def clean_area(self) -> str:
        """An unknown code (an old QR code) is left out rather than refused."""
        code = str(self.cleaned_data["area"])
        return code if areas.exists(code) else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        lon, lat = data.get("lon"), data.get("lat")
        if (lon is None) != (lat is None) or (lon is not None and not _on_earth(lon, lat or 0.0)):
            if not {"lon", "lat"} & set(self.errors):
                self.add_error("words", WRONG_SPOT)
            data["lon"] = data["lat"] = None
        elif lon is not None and lat is not None and not data.get("words") and not areas.locate(lon, lat):
            self.add_error("words", _("定位不在本区范围内，请写一下地点。"))
        return data

    def request_key(self) -> str:
        """The same POST twice is one report; the same page sent again with other words is another."""
        data = self.cleaned_data
        content = "\0".join([data["key"], data["body"], data["words"], data.get("phone", "")])
        return hashlib.sha256(content.encode()).hexdigest()[:48] if data["key"] else ""


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


class ReportForm(WhereAndWhat):
    """我要反映. A phone is asked of nobody whose matter can be done without."""

    photos = FilesField(label=_("照片、录音"), required=False, capture=False, accept=f"{PHOTOS},audio/*")
    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=_("联系电话"), help_text=_("只用来问清情况、把结果告诉您；不留也办，但没法回复您。")
    )
    kind = CodeChoice(label=_("事项类别"), required=False)

    def __init__(self, book: LoopBook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unsure = ("", _("说不准，请工作人员定"))
        offer(self, "kind", lambda: kind_choices(book, unsure), book.kinds.__contains__)


class DeskForm(WhereAndWhat):
    """登记来件: somebody stands at the window or is on the phone."""

    channel = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[(Channel.WINDOW.value, _("窗口")), (Channel.PHONE.value, _("电话"))],
        initial=Channel.WINDOW.value,
        widget=forms.RadioSelect,
    )
    kind = CodeChoice(label=_("事项类别"), required=False, help_text=_("空着：按内容猜，猜不准的进待分类。"))
    area = CodeChoice(label=_("所在镇街、村社区"), required=False)  # type: ignore[assignment]
    name = forms.CharField(label=_("反映人姓名"), max_length=60, required=False)
    phone = PhoneField(label=_("反映人电话"), help_text=_("告诉对方：用来问清情况和答复。"))
    id_number = forms.CharField(
        label=_("证件号码"), max_length=40, required=False, help_text=_("只有依法要核实身份的事才登记。")
    )
    for_name = forms.CharField(label=_("替谁反映：姓名"), max_length=60, required=False)
    for_phone = PhoneField(label=_("替谁反映：电话"))

    def __init__(self, book: LoopBook, under: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("口述内容")
        self.fields["words"].label = _("地点")
        offer(self, "kind", lambda: kind_choices(book, CHOOSE), book.kinds.__contains__)
        offer(self, "area", lambda: area_choices(under), lambda code: _in_area_choices(code, under))

    def clean_area(self) -> str:
        return str(self.cleaned_data["area"])


def offer(
    form: forms.Form, name: str, choices: Callable[[], list[Any]], known: Callable[[str], bool]
) -> None:
    field = form.fields[name]
    if isinstance(field, CodeChoice):
        field.choices, field.known = choices, known


def area_choices(under: tuple[str, ...]) -> list[Any]:
    """Villages by town, as far as the person's posts reach."""
    reach = _reach(under)
    groups: list[Any] = [CHOOSE]
    for town in areas.below(areas.district_code(), Level.TOWN) if areas.district_code() else ():
        villages = [v for v in areas.children(town.code) if _within(v.code, reach)]
        if villages or _within(town.code, reach):
            options = [(town.code, town.name), *((v.code, v.name) for v in villages)]
            groups.append((town.name, options))
    return groups


def _in_area_choices(code: str, under: tuple[str, ...]) -> bool:
    """Whether ``area_choices`` would show the code."""
    fits = len(code) in (Level.TOWN.length, Level.VILLAGE.length) and areas.exists(code)
    return fits and _within(code, _reach(under))


def _reach(under: tuple[str, ...]) -> list[str]:
    return [code for code in under if code] or [areas.district_code()]


def _within(code: str, reach: list[str]) -> bool:
    return any(code.startswith(part) or part.startswith(code) for part in reach)


class RateForm(forms.Form):
    """满意不满意: a choice, and a word if one likes."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    rating = forms.TypedChoiceField(
        label=_("您满意吗？"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。")},
    )
    text = forms.CharField(
        label=_("想说的话"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """补充说明."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = forms.CharField(label=_("补充什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    photos = FilesField(label=_("照片、录音"), required=False)


class ReceiptForm(forms.Form):
    receipt = forms.CharField(label=_("查询码"), max_length=20, help_text=_("提交后给您的 12 位字母和数字。"))

    def clean_receipt(self) -> str:
        return "".join(str(self.cleaned_data["receipt"]).upper().split()).replace("-", "")
