"""A rule in words: for the page, and for what a new table changes."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.areas import api as areas
from ketang.core.cases.playbook import KindsFile
from ketang.core.cases.types import Channel
from ketang.core.playbooks.api import Playbook
from ketang.governance.routing.playbook import RoutingFile, Rule, Times, When, Words

CHANNELS = {
    Channel.RESIDENT: gettext_lazy("居民上报"),
    Channel.WINDOW: gettext_lazy("窗口登记"),
    Channel.PHONE: gettext_lazy("电话登记"),
    Channel.PATROL: gettext_lazy("巡查上报"),
    Channel.HOTLINE: gettext_lazy("12345 热线"),
    Channel.PROVINCE: gettext_lazy("上级转办"),
    Channel.INSPECTION: gettext_lazy("检查发现"),
    Channel.SENSOR: gettext_lazy("设备告警"),
    Channel.OTHER: gettext_lazy("其他"),
}
DAYS = {"": "", "working": gettext_lazy("工作日"), "nonworking": gettext_lazy("休息日和节假日")}
WEEK = (
    gettext_lazy("星期一"),
    gettext_lazy("星期二"),
    gettext_lazy("星期三"),
    gettext_lazy("星期四"),
    gettext_lazy("星期五"),
    gettext_lazy("星期六"),
    gettext_lazy("星期日"),
)


def conditions(when: When, kinds: KindsFile) -> list[str]:
    """What must hold, one phrase per condition; empty = always."""
    said = [
        (_("事项是"), "、".join(_kind_words(prefix, kinds) for prefix in when.kinds)),
        (_("地点在"), "、".join(areas.name_of(area) for area in when.areas)),
        ("", _word_words(when.words)),
        (_("来自："), "、".join(str(CHANNELS[channel]) for channel in when.channels)),
        (_("来源系统是"), "、".join(when.sources)),
        (_("来源指明"), "、".join(when.source_departments)),
        (_("时间在"), _time_words(when.time)),
    ]
    return [label + text for label, text in said if text]


def consequences(rule: Rule, kinds: KindsFile, departments: DepartmentsFile) -> list[str]:
    """What follows, one phrase each."""
    then, kind = rule.then, kinds.of(rule.then.kind or "")
    said = [_("归为“%(kind)s”") % {"kind": kind.name}] if kind else []
    lead = _("%(unit)s主办") % {"unit": unit_name(then.lead, departments)} if then.lead else ""
    said.append(lead or _("按事项的主办部门"))
    if then.support:
        names = "、".join(unit_name(code, departments) for code in then.support)
        said.append(_("%(units)s协办") % {"units": names})
    if then.auto_dispatch:
        said.append(_("直接派单"))
    return said


def unit_name(code: str, departments: DepartmentsFile) -> str:
    """What people read for a department's code; words such as 镇街 stand for themselves."""
    spec = departments.by_code.get(code)
    return spec.shown if spec else code


def describe(old: Playbook, new: Playbook, counts: Mapping[str, int]) -> Iterator[str]:
    """Sentences for ``playbook diff``."""
    before = {rule.id: rule for rule in old.section(RoutingFile).rules}
    after = {rule.id: rule for rule in new.section(RoutingFile).rules}
    for rule_id in [*before, *(one for one in after if one not in before)]:
        left, right = before.get(rule_id), after.get(rule_id)
        if right is None:
            yield f"去掉规则 {rule_id}：{sentence(before[rule_id], old)}"
        elif left is None:
            yield f"新增规则 {rule_id}：{sentence(right, new)}"
        elif left != right:
            yield f"规则 {rule_id}：{sentence(left, old)} → {sentence(right, new)}"


def sentence(rule: Rule, book: Playbook) -> str:
    kinds, departments = book.section(KindsFile), book.section(DepartmentsFile)
    when = "，".join(conditions(rule.when, kinds)) or "任何情况"
    order = f"，次序 {rule.order}" if rule.order != 100 else ""
    return f"「{rule.name}」{when} ⇒ {'，'.join(consequences(rule, kinds, departments))}{order}"


def _kind_words(prefix: str, kinds: KindsFile) -> str:
    kind = kinds.of(prefix)
    if kind:
        return kind.name
    return next((k.klass for k in kinds.kinds if k.code.startswith(prefix)), prefix)


def _word_words(words: Words) -> str:
    said = [
        (_("写到："), "、".join(words.all)),
        (_("写到其中之一："), "、".join(words.any)),
        (_("没有写到："), "、".join(words.none)),
    ]
    return "，".join(label + text for label, text in said if text)


def _time_words(times: Times) -> str:
    week = "、".join(str(WEEK[day - 1]) for day in times.weekdays)
    return " ".join(filter(None, [str(DAYS[times.days]), week, times.between.replace("-", "–")]))
