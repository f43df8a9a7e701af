import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from ketang.core.files import api
from ketang.core.files.testing import photo, upload
from ketang.core.files.web.forms import FilesField, take_uploads

pytestmark = pytest.mark.django_db


class Report(forms.Form):
    body = forms.CharField(label="经过")
    photos = FilesField(required=False, most=2)


def posted(*files, **fields):
    request = RequestFactory().post("/report", {"photos": list(files), **fields})
    request.user = AnonymousUser()
    return request


def form_of(request):
    return Report(take_uploads(request, "photos"))


def test_a_form_without_script_keeps_its_files():
    form = form_of(posted(photo(), body="井盖裂了"))
    assert form.is_valid()
    assert len(form.cleaned_data["photos"]) == 1


def test_a_mistake_in_another_field_loses_no_file():
    form = form_of(posted(photo()))
    assert not form.is_valid()
    kept = form.data.getlist("photos_ids")[0]
    assert f'name="photos_ids" value="{kept}"' in form.as_div()


def test_a_refused_file_is_an_error_of_its_field_and_the_good_one_stays():
    form = form_of(posted(photo(), upload("x.jpg", b"<html>"), body="井盖裂了"))
    assert not form.is_valid()
    assert "网页或程序" in form.errors["photos"][0]
    assert len(form.data.getlist("photos_ids")) == 1


def test_more_than_allowed_is_said():
    form = form_of(posted(*(photo(colour=n) for n in range(3)), body="井盖裂了"))
    assert "最多 2 个" in form.errors["photos"][0]


def test_an_id_that_is_none_is_dropped():
    form = form_of(posted(body="井盖裂了", photos_ids="../../etc"))
    assert form.is_valid()
    assert form.cleaned_data["photos"] == ()


def test_the_field_is_labelled_and_described():
    html = Report().as_div()
    assert '<label for="id_photos">' in html
    assert 'type="file"' in html
    assert "multiple" in html


def test_waiting_files_are_those_not_yet_sent():
    request = posted(photo(), body="x")
    data = take_uploads(request, "photos")
    assert [f.id for f in api.waiting(data.getlist("photos_ids"))] == data.getlist("photos_ids")
