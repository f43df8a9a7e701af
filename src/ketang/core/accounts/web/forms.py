"""Forms: what a browser sends → the types that actions take. Decisions are the actions'."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.actions.posts import NewPost
from ketang.core.accounts.actions.units import NewDepartment
from ketang.core.accounts.queries import departments
from ketang.core.accounts.types import ROLE_NAMES, STAFF, DepartmentKind, Role
from ketang.kernel import clock
from ketang.kernel.errors import KetangError

KIND_NAMES = {
    DepartmentKind.GOVERNMENT: _("政府部门"),
    DepartmentKind.TOWN: _("镇街"),
    DepartmentKind.VILLAGE: _("村社区"),
    DepartmentKind.COMMITTEE: _("调解委员会"),
}


def say(form: forms.Form, error: KetangError) -> None:
    """Put a situation beside its field, or above the form when it has none."""
    text = gettext(error.text) % error.params if error.params else gettext(error.text)
    form.add_error(error.field if error.field in form.fields else None, text)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST is bound too, so that it says what is missing."""
    return request.POST if request.method == "POST" else None


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget)


def _when(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%dT%H:%M"]
    )


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password(_("口令"), "current-password")


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "autofocus": True}),
    )


class CodeForm(forms.Form):
    phone = forms.CharField(max_length=20, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("验证码"),
        max_length=6,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class OwnPasswordForm(forms.Form):
    old = _password(_("现在的口令"), "current-password")
    password = _password(_("新口令（至少 10 位）"), "new-password")


class PasswordForm(forms.Form):
    password = _password(_("新口令（至少 10 位）"), "new-password")


class NameForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60)


class StaffForm(NameForm):
    username = forms.CharField(label=_("登录名"), max_length=40, help_text=_("小写字母、数字、点、横线"))
    password = _password(_("第一次用的口令（至少 10 位）"), "new-password")


class DepartmentForm(forms.Form):
    code = forms.CharField(label=_("编码"), max_length=40, help_text=_("规则里用它指这个部门，以后不能改"))
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("性质"), choices=[(k.value, name) for k, name in KIND_NAMES.items()])
    area = forms.CharField(label=_("负责的辖区编码"), max_length=18)
    desk_phone = forms.CharField(
        label=_("对外电话"), max_length=40, required=False, help_text=_("居民看得到；填单位的，不填个人的")
    )

    def new(self) -> NewDepartment:
        c = self.cleaned_data
        return NewDepartment(
            c["code"], c["name"], DepartmentKind(c["kind"]), c["area"].strip(), c["desk_phone"]
        )


def _role_choices() -> list[tuple[str, Any]]:
    return [(role.value, gettext(ROLE_NAMES[role])) for role in Role if role in STAFF]


def _department_choices() -> list[tuple[str, str]]:
    rows = sorted(departments().values(), key=lambda d: (d.kind != DepartmentKind.GOVERNMENT, d.code))
    return [("", "—"), *((str(d.id), d.name) for d in rows if not d.closed)]


class PostForm(forms.Form):
    role = forms.ChoiceField(label=_("岗位角色"), choices=_role_choices)
    department = forms.ChoiceField(label=_("部门"), choices=_department_choices, required=False)
    area = forms.CharField(
        label=_("辖区编码"),
        max_length=18,
        required=False,
        help_text=_("区 6 位、镇街 9 位、村社 12 位、网格 15 位"),
    )
    area_group = forms.CharField(label=_("或片区编码"), max_length=40, required=False)
    post = forms.CharField(label=_("岗位名称"), max_length=60, required=False)
    duties = forms.CharField(
        label=_("限岗事项类别"),
        max_length=400,
        required=False,
        help_text=_("类别编码，用逗号分开；* 表示全部"),
    )
    signs = forms.BooleanField(label=_("可以代表单位签署退单"), required=False)
    starts_at = _when(_("从"))
    ends_at = _when(_("到"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].initial = clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")

    def new(self) -> NewPost:
        c = self.cleaned_data
        return NewPost(
            role=Role(c["role"]),
            starts_at=c["starts_at"],
            ends_at=c["ends_at"],
            department_id=int(c["department"] or 0),
            area=c["area"].strip(),
            area_group=c["area_group"].strip(),
            post=c["post"].strip(),
            duties=tuple(part.strip() for part in c["duties"].replace("，", ",").split(",") if part.strip()),
            signs=c["signs"],
        )


class DeputyForm(forms.Form):
    username = forms.CharField(label=_("代班人的登录名"), max_length=60)
    starts_at = _when(_("从"))
    ends_at = _when(_("到"))
