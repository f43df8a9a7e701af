"""What the audit administrator looks for. Ids and codes only: no names in addresses."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ketang.kernel.clock import BEIJING

USUAL_DAYS = 30  # a verb alone has no index: without a period this many days are looked through


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"])


class FilterForm(forms.Form):
    subject = forms.CharField(label=_("对象，如 case:12"), required=False, max_length=120)
    actor = forms.IntegerField(label=_("账号编号"), required=False, min_value=0, max_value=2**62)
    verb = forms.CharField(label=_("动作，如 reveal"), required=False, max_length=60)
    since = _day(_("从（含）"))
    until = _day(_("到（含）"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("“到”不能早于“从”。"))
        return data

    def wanted(self, today: date) -> dict[str, Any]:
        """The filter as ``audit.api.find`` takes it."""
        data = self.cleaned_data
        since, until = data["since"], data["until"]
        if data["verb"] and not (data["subject"] or data["actor"] is not None or since):
            since = (until or today) - timedelta(days=USUAL_DAYS)
        return {
            "subject": data["subject"],
            "actor_id": data["actor"],
            "verb": data["verb"],
            "since": _midnight(since) if since else None,
            "until": _midnight(until + timedelta(days=1)) if until else None,
        }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
