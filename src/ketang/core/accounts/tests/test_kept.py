"""A login that ran out while writing keeps the text, for the same browser, sealed, for an hour."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ketang.core.accounts import kept
from ketang.core.accounts.models import KeptForm
from ketang.core.accounts.testing import PASSWORD, login, make_staff
from ketang.core.accounts.types import Role
from ketang.kernel import clock

pytestmark = pytest.mark.django_db
WRITTEN = {"name": "新名字 <b>电话 13957512345</b>", "csrfmiddlewaretoken": "x"}


def interrupted(client, account, data=None, **more):
    """A rename by somebody whose login ran out."""
    client.logout()
    return client.post(f"/admin/staff/{account.pk}/name", data or WRITTEN, **more)


@pytest.fixture
def admin():
    return make_staff(Role.SYSTEM_ADMIN)


@pytest.fixture
def colleague():
    return make_staff(Role.HANDLER)


def test_the_text_comes_back_after_the_login_and_goes_through(client, admin, colleague):
    client.force_login(admin)
    away = interrupted(client, colleague, HTTP_REFERER=f"http://testserver/admin/staff/{colleague.pk}")
    assert away.status_code == 302
    assert away["Location"].startswith("/login?next=%2Fadmin%2Fstaff%2F")
    assert "替您留着" in client.get(away["Location"]).content.decode()
    back = client.post("/login", {"username": admin.username, "password": PASSWORD})
    assert back["Location"] == "/kept"
    page = client.get("/kept").content.decode()
    assert "新名字 &lt;b&gt;" in page
    assert f'action="/admin/staff/{colleague.pk}/name"' in page
    again = {**WRITTEN, kept.CONTINUED: "1"}
    assert client.post(f"/admin/staff/{colleague.pk}/name", again).status_code == 302
    colleague.refresh_from_db()
    assert colleague.name.startswith("新名字")
    assert not KeptForm.objects.exists()
    assert client.get("/kept").status_code == 404


def test_what_is_kept_is_sealed_and_holds_no_token_or_password(client, admin, colleague):
    interrupted(client, colleague, {**WRITTEN, "password": "secret phrase"})
    row = KeptForm.objects.get()
    assert "新名字" not in row.body_sealed
    found = dict(kept.kept_for(_request(client), clock.now()).fields)
    assert set(found) == {"name"}


def _request(client):
    from django.test import RequestFactory

    request = RequestFactory().get("/kept")
    request.session = client.session
    return request


def test_another_browser_does_not_see_it(client, admin, colleague):
    interrupted(client, colleague)
    other = Client()
    other.force_login(admin)
    assert other.get("/kept").status_code == 404


def test_after_an_hour_it_is_gone(client, admin, colleague):
    interrupted(client, colleague)
    later = clock.now() + timedelta(minutes=61)
    assert kept.kept_for(_request(client), later) is None
    assert kept.tidy(later) == 1


def test_files_are_not_kept_and_the_page_says_so(client, admin, colleague):
    photo = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff", "image/jpeg")
    interrupted(client, colleague, {"name": "有图", "photo": photo})
    client.post("/login", {"username": admin.username, "password": PASSWORD})
    assert "请回到原来的页面重新添加" in client.get("/kept").content.decode()


def test_it_can_be_thrown_away(client, admin, colleague):
    interrupted(client, colleague)
    client.force_login(admin)
    assert client.post("/kept/drop").status_code == 302
    assert not KeptForm.objects.exists()


def test_a_form_that_fails_again_is_still_kept(client, admin, colleague):
    interrupted(client, colleague, {"name": ""})
    interrupted(client, colleague)
    client.post("/login", {"username": admin.username, "password": PASSWORD})
    sent = {"name": "", kept.CONTINUED: "1"}
    assert client.post(f"/admin/staff/{colleague.pk}/name", sent).status_code == 400
    assert client.get("/kept").status_code == 200


def test_a_reader_is_sent_to_the_login_and_nothing_is_kept(client, colleague):
    response = client.get(f"/admin/staff/{colleague.pk}?tab=2")
    assert response["Location"] == f"/login?next=%2Fadmin%2Fstaff%2F{colleague.pk}%3Ftab%3D2"
    assert not KeptForm.objects.exists()


def test_a_flood_of_forms_is_not_kept(client, colleague):
    for _ in range(kept.PER_MINUTE + 5):
        interrupted(client, colleague)
    assert KeptForm.objects.count() <= kept.PER_MINUTE * 2  # two windows at most


def test_a_partial_page_is_told_to_go_to_the_login(client, colleague):
    response = client.post(f"/admin/staff/{colleague.pk}/name", WRITTEN, HTTP_HX_REQUEST="true")
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/login?next=")


def test_the_wrong_role_gets_403_and_nothing_is_kept(client, colleague):
    login(client, Role.HANDLER)
    assert client.post(f"/admin/staff/{colleague.pk}/name", WRITTEN).status_code == 403
    assert not KeptForm.objects.exists()
