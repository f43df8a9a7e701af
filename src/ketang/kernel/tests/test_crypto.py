import stat
from dataclasses import replace

import pytest

from ketang.kernel.crypto import (
    CannotOpen,
    KeysMissing,
    add_data_key,
    create_keys,
    load_keys,
    retire_data_keys,
    throwaway_keys,
)

ABOUT = "cases.Party.phone_sealed"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("KETANG_DATA_KEYS", "KETANG_INDEX_KEY", "KETANG_AUDIT_KEY", "KETANG_SESSION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_sealed_value_opens_again_and_never_looks_the_same_twice(folder):
    ring = load_keys(folder)
    one, two = ring.seal("13857512345", ABOUT), ring.seal("13857512345", ABOUT)
    assert one != two
    assert ring.open(one, ABOUT) == ring.open(two, ABOUT) == "13857512345"
    assert one.startswith(ring.current + ".")


def test_a_value_moved_to_another_column_does_not_open(folder):
    ring = load_keys(folder)
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("张三", ABOUT), "cases.Party.name_sealed")


@pytest.mark.parametrize("position", [0, 5, 14, -5])
def test_a_changed_byte_does_not_open(folder, position):
    ring = load_keys(folder)
    key_id, _, body = ring.seal("张三", ABOUT).partition(".")
    changed = list(body)
    changed[position] = "A" if changed[position] != "A" else "B"
    with pytest.raises(CannotOpen):
        ring.open(f"{key_id}.{''.join(changed)}", ABOUT)


def test_garbage_is_told_apart_from_a_crash(folder):
    with pytest.raises(CannotOpen):
        load_keys(folder).open("not sealed at all", ABOUT)


def test_the_blind_index_is_stable_and_differs_by_what_it_is_about(folder):
    ring = load_keys(folder)
    assert ring.blind("13857512345", "phone") == ring.blind("13857512345", "phone")
    assert ring.blind("13857512345", "phone") != ring.blind("13857512345", "id")


def test_key_files_are_for_the_owner_alone_and_stay_when_created_twice(folder):
    before = {p.name: p.read_text() for p in folder.iterdir()}
    assert create_keys(folder) == []
    assert {p.name: p.read_text() for p in folder.iterdir()} == before
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}


def test_data_and_index_and_audit_keys_have_ids_of_their_own(folder):
    ring = load_keys(folder)
    assert len({ring.current, ring.index_id, ring.audit_id}) == 3
    assert ring.index != ring.audit


def test_the_environment_overrides_the_files(folder, monkeypatch):
    monkeypatch.setenv("KETANG_DATA_KEYS", "old:MDAwMDAwMDAwMDAwMDAwMA==,new:MTExMTExMTExMTExMTExMQ==")
    ring = load_keys(folder)
    assert ring.current == "new"
    assert ring.data["old"] == b"0" * 16


def test_what_the_environment_gives_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_INDEX_KEY", "i:" + "MDAw")
    assert "index.key" not in create_keys(tmp_path)


def test_without_keys_nothing_is_written_and_the_ring_says_what_is_missing(tmp_path):
    ring = load_keys(tmp_path)
    assert ring.missing == ["data", "index", "audit", "session"]
    for write in (ring.seal, ring.blind):
        with pytest.raises(KeysMissing):
            write("x", ABOUT)
    with pytest.raises(KeysMissing):
        ring.authenticate(b"x")


def test_a_running_process_reads_values_of_a_key_added_after_it_started(folder):
    running = load_keys(folder)
    old = running.current
    new = add_data_key(folder)
    value = load_keys(folder).seal("张三", ABOUT)
    assert value.startswith(new)
    assert running.current == old
    assert running.open(value, ABOUT) == "张三"
    assert running.current == new


def test_a_retired_key_is_put_aside_and_its_values_no_longer_open(folder):
    ring = load_keys(folder)
    value, old = ring.seal("张三", ABOUT), ring.current
    new = add_data_key(folder)
    assert retire_data_keys(folder, keep=new) == [old]
    assert list(load_keys(folder).data) == [new]
    assert old in (folder / "retired.keys").read_text()
    with pytest.raises(CannotOpen, match=old):
        load_keys(folder).open(value, ABOUT)


def test_a_ring_with_another_key_cannot_open(folder):
    ring = throwaway_keys()
    other = replace(ring, data={"d0": b"9" * 16})
    with pytest.raises(CannotOpen):
        other.open(ring.seal("张三", ABOUT), ABOUT)
