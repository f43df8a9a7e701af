"""The words of the loop as people read them; msgids are Chinese."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "reported": _("待受理"),
    "registered": _("待派单"),
    "dispatched": _("待签收"),
    "returned": _("退单待定"),
    "taken": _("办理中"),
    "checked": _("已核查"),
    "handled": _("待复核"),
    "reviewed": _("待答复"),
    "answered": _("已答复"),
    "followed_up": _("已回访"),
    "closed": _("已办结"),
    "merged": _("已合并"),
    "referred": _("已导出"),
}
CHANNELS = {
    "resident": _("居民上报"),
    "window": _("窗口登记"),
    "phone": _("电话登记"),
    "patrol": _("巡查上报"),
    "hotline": _("12345 热线"),
    "province": _("上级转办"),
    "inspection": _("检查发现"),
    "sensor": _("设备告警"),
    "other": _("其他"),
}
PRIORITIES = {1: _("特急"), 2: _("紧急"), 3: _("一般"), 4: _("不急")}
VIEWS = {
    "all": _("全部"),
    "new": _("待派单"),
    "returned": _("被退回"),
    "review": _("待复核"),
    "support": _("协办"),
    "suspended": _("挂账"),
    "escalated": _("已升级"),
    "unsorted": _("待分类"),
}
CLOCKS = {
    "respond": _("先行联系"),
    "resolve": _("办结"),
    "register": _("受理"),
    "lead": _("主办"),
    "support": _("协办"),
    "appoint": _("指定主办"),
    "rating_followup": _("差评回访"),
}
VERBS_OF_STEP = {"report": _("上报"), "settle": _("当场办结")}
OUTCOMES = {
    "pass": _("合格"),
    "fail": _("不合格，退回重办"),
    "satisfied": _("满意"),
    "dissatisfied": _("不满意"),
    "unreachable": _("联系不上"),
    "yes": _("同意"),
    "no": _("不同意"),
}
REVIEW_BY = {"photo": _("看照片"), "phone": _("打电话"), "site": _("到现场"), "none": _("看记录")}
APPROVALS = {"extend": _("延期"), "suspend": _("挂账"), "explain": _("依法说明")}
PARTS = {"reporter": _("反映人"), "behalf_of": _("代为反映的人")}
FIELDS = {"name": _("姓名"), "phone": _("电话"), "id": _("证件号"), "address": _("住址"), "spot": _("地点"),
          "body": _("正文中的号码")}  # fmt: skip
