"""我的任务 and the one-screen short path, for a phone in one hand."""

import secrets

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person, Role
from ketang.core.cases import book as books
from ketang.core.cases.actions.short import settle
from ketang.core.cases.queries import Filters, work_list
from ketang.core.cases.rules import DESK_ROLES
from ketang.core.cases.types import Channel, NewCase, Spot
from ketang.core.cases.web import show
from ketang.core.cases.web.pages import WORKERS
from ketang.core.files.web.forms import FilesField, take_uploads
from ketang.kernel import clock
from ketang.kernel.errors import KetangError
from ketang.shell.trouble import sentence

TODAY = 7
FIELD_AND_DESK = (
    Role.GRID_WORKER, Role.GRID_HEAD, Role.VILLAGE_DESK, Role.TOWN_CENTRE, Role.WINDOW_CLERK, Role.DISPATCHER,
)  # fmt: skip


@accounts.needs(*WORKERS)
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """The next things to do, urgent first, seven at most unless they are urgent: a day has an end."""
    person, now, book = accounts.person_of(request), clock.now(), books.current()
    found = work_list(accounts.scope_of(person, now=now), Filters())
    urgent = [case for case in found if case.priority <= 2 or now >= case.yellow_at]
    rest = [case for case in found if case not in urgent]
    shown = urgent + rest[: max(0, TODAY - len(urgent))]
    context = {
        "rows": [show.row(case, book, now) for case in shown],
        "more": len(found) > len(shown),
        "may_settle": person.has(*FIELD_AND_DESK),
    }
    return render(request, "cases/tasks.html", context)


class ShortForm(forms.Form):
    """Found, done and closed: one choice, one sentence, photos if they help."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    way = forms.ChoiceField(
        label=_("办法"),
        choices=[("short", _("当场办好")), ("query", _("咨询，当场答复"))],
        initial="short",
        required=False,
    )
    kind = forms.ChoiceField(label=_("什么事"))
    body = forms.CharField(
        label=_("哪里、怎么样"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "data-draft": ""})
    )
    done = forms.CharField(label=_("怎么办的"), max_length=500, initial=_("已当场处理"))
    photos = FilesField(label=_("照片（可不传）"), required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)

    def __init__(self, *args: object, at_desk: bool, **kwargs: object) -> None:
        """``at_desk``: whoever sits there may also answer a question (咨询)."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not at_desk:
            del self.fields["way"]
        kinds = books.current().kinds.values()
        often = [kind for kind in kinds if kind.profile == "short"]
        others = [kind for kind in kinds if kind.profile != "short" and not kind.secrecy and not kind.exit]
        groups = [
            (_t("常见"), [(k.code, k.name) for k in often]),
            (_t("其他"), [(k.code, k.name) for k in others]),
        ]
        self.fields["kind"].choices = groups  # type: ignore[attr-defined]


@accounts.needs(*FIELD_AND_DESK)
@require_http_methods(["GET", "POST"])
def short(request: HttpRequest) -> HttpResponse:
    """即办件 on one screen."""
    person = accounts.person_of(request)
    data = take_uploads(request, "photos") if request.method == "POST" else None
    form = ShortForm(data, at_desk=person.has(*DESK_ROLES), initial={"key": secrets.token_hex(16)})
    if request.method == "POST" and form.is_valid():
        try:
            way = form.cleaned_data.get("way") or "short"
            ref = settle(_new(form, person), form.cleaned_data["done"], person, clock.now(), profile=way)
        except KetangError as situation:
            form.add_error(situation.field if situation.field in form.fields else None, sentence(situation))
        else:
            messages.success(request, _t("已办结 %(number)s") % {"number": ref.number})
            return redirect("tasks")
    status = 400 if request.method == "POST" else 200
    return render(request, "cases/short.html", {"form": form}, status=status)


def _new(form: ShortForm, person: Person) -> NewCase:
    data = form.cleaned_data
    area = next((post.area for post in person.posts if post.area), "")
    here = data.get("lon") is not None and data.get("lat") is not None
    spot = Spot(lon=data["lon"], lat=data["lat"]) if here else Spot(area=area)
    channel = Channel.WINDOW if data.get("way") == "query" else Channel.PATROL
    return NewCase(body=data["body"], channel=channel, kind=data["kind"], spot=spot,
                   files=tuple(data.get("photos") or ()), request_key=data.get("key") or "")  # fmt: skip
