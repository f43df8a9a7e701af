"""The try-it-out box."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ketang.core.areas import api as areas
from ketang.core.cases.playbook import KindsFile
from ketang.core.cases.types import Channel
from ketang.core.playbooks import api as playbooks
from ketang.governance.routing.words import CHANNELS


class TryForm(forms.Form):
    """A report that is only tried, never kept; sent by POST so that no text stands in an address."""

    text = forms.CharField(
        label=_("写的是什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=True
    )
    area = forms.ChoiceField(label=_("镇街"), required=False)
    kind = forms.ChoiceField(label=_("事项"), required=False)
    channel = forms.ChoiceField(label=_("来自"), initial=Channel.RESIDENT.value)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        towns = areas.children(areas.district_code())
        kinds = playbooks.current().section(KindsFile).classes()
        options = [(name, [(k.code, k.name) for k in leaves]) for name, leaves in kinds.items()]
        self._choose("area", [("", _("不知道")), *((town.code, town.name) for town in towns)])
        self._choose("kind", [("", _("不知道，由文字识别")), *options])
        self._choose("channel", [(c.value, CHANNELS[c]) for c in Channel])

    def _choose(self, name: str, choices: list[tuple[object, object]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices
