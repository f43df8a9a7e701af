"""What a new kinds.yaml changes for whom, in sentences."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from ketang.core.cases.playbook.kinds import Kind, KindsFile
from ketang.core.playbooks.api import Playbook

SECRECY = {"": noop("不限"), "duty": noop("限岗"), "sealed": noop("密封")}
DUTY = {"basic": noop("基本履职"), "support": noop("配合履职"), "recalled": noop("上级收回")}
REVIEW = {
    "none": noop("不复核"),
    "photo": noop("看照片复核"),
    "phone": noop("电话复核"),
    "site": noop("现场复核"),
}
PHOTO = {"none": "不要照片", "optional": "照片可选", "required": "必须有照片"}
CLOCK = {
    "natural_days": noop("%(n)s个自然日"),
    "working_days": noop("%(n)s个工作日"),
    "working_hours": noop("%(n)s个工作小时"),
    "urgent_hours": noop("%(n)s小时"),
    "urgent_minutes": noop("%(n)s分钟"),
}


def rule_words(rule: str) -> str:
    """``review:working_days:5`` → 5个工作日（评估）, ``urgent_hours:24`` → 24小时."""
    bare = rule.removeprefix("review:")
    clock, amount = bare.split(":")
    return _(CLOCK[clock]) % {"n": amount} + (_("（评估）") if bare != rule else "")


def describe(old: Playbook, new: Playbook, counts: Mapping[str, int]) -> Iterator[str]:
    """One sentence per kind added, removed or changed; open cases keep their version unless recomputed."""
    before, after = old.section(KindsFile).by_code, new.section(KindsFile).by_code
    for code in [*before, *(code for code in after if code not in before)]:
        affected = f"（未办结 {counts[code]} 件）" if counts.get(code) else ""
        if code not in after:
            yield f"去掉事项“{before[code].name}”（{code}）{affected}"
        elif code not in before:
            kind = after[code]
            yield f"新增事项“{kind.name}”（{code}）：{kind.lead}主办，{rule_words(kind.resolve)}内办结"
        else:
            changes = list(_changes(before[code], after[code]))
            if changes:
                yield f"“{after[code].name}”（{code}）：{'；'.join(changes)}{affected}"


def _changes(old: Kind, new: Kind) -> Iterator[str]:
    left, right = facts(old), facts(new)
    for label, value in left.items():
        if value != right[label]:
            yield f"{label} {value or '（无）'} → {right[label] or '（无）'}"


def facts(kind: Kind) -> dict[str, str]:
    """Label → value of everything a kind says, for a diff and for the staff's page."""
    return {
        "名称": kind.name,
        "大类": kind.klass,
        "主办": kind.lead,
        "协办": "、".join(kind.support),
        "责任主体": "、".join(kind.responsible_party),
        "首响": rule_words(kind.respond),
        "办结": rule_words(kind.resolve),
        "期末遇休息日": "顺延" if kind.roll == "next_working_day" else "不顺延",
        "时限来源": kind.source_text,
        "知悉范围": SECRECY[kind.secrecy],
        "流程": kind.profile,
        "未当场办成时的流程": kind.otherwise,
        "镇街": DUTY[kind.duty.town],
        "村社": DUTY[kind.duty.village],
        "复核": REVIEW[kind.review.by] + ("（可免）" if kind.review.optional else ""),
        "照片": PHOTO[kind.photo],
        "优先级": f"P{kind.priority}",
        "标记": "、".join(_marks(kind)),
        "识别词": "、".join(kind.words),
    }


def _marks(kind: Kind) -> Iterator[str]:
    named = [
        ("安全", kind.safety),
        ("须留联系方式", kind.needs_contact),
        ("可就近公开", kind.public),
        ("先提示避险", kind.danger),
        ("先到现场核查", kind.check_first),
        ("移送纪检", kind.exit == "discipline"),
        ("告知转出", kind.exit == "notice"),
    ]
    return (label for label, is_set in named if is_set)
