"""Logging in: staff by password with a lockout, residents by code, and out again."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user

from ketang.core.accounts import book, sms
from ketang.core.accounts.actions import codes, passwords
from ketang.core.accounts.models import Account, OneTimeCode
from ketang.core.accounts.testing import PASSWORD, login, make_resident, make_staff, verbs_of
from ketang.core.accounts.types import CodeWrong, LoginRefused, PhoneWrong, Role
from ketang.core.sealed import unseal
from ketang.kernel import clock
from ketang.kernel.errors import TooMany

pytestmark = pytest.mark.django_db
PHONE, HERE = "13957512345", "203.0.113.7"


def enter(client, account, password=PASSWORD, **more):
    return client.post("/login", {"username": account.username, "password": password, **more})


def who(client):
    return get_user(client)


def test_staff_log_in_with_name_and_password_and_go_where_they_were_going(client):
    account = make_staff(Role.DISPATCHER)
    response = enter(client, account, next="/me?x=1")
    assert response.status_code == 302
    assert response["Location"] == "/me?x=1"
    assert who(client) == account


def test_the_session_is_a_new_one_after_the_login(client):
    client.get("/login?next=/me")
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    enter(client, make_staff(Role.DISPATCHER))
    assert client.cookies["sessionid"].value != session.session_key


@pytest.mark.parametrize(
    "outside", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_the_way_back_stays_in_this_house(client, outside):
    assert enter(client, make_staff(Role.DISPATCHER), next=outside)["Location"] == "/"


def test_an_administrator_lands_on_their_own_pages(client):
    assert enter(client, make_staff(Role.SECURITY_ADMIN))["Location"] == "/admin/posts"


def test_a_wrong_password_says_so_without_saying_which_was_wrong(client):
    wrong = enter(client, make_staff(Role.DISPATCHER), "wrong")
    unknown = client.post("/login", {"username": "nobody", "password": "wrong"})
    sentence = "账号或口令不对"
    assert wrong.status_code == unknown.status_code == 400
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert not who(client).is_authenticated


def test_empty_fields_are_named(client):
    response = client.post("/login", {})
    assert response.status_code == 400
    assert "id_username" in response.content.decode()


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one():
    account, now = make_staff(Role.DISPATCHER), clock.now()
    for _ in range(book.rules().password.failures):
        with pytest.raises(LoginRefused):
            passwords.check_login(account.username, "wrong", HERE, now)
    with pytest.raises(LoginRefused):
        passwords.check_login(account.username, PASSWORD, HERE, now)
    assert "login.lock" in verbs_of(f"account:{account.pk}")
    later = now + timedelta(minutes=book.rules().password.locked_minutes)
    assert passwords.check_login(account.username, PASSWORD, HERE, later) == account


def test_four_wrong_and_one_right_start_the_counter_again(client):
    account = make_staff(Role.DISPATCHER)
    for _ in range(2):
        for _ in range(4):
            enter(client, account, "wrong")
        assert enter(client, account).status_code == 302
    account.refresh_from_db()
    assert account.failures == 0


def test_an_address_that_guesses_is_slowed_down_whatever_name_it_tries():
    now = clock.now()
    for n in range(book.rules().password.per_address_per_minute):
        with pytest.raises(LoginRefused):
            passwords.check_login(f"name{n}", "x", HERE, now)
    with pytest.raises(TooMany):
        passwords.check_login("other", "x", HERE, now)
    with pytest.raises(LoginRefused):
        passwords.check_login("other", "x", "198.51.100.9", now)


def test_too_many_answers_429_with_the_seconds_to_wait(client, monkeypatch):
    monkeypatch.setattr("ketang.core.accounts.limits.hit", lambda *args: 10_000)
    response = client.post("/login", {"username": "a", "password": "b"})
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60


def test_a_resident_does_not_log_in_by_password(client):
    account = make_resident(PHONE)
    account.set_password(PASSWORD)
    account.save()
    assert enter(client, account).status_code == 400


def test_a_closed_account_does_not_log_in(client):
    account = make_staff(Role.DISPATCHER)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert enter(client, account).status_code == 400


def test_logging_out_ends_the_session_and_leaves_a_trace(client):
    account = login(client, Role.DISPATCHER)
    assert client.post("/logout")["Location"] == "/login"
    assert not who(client).is_authenticated
    assert verbs_of(f"account:{account.pk}") == {"logout"}


def test_logging_out_needs_a_post(client):
    login(client, Role.DISPATCHER)
    assert client.get("/logout").status_code == 405
    assert who(client).is_authenticated


def test_a_new_password_ends_other_logins_but_not_this_one(client, django_user_model):
    account = login(client, Role.DISPATCHER)
    other = type(client)()
    other.force_login(account)
    sent = {"old": PASSWORD, "password": "another long one 7"}
    assert client.post("/me/password", sent).status_code == 302
    assert who(client) == account
    assert not who(other).is_authenticated


@pytest.mark.parametrize(
    ("old", "new", "word"), [("wrong", "another long one 7", "原口令不对"), (PASSWORD, "short", "10")]
)
def test_a_bad_change_of_password_says_what_is_wrong(client, old, new, word):
    login(client, Role.DISPATCHER)
    response = client.post("/me/password", {"old": old, "password": new})
    assert response.status_code == 400
    assert word in response.content.decode()


# Residents


def test_a_code_logs_a_new_resident_in_and_the_phone_is_sealed(client, monkeypatch):
    sent = {}
    monkeypatch.setattr(sms, "send", lambda phone, text: sent.update({phone: text}))
    page = client.post("/login/phone", {"phone": "139 5751 2345", "next": "/me"})
    assert page.status_code == 200
    code = sent[PHONE].split("验证码 ")[1][:6]
    assert code not in page.content.decode()
    response = client.post("/login/code", {"phone": PHONE, "code": code, "next": "/me"})
    assert response["Location"] == "/me"
    account = who(client)
    assert account.kind == "resident"
    assert PHONE not in str(account.__dict__)
    assert unseal("accounts.Account.phone_sealed", account.phone_sealed) == PHONE


def test_the_demo_shows_the_code_on_the_page(client, settings):
    settings.DEMO = True
    page = client.post("/login/phone", {"phone": PHONE})
    assert "验证码是" in page.content.decode()


def test_a_code_is_not_stored_in_the_clear():
    code = codes.ask_code(PHONE, HERE, clock.now())
    row = OneTimeCode.objects.get()
    assert code not in row.code_hash
    assert PHONE not in row.phone_index


def test_the_same_phone_is_the_same_resident():
    now = clock.now()
    first = codes.check_code(PHONE, codes.ask_code(PHONE, HERE, now), HERE, now)
    second = codes.check_code("+86 13957512345", codes.ask_code(PHONE, HERE, now), HERE, now)
    assert first == second


def test_a_code_works_once():
    now = clock.now()
    code = codes.ask_code(PHONE, HERE, now)
    codes.check_code(PHONE, code, HERE, now)
    with pytest.raises(CodeWrong):
        codes.check_code(PHONE, code, HERE, now)


def test_a_code_runs_out_after_five_minutes():
    now = clock.now()
    code = codes.ask_code(PHONE, HERE, now)
    with pytest.raises(CodeWrong):
        codes.check_code(PHONE, code, HERE, now + timedelta(minutes=5))


def test_after_five_wrong_tries_the_right_code_is_refused_too():
    now = clock.now()
    code = codes.ask_code(PHONE, HERE, now)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(CodeWrong):
            codes.check_code(PHONE, wrong, HERE, now)
    with pytest.raises(CodeWrong):
        codes.check_code(PHONE, code, HERE, now)


def test_a_code_is_for_its_own_phone():
    now = clock.now()
    code = codes.ask_code(PHONE, HERE, now)
    while codes.ask_code("13800000000", HERE, now) == code:
        pass  # one in a million
    with pytest.raises(CodeWrong):
        codes.check_code("13800000000", code, HERE, now)


def test_a_phone_gets_three_messages_in_ten_minutes():
    now = clock.now()
    for n in range(3):
        codes.ask_code(PHONE, f"198.51.100.{n}", now)
    with pytest.raises(TooMany) as refused:
        codes.ask_code(PHONE, "198.51.100.99", now)
    assert 0 < refused.value.params["retry_after"] <= 600


@pytest.mark.parametrize("phone", ["", "123", "0575-82212345", "139575123456", "<script>"])
def test_what_is_no_mobile_number_is_refused_with_a_sentence(client, phone):
    with pytest.raises(PhoneWrong):
        codes.ask_code(phone, HERE, clock.now())
    assert client.post("/login/phone", {"phone": phone}).status_code == 400
    assert not OneTimeCode.objects.exists()


def test_a_wrong_code_keeps_the_phone_on_the_page(client):
    client.post("/login/phone", {"phone": PHONE})
    page = client.post("/login/code", {"phone": PHONE, "code": "12"})
    assert page.status_code == 400
    assert PHONE in page.content.decode()
    assert "验证码不对" in page.content.decode()


def test_a_sender_that_fails_is_told_as_unavailable(client, settings):
    settings.SMS = "ketang.nowhere.Sender"
    response = client.post("/login/phone", {"phone": PHONE})
    assert response.status_code == 503
    assert "短信" in response.content.decode()


def test_the_log_sender_masks_the_phone(capsys):
    sms.LogSender().send(PHONE, "文字")
    assert PHONE not in capsys.readouterr().out
