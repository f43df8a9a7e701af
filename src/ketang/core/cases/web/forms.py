"""A verb's form is made from what the transition table says it needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ketang.core.accounts import api as accounts
from ketang.core.accounts.models import Assignment
from ketang.core.accounts.types import DepartmentKind
from ketang.core.areas import api as areas
from ketang.core.areas.types import Level
from ketang.core.cases import clocks
from ketang.core.cases.book import LoopBook
from ketang.core.cases.models import Approval, Case
from ketang.core.cases.numbers import id_behind
from ketang.core.cases.playbook import Reason
from ketang.core.cases.transitions import Transition
from ketang.core.cases.types import Act, Need, Verb
from ketang.core.cases.web import words
from ketang.core.deadlines.types import Rule
from ketang.core.files.web.forms import FilesField
from ketang.kernel.errors import KetangError

CHOOSE = ("", _("请选择"))


def units_by_kind(*kinds: DepartmentKind) -> list[tuple[int, str]]:
    found = [u for u in accounts.departments().values() if u.kind in kinds and not u.closed]
    return [
        (unit.id, unit.name)
        for unit in sorted(found, key=lambda unit: (unit.kind != "government", unit.code))
    ]


def kind_choices(book: LoopBook) -> list[Any]:
    """Grouped by class (大类)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in book.kinds.values():
        groups.setdefault(kind.klass, []).append((kind.code, kind.name))
    return [CHOOSE, *groups.items()]


def area_choices(district: str) -> list[Any]:
    """Towns with their villages, for a case that came without a place."""
    found: list[Any] = [CHOOSE]
    for town in areas.below(district, Level.TOWN):
        villages = [(village.code, village.name) for village in areas.children(town.code)]
        found.append((town.name, [(town.code, town.name), *villages]))
    return found


def reason_choices(reasons: tuple[Reason, ...]) -> list[Any]:
    return [CHOOSE, *((reason.code, reason.text) for reason in reasons)]


class VerbForm(forms.Form):
    """``seen`` is the version the person looked at; ``key`` makes a double click harmless."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, row: Transition, case: Case, book: LoopBook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verb = row.verb
        for need in row.needs:
            name, _mark, _kind = need.value.partition(":")
            name = name.removesuffix("?")
            self.fields[name] = FIELDS[need](case, book)
            self.fields[name].required = not need.value.endswith("?") and need not in (Need.FILES_OPTIONAL,)

    def clean_other(self) -> int:
        """A case number, however typed."""
        found = id_behind(self.cleaned_data["other"])
        if found is None:
            raise forms.ValidationError(_("没有这个工单编号。"))
        return found

    def act(self) -> Act:
        data = self.cleaned_data
        ints: dict[str, Any] = {
            name: int(data.get(name) or 0)
            for name in ("seen", "lead", "signed_by", "priority", "other", "approval", "rating")
        }
        texts: dict[str, Any] = {
            name: data.get(name) or ""
            for name in (
                "text",
                "responsible_party",
                "basis",
                "area",
                "funding",
                "reason",
                "kind",
                "outcome",
                "rule",
                "consent",
            )
        }
        return Act(
            request_key=data.get("key") or "",
            supports=tuple(int(s) for s in data.get("supports") or ()),
            files=tuple(data.get("files") or ()),
            **ints,
            **texts,
        )


def text_field(case: Case, book: LoopBook) -> forms.Field:
    return forms.CharField(
        label=_("说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "data-draft": ""})
    )


def line(label: Any, limit: int = 200, hint: Any = "") -> Any:
    return lambda case, book: forms.CharField(label=label, max_length=limit, help_text=hint)


def lead_field(case: Case, book: LoopBook) -> forms.Field:
    initial = case.suggested_lead_id or case.lead_id
    choices = [CHOOSE, *units_by_kind(DepartmentKind.GOVERNMENT, DepartmentKind.TOWN)]
    return forms.ChoiceField(label=_("主办单位"), choices=choices, initial=initial)


def supports_field(case: Case, book: LoopBook) -> forms.Field:
    near = [
        u.id
        for u in (accounts.village_department(case.village), accounts.committee_department(case.village))
        if u
    ]
    units = units_by_kind(DepartmentKind.GOVERNMENT, DepartmentKind.TOWN)
    local = [(i, accounts.departments()[i].name) for i in near]
    return forms.MultipleChoiceField(
        label=_("协办单位"),
        choices=[*local, *units],
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("按住 Ctrl 可多选；派给村社要写依据和经费来源。"),
    )


def signature_field(case: Case, book: LoopBook) -> forms.Field:
    signers = Assignment.objects.filter(department_id=case.lead_id or 0, signs=True).select_related("account")
    choices = {post.account_id: str(post.account) for post in signers}
    return forms.ChoiceField(label=_("本单位签批人"), choices=[CHOOSE, *choices.items()])


def choice(label: Any, options: Any, radio: bool = True) -> Any:
    widget = forms.RadioSelect if radio else forms.Select
    return lambda case, book: forms.ChoiceField(label=label, choices=options, widget=widget)


def outcome(*names: str) -> Any:
    return choice(_("结果"), [(name, words.OUTCOMES[name]) for name in names])


def approval_field(case: Case, book: LoopBook) -> forms.Field:
    rows = Approval.objects.filter(case=case, decided_at=None)
    choices = [
        (row.pk, f"{words.APPROVALS.get(row.what, row.what)} {rule_words(row.rule)}：{row.reason}"[:120])
        for row in rows
    ]
    return forms.ChoiceField(label=_("申请"), choices=choices)


def rule_words(rule: str) -> str:
    if not rule:
        return ""
    try:
        parsed = Rule.parse(rule)
        return str(_(clocks.UNITS[parsed.clock])) % parsed.amount
    except KetangError:
        return rule


def rule_field(case: Case, book: LoopBook) -> forms.Field:
    rules = book.reasons.limits.extend_rules
    return forms.ChoiceField(label=_("延长"), choices=[(rule, rule_words(rule)) for rule in rules])


CONSENT = line(_("上级同意的凭据"), hint=_("上级转来的工单必填：谁、何时、怎样同意。"))
FIELDS: dict[Need, Any] = {
    Need.TEXT: text_field,
    Need.TEXT_OPTIONAL: text_field,
    Need.LEAD: lead_field,
    Need.SUPPORTS_OPTIONAL: supports_field,
    Need.RESPONSIBLE_OPTIONAL: line(_("责任主体"), 120, _("物业、业主、经营者等；他们不是主办。")),
    Need.BASIS: line(_("依据")),
    Need.BASIS_OPTIONAL: line(_("依据")),
    Need.FUNDING_OPTIONAL: line(_("经费来源")),
    Need.RETURN_REASON: lambda case, book: forms.ChoiceField(
        label=_("退单原因"), choices=reason_choices(book.reasons.returns)
    ),
    Need.SUSPEND_REASON: lambda case, book: forms.ChoiceField(
        label=_("挂账原因"), choices=reason_choices(book.reasons.suspends)
    ),
    Need.EXTEND_REASON: lambda case, book: forms.ChoiceField(
        label=_("延期原因"), choices=reason_choices(book.reasons.extends)
    ),
    Need.EXPLAIN_REASON: lambda case, book: forms.ChoiceField(
        label=_("不能办的原因"), choices=reason_choices(book.reasons.impossible)
    ),
    Need.SIGNATURE: signature_field,
    Need.FILES_OPTIONAL: lambda case, book: FilesField(label=_("照片或附件"), required=False),
    Need.KIND: lambda case, book: forms.ChoiceField(label=_("事项类别"), choices=kind_choices(book)),
    Need.KIND_OPTIONAL: lambda case, book: forms.ChoiceField(
        label=_("事项类别"), choices=kind_choices(book), initial=case.kind
    ),
    Need.AREA_OPTIONAL: lambda case, book: forms.ChoiceField(
        label=_("所在镇街、村社区"), choices=area_choices(case.district), initial=case.village or case.town
    ),
    Need.PRIORITY: lambda case, book: forms.ChoiceField(
        label=_("紧急程度"), choices=list(words.PRIORITIES.items()), initial=case.priority
    ),
    Need.PASS_OR_FAIL: outcome("pass", "fail"),
    Need.FOLLOW_UP_OUTCOME: outcome("satisfied", "dissatisfied", "unreachable"),
    Need.YES_OR_NO: outcome("yes", "no"),
    Need.APPROVAL: approval_field,
    Need.RULE: rule_field,
    Need.CONSENT_OPTIONAL: CONSENT,
    Need.OTHER_CASE: line(_("合并到哪一张（编号）"), 40),
    Need.RATING: choice(
        _("满意程度"),
        [(5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意"))],
    ),
}
__all__ = ["Verb", "VerbForm", "kind_choices", "units_by_kind"]
