"""我要反映, the receipt, the status page, 我的反映: works, wrong person, bad input, missing."""

import re
import threading

import pytest
from django.test import Client

from ketang.core.accounts.testing import GRID, login
from ketang.core.cases.models import Case, Party
from ketang.core.cases.types import Verb
from ketang.core.files import api as files
from ketang.core.files.testing import photo, upload
from ketang.core.sealed import unseal

BODY = "人民西路菜场门口路灯不亮，晚上看不见"


def send(client: Client, step: str = "send", **data: object) -> object:
    form = {"key": "k1", "body": BODY, "words": "", "phone": "", "name": "", "step": step}
    return client.post("/report", form | data)


def test_the_page_asks_for_one_sentence_and_says_why(client, here):
    page = client.get("/report").content.decode()
    assert "发生了什么？" in page
    assert "不用注册" in page
    assert "110、119、120" in page
    assert re.search(r'name="key" value="[0-9a-f]{32}"', page)


def test_a_report_is_written_checked_and_sent(client, here):
    checked = client.post(
        "/report", {"key": "k1", "body": BODY, "words": "菜场门口", "phone": "138 0013 8000"}
    )
    page = checked.content.decode()
    assert "请核对一下" in page
    assert "菜场门口" in page
    assert '<option value="E0702" selected>' in page
    sent = send(client, words="菜场门口", phone="13800138000", kind="E0702")
    case = Case.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == f"/receipt/{case.receipt}"
    assert case.kind == "E0702"
    assert unseal("cases.Party.phone_sealed", Party.objects.get().phone_sealed) == "13800138000"
    page = client.get(sent["Location"]).content.decode()
    assert case.receipt[:4] in page
    assert "13800138000" not in page


def test_the_same_post_twice_is_one_report_and_other_words_are_another(client, here):
    first, second = send(client), send(client)
    assert first["Location"] == second["Location"]
    send(client, body="另外一件：井盖破了")
    assert Case.objects.count() == 2


def test_going_back_keeps_every_word(client, here):
    page = send(client, step="edit", words="菜场", phone="13800138000", name="王小明").content.decode()
    assert BODY in page
    assert 'value="13800138000"' in page
    assert 'value="王小明"' in page
    assert Case.objects.count() == 0


def test_danger_shows_the_number_to_call_first(client, here):
    page = send(client, step="", body="楼上着火了，有人昏迷").content.decode()
    assert page.index("tel:119") < page.index("请核对一下")
    assert "tel:120" in page
    assert "tel:110" not in page


def test_without_a_phone_it_is_taken_and_without_words_it_is_not(client, here):
    assert send(client).status_code == 302
    empty = send(client, body="  ")
    assert empty.status_code == 400
    assert "error-summary" in empty.content.decode()


def test_a_matter_that_needs_two_sides_asks_for_a_contact(client, here):
    answer = send(client, kind="E0102", body="楼上邻居半夜噪声")
    assert answer.status_code == 400
    assert "请留联系电话" in answer.content.decode()
    assert send(client, kind="E0102", body="楼上邻居半夜噪声", phone="13800138000").status_code == 302


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("phone", "不告诉你", "不像电话号码"),
        ("body", "长" * 5001, "5000"),
        ("lat", "999", "定位不对"),
        ("lat", "x", "在哪里？：定位不对"),
        ("lon", "123.9", "定位不在本区"),
        ("kind", "E9999", "E9999"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field(client, here, field, value, sentence):
    answer = send(client, **{"lon": "120.8", "lat": "30.0", field: value})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert Case.objects.count() == 0


def test_sql_and_script_are_words(client, here):
    send(client, body="<script>alert(1)</script>'; DROP TABLE cases_case; --", words="<b>x</b>")
    case = Case.objects.get()
    page = client.get(f"/s/{case.receipt}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_area_code_of_an_old_sign_is_left_out(client, here):
    assert client.get("/report?area=999999").status_code == 200
    assert send(client, area="999999").status_code == 302


def test_too_many_reports_are_held_back_with_a_time(client, here):
    answers = [send(client, key=f"k{n}") for n in range(19)]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_status_page_says_who_has_it_and_never_a_clerk(client, here):
    case = here.dispatched()
    here.departments["市政"].desk_phone = "0575-82212345"
    here.departments["市政"].save()
    page = client.get(f"/s/{case.receipt}").content.decode()
    assert "市政" in page
    assert "0575-82212345" in page
    assert "某" not in page.replace("某某", "")
    assert "最迟" in page


def test_the_answer_is_read_and_rated_and_a_bad_rating_asks_for_a_call(client, here):
    case = here.closed()
    page = client.get(f"/s/{case.receipt}").content.decode()
    assert "灯已修好" in page
    form = {"key": "r1", "rating": "1", "text": "没修好"}
    rated = client.post(f"/s/{case.receipt}/rate", form, follow=True)
    assert "打电话回访" in rated.content.decode()
    client.post(f"/s/{case.receipt}/rate", form)
    case.refresh_from_db()
    assert case.rating == 1
    assert case.steps.filter(verb=Verb.RATE).count() == 1


def test_a_rating_before_the_answer_is_refused_with_a_sentence(client, here):
    case = here.dispatched()
    answer = client.post(f"/s/{case.receipt}/rate", {"rating": "5"})
    assert answer.status_code == 400
    assert "评价" in answer.content.decode()


def test_a_note_is_added_once(client, here):
    case = here.dispatched()
    for _ in range(2):
        client.post(f"/s/{case.receipt}/note", {"key": "n1", "text": "今晚更暗了，我电话13911112222"})
    note = case.steps.get(verb=Verb.NOTE)
    assert "13911112222" not in note.text
    assert client.post(f"/s/{case.receipt}/note", {"text": ""}).status_code == 400


def test_who_logs_in_later_is_told_of_progress(client, here):
    case = Case.objects.get(pk=here.report(phone="").id)
    assert "有进展告诉我" not in client.get(f"/s/{case.receipt}").content.decode()
    assert client.post(f"/s/{case.receipt}/follow").status_code == 302
    account = login(client, "resident")
    assert "有进展告诉我" in client.get(f"/s/{case.receipt}").content.decode()
    for _ in range(2):
        client.post(f"/s/{case.receipt}/follow")
    assert list(case.followers.values_list("account_id", flat=True)) == [account.pk]
    assert case.steps.filter(verb=Verb.FOLLOW).count() == 1
    assert client.post("/s/ABCDEFGHJKMN/follow").status_code == 404
    login(client, here.accounts["handler"])
    assert client.post(f"/s/{case.receipt}/follow").status_code == 403


def test_photos_come_along_without_script(client, here):
    checked = send(client, step="", photos=photo())
    kept = re.findall(r'name="photos_ids" value="([^"]+)"', checked.content.decode())
    assert len(kept) == 1
    send(client, photos_ids=kept)
    case = Case.objects.get()
    assert [str(file.id) for file in files.of("case", case.pk)] == kept


def test_a_script_named_jpg_is_refused_and_the_words_stay(client, here):
    answer = send(client, photos=upload("a.jpg", b"<script>alert(1)</script>"))
    assert answer.status_code == 400
    assert BODY in answer.content.decode()
    assert Case.objects.count() == 0


def test_an_unknown_receipt_is_not_found(client, here):
    assert client.get("/s/ABCDEFGHJKMN").status_code == 404
    assert client.get("/receipt/ABCDEFGHJKMN").status_code == 404
    answer = client.post("/s", {"receipt": "ABCD EFGH JKMN"})
    assert answer.status_code == 400
    assert "没有这个查询码" in answer.content.decode()


def test_who_keeps_guessing_receipts_is_held_back(client, here):
    answers = [client.get(f"/s/ABCDEFGHJK{n:02d}").status_code for n in range(22)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_receipt_is_found_however_it_is_typed(client, here):
    receipt = here.report().receipt
    typed = " ".join(receipt[n : n + 4] for n in range(0, 12, 4)).lower()
    assert client.post("/s", {"receipt": typed})["Location"] == f"/s/{receipt}"


def test_mine_shows_my_reports_and_nobody_elses(client, here):
    mine = here.report()
    login(client, here.accounts["resident"])
    assert mine.receipt in client.get("/mine").content.decode()
    other = Client()
    login(other, "resident")
    assert mine.receipt not in other.get("/mine").content.decode()


def test_mine_is_for_residents_logged_in(client, here):
    assert client.get("/mine").status_code == 302
    login(client, here.accounts["handler"])
    assert client.get("/mine").status_code == 403


def test_a_resident_logged_in_is_the_reporter(client, here):
    login(client, here.accounts["resident"])
    send(client)
    case = Case.objects.get()
    assert case.reporter_id == here.accounts["resident"].pk
    assert case.reachable


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_the_same_moment_are_one_report():
    from ketang.core.cases.testing import make_district

    make_district()
    answers: list[object] = []

    def post() -> None:
        from django.db import connection

        # Threads share one in-memory SQLite, whose locks do not wait: who is told 503 sends the same again.
        answer = send(Client())
        while answer.status_code == 503:
            answer = send(Client())
        answers.append(answer)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == 1
    assert {answer.status_code for answer in answers} == {302}


def test_the_area_of_a_sign_stands_on_the_case(client, here):
    from ketang.core.areas import testing as areas

    areas.plant()
    send(client, area=areas.GRID)
    assert Case.objects.get().grid == areas.GRID
    assert GRID != areas.GRID
