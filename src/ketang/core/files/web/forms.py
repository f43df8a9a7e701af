"""Files in a form, with and without script.

With script every file goes to POST /files as it is chosen and the form carries ids. Without, the form itself
carries the files: `take_uploads` keeps them first, so that a mistake in another field loses none::

    form = ReportForm(take_uploads(request, "photos"))
    ...
    files.attach(form.cleaned_data["photos"], "case", case.id, step_seq, now)
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.api import person_of
from ketang.core.files import api
from ketang.core.files.rules import is_id
from ketang.core.files.web.mine import mine, remember
from ketang.kernel import clock
from ketang.kernel.errors import KetangError
from ketang.shell.trouble import sentence as sentence

PHOTOS = "image/*,.heic,.heif"
EVERYTHING = "image/*,.heic,.heif,audio/*,application/pdf"


@dataclass(frozen=True, slots=True)
class Given:
    """What a form brought: ids of kept files, and why others were not kept."""

    ids: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class FilesInput(forms.Widget):
    template_name = "shell/forms/files.html"
    needs_multipart_form = True

    def __init__(self, accept: str, most: int, capture: bool = False) -> None:
        super().__init__()
        self.accept, self.most, self.capture = accept, most, capture

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Given:
        if not hasattr(data, "getlist"):
            return Given(tuple(data.get(f"{name}_ids", ())))
        return Given(tuple(data.getlist(f"{name}_ids")), tuple(data.getlist(f"{name}_errors")))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        ids = [i for i in value.ids if is_id(i)] if isinstance(value, Given) else []
        context["widget"] |= {
            "kept": api.waiting(ids) if ids else [],
            "accept": self.accept,
            "most": self.most,
            "limit_mb": settings.MAX_UPLOAD_BYTES // 1024 // 1024,
            "capture": self.capture,
        }
        return context


class FilesField(forms.Field):
    """Cleans to a tuple of file ids. ``required=True`` asks for at least one."""

    def __init__(
        self, *, most: int = 9, accept: str = EVERYTHING, capture: bool = False, **options: Any
    ) -> None:
        options.setdefault("label", _("照片、录音或 PDF"))
        super().__init__(widget=FilesInput(accept, most, capture), **options)
        self.most = most

    def clean(self, value: Any) -> tuple[str, ...]:
        given = value if isinstance(value, Given) else Given()
        ids = tuple(dict.fromkeys(i for i in given.ids if is_id(i)))
        if given.errors:
            raise forms.ValidationError(list(given.errors))
        if len(ids) > self.most:
            raise forms.ValidationError(gettext("最多 %(n)s 个，请去掉几个。") % {"n": self.most})
        if self.required and not ids:
            raise forms.ValidationError(gettext("请至少选一个文件。"))
        return ids


def take_uploads(request: HttpRequest, *names: str) -> QueryDict:
    """Keep the files a form carried itself and return its data with their ids (and what was refused)."""
    data = request.POST.copy()
    person, now, own = person_of(request), clock.now(), mine(request)
    for name in names:
        for sent in request.FILES.getlist(name):
            try:
                share = request.POST.get("share_position") == "on"
                kept = api.keep(sent, person.actor, share_position=share, now=now, mine=own)
                data.appendlist(f"{name}_ids", kept)
            except KetangError as error:
                data.appendlist(f"{name}_errors", sentence(error))
    return data


def remember_uploads(
    request: HttpRequest, response: HttpResponse, data: QueryDict, *names: str
) -> HttpResponse:
    """Let this browser see its own kept pictures while it corrects the form (nobody is logged in)."""
    ids = [i for name in names for i in data.getlist(f"{name}_ids") if is_id(i)]
    if ids:
        remember(request, response, ids)
    return response
