from dataclasses import replace

import pytest

from ketang.config.keychange import left_behind, seal_anew
from ketang.core.accounts.models import Account
from ketang.core.sealed import about_of, sealed_columns
from ketang.kernel.clock import now
from ketang.kernel.crypto import throwaway_keys

pytestmark = pytest.mark.django_db
ABOUT = "accounts.Account.phone_sealed"


@pytest.fixture
def rings():
    old = throwaway_keys()
    return old, replace(old, data={**old.data, "new": b"n" * 16})


def account(ring, number, phone):
    return Account.objects.create(
        username=f"u{number}", created_at=now(), phone_sealed=ring.seal(phone, ABOUT), phone_index=f"{number}"
    )


def phones(ring):
    return [ring.open(a.phone_sealed, ABOUT) for a in Account.objects.order_by("id")]


def test_every_value_is_sealed_with_the_new_key_and_reads_the_same(rings, monkeypatch):
    old, new = rings
    monkeypatch.setattr("ketang.config.keychange.BATCH", 3)
    for number in range(8):
        account(old, number, f"1385751234{number}")
    before = phones(old)
    assert left_behind("new") == 8
    assert seal_anew(new) == (8, [])
    assert left_behind("new") == 0
    assert phones(replace(new, data={"new": b"n" * 16})) == before


def test_a_second_run_finds_nothing_to_do(rings):
    old, new = rings
    account(old, 1, "13857512341")
    seal_anew(new)
    assert seal_anew(new) == (0, [])


def test_a_value_changed_meanwhile_is_not_overwritten(rings, monkeypatch):
    old, new = rings
    one = account(old, 1, "13857512341")
    original = type(new).open

    def open_and_be_overtaken(ring, sealed, about):
        Account.objects.filter(pk=one.pk).update(phone_sealed=old.seal("13900000000", ABOUT))
        return original(ring, sealed, about)

    monkeypatch.setattr(type(new), "open", open_and_be_overtaken)
    assert seal_anew(new)[0] == 0
    monkeypatch.undo()
    seal_anew(new)
    assert phones(new) == ["13900000000"]


def test_what_does_not_open_is_named_and_left_alone(rings):
    old, new = rings
    one = account(replace(old, data={"lost": b"l" * 16}), 1, "13857512341")
    sealed = one.phone_sealed
    assert seal_anew(new) == (0, [f"{ABOUT} {one.pk}"])
    one.refresh_from_db()
    assert one.phone_sealed == sealed


def test_every_sealed_column_of_the_house_is_found():
    found = {about_of(model, column) for model, columns in sealed_columns() for column in columns}
    assert {ABOUT, "cases.Party.name_sealed", "cases.Case.body_secrets", "cases.Step.text_secrets"} <= found
