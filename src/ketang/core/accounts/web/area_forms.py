"""Forms of the area pages. What fits the tree is decided by core.areas; its sentence lands on the field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.models import Account
from ketang.core.areas.types import GroupFacts, GroupKind, TeamRole

TEAM_ROLES = {
    TeamRole.GRID_HEAD: _("网格长"),
    TeamRole.FULL_TIME: _("专职网格员"),
    TeamRole.PART_TIME: _("兼职网格员"),
    TeamRole.GUIDE: _("网格指导员"),
    TeamRole.MICROGRID_HEAD: _("微网格长"),
    TeamRole.HELPER: _("微网格助手"),
}
GROUP_KINDS = {
    GroupKind.COMPREHENSIVE: _("综合网格"),
    GroupKind.SECTOR: _("片区"),
    GroupKind.PARK: _("园区"),
}


class NameForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    place = forms.CharField(label=_("场所和门"), max_length=80, required=False)


class CloseForm(forms.Form):
    day = forms.DateField(label=_("从哪天起停用"), widget=forms.DateInput(attrs={"type": "date"}))
    successors = forms.CharField(
        label=_("接替辖区的编码"), required=False, help_text=_("拆分写多个，用空格隔开；要先导入新辖区。")
    )

    def clean_successors(self) -> list[str]:
        return str(self.cleaned_data["successors"]).split()


class MemberForm(forms.Form):
    role = forms.ChoiceField(label=_("担任"), choices=[(r.value, name) for r, name in TEAM_ROLES.items()])
    area = forms.CharField(label=_("网格或微网格编码"), max_length=18)
    username = forms.CharField(label=_("工作人员账号"), max_length=60)

    def clean_username(self) -> str:
        """Finds the account; the same sentence for unknown, closed and residents' accounts."""
        username = str(self.cleaned_data["username"])
        account = Account.objects.filter(username=username, kind="staff", is_active=True).first()
        if account is None:
            raise forms.ValidationError(_("没有这个工作人员账号。"))
        self.account_id: int = account.pk
        return username


class GroupForm(forms.Form):
    code = forms.SlugField(label=_("编码"), max_length=40, help_text=_("字母、数字和连字符，以后不改。"))
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类型"), choices=[(k.value, name) for k, name in GROUP_KINDS.items()])
    members = forms.CharField(
        label=_("成员辖区编码"), widget=forms.Textarea, help_text=_("用空格或换行隔开。")
    )
    escalates_to = forms.CharField(label=_("升级到哪个部门（编码）"), max_length=40, required=False)
    carries_scope = forms.BooleanField(label=_("可以按这个组设岗位"), required=False)

    def facts(self) -> GroupFacts:
        data: dict[str, Any] = self.cleaned_data
        members = tuple(dict.fromkeys(data["members"].split()))
        return GroupFacts(
            data["code"],
            data["name"],
            GroupKind(data["kind"]),
            members,
            data["escalates_to"],
            data["carries_scope"],
        )

    @classmethod
    def showing(cls, group: GroupFacts) -> "GroupForm":
        return cls(
            initial={
                "code": group.code,
                "name": group.name,
                "kind": group.kind.value,
                "members": "\n".join(group.members),
                "escalates_to": group.escalates_to,
                "carries_scope": group.carries_scope,
            }
        )
