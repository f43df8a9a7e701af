import io

import pytest
from django.test import Client

from ketang.core.accounts.testing import login, make_person
from ketang.core.files import api, queries
from ketang.core.files.models import File
from ketang.core.files.testing import photo, photo_bytes, upload
from ketang.kernel import clock
from ketang.shell import csp

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def guards(monkeypatch):
    monkeypatch.setattr(
        queries, "_guards", {"case": lambda person, case_id: person.has("dispatcher") and case_id == 1}
    )


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def send(client, sent, **more):
    return client.post("/files", {"file": sent, **more}, headers={"Accept": "application/json"})


def attached(sent=None, case_id=1):
    dispatcher = make_person("dispatcher")
    file_id = api.keep(sent or photo(), dispatcher.actor, now=clock.now())
    api.attach([file_id], "case", case_id, 1, clock.now())
    return file_id


def test_an_upload_answers_with_its_id_and_picture(client):
    response = send(client, photo())
    body = response.json()
    assert (response.status_code, body["kind"], body["thumb"]) == (201, "image", f"/files/{body['id']}/thumb")
    assert client.get(body["thumb"])["Content-Type"] == "image/webp"


def test_another_browser_does_not_see_what_waits(client):
    body = send(client, photo()).json()
    assert Client(raise_request_exception=False).get(body["url"]).status_code == 404


def test_a_resend_from_the_same_browser_is_the_same_file(client):
    assert send(client, photo()).json()["id"] == send(client, photo()).json()["id"]


def test_a_page_named_jpg_is_refused_with_a_sentence(client):
    response = send(client, upload("照片.jpg", b"<!doctype html><script>alert(1)</script>"))
    assert response.status_code == 400
    assert "网页或程序" in response.json()["error"]["message"]


def test_a_post_without_a_file_says_so(client):
    response = client.post("/files", {}, headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "file")


def test_a_file_over_the_limit_is_stopped_while_it_arrives(client, settings):
    settings.MAX_UPLOAD_BYTES = 100_000
    response = send(client, upload("big.jpg", b"\xff\xd8\xff" + b"\0" * 300_000))
    assert response.status_code == 413
    assert "big.jpg" in response.json()["error"]["message"]
    assert not File.objects.exists()


def test_a_200_mb_photo_is_refused_by_its_announced_length(client, settings):
    settings.MAX_REQUEST_BYTES = 1000
    assert send(client, upload("big.jpg", b"\0" * 5000)).status_code == 413


def test_a_half_finished_upload_is_refused_without_a_trace(client):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + photo_bytes()[:500]
    )
    response = client.generic("POST", "/files", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert not File.objects.exists()


def test_somebody_without_a_login_is_limited(client):
    statuses = [
        client.post("/files", {}, headers={"Accept": "application/json"}).status_code for _ in range(25)
    ]
    assert statuses[0] == 400
    assert 429 in statuses


def test_who_may_see_the_case_sees_its_picture_sealed(client):
    login(client, "dispatcher")
    response = client.get(f"/files/{attached()}")
    assert response.status_code == 200
    assert response[csp.HEADER] == csp.SEALED
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("who", ["handler", "resident", "leader"])
@pytest.mark.parametrize("what", ["", "/thumb", "/thumb/1280"])
def test_out_of_scope_a_file_does_not_exist(client, who, what):
    file_id = attached()
    login(client, who)
    assert client.get(f"/files/{file_id}{what}").status_code == 404


def test_a_subject_without_a_guard_is_closed(client):
    login(client, "dispatcher")
    file_id = api.keep(photo(), make_person("dispatcher").actor, now=clock.now())
    api.attach([file_id], "mystery", 1, None, clock.now())
    assert client.get(f"/files/{file_id}").status_code == 404


def test_a_pdf_is_saved_and_never_shown(client):
    login(client, "dispatcher")
    response = client.get(f"/files/{attached(upload('合同.pdf', PDF))}")
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == PDF


def test_a_player_gets_the_range_it_asks_for(client):
    login(client, "dispatcher")
    response = client.get(f"/files/{attached(upload('a.pdf', PDF))}", headers={"Range": "bytes=0-4"})
    assert (response.status_code, response.content, response["Content-Range"]) == (
        206,
        b"%PDF-",
        f"bytes 0-4/{len(PDF)}",
    )


def test_a_removed_file_says_that_it_was_removed(client, django_capture_on_commit_callbacks):
    login(client, "dispatcher")
    file_id = attached()
    with django_capture_on_commit_callbacks(execute=True):
        api.remove([file_id], "保存期限已满", now=clock.now())
    response = client.get(f"/files/{file_id}", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "FileRemoved")


@pytest.mark.parametrize(
    "address", ["/files/1", "/files/../../etc/passwd", "/files/00000000-0000-0000-0000-000000000000"]
)
def test_an_address_that_names_no_file_finds_none(client, address):
    assert client.get(address).status_code == 404


def test_a_thumbnail_in_another_size_is_not_made(client):
    login(client, "dispatcher")
    assert client.get(f"/files/{attached()}/thumb/9999").status_code == 404


def test_an_unchanged_picture_is_not_sent_again(client):
    login(client, "dispatcher")
    address = f"/files/{attached()}/thumb"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_the_bytes_that_come_back_are_a_picture(client):
    from PIL import Image

    login(client, "dispatcher")
    content = b"".join(client.get(f"/files/{attached()}").streaming_content)
    assert Image.open(io.BytesIO(content)).size == (640, 480)
