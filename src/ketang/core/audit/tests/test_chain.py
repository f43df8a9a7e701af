import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketang.core.audit import api, checking, queries, rules
from ketang.core.audit.models import AuditHead, AuditRow
from ketang.core.audit.sealing import begin_chain
from ketang.core.audit.types import ChainHeadGone, What
from ketang.kernel.actor import Actor
from ketang.kernel.clock import now
from ketang.kernel.crypto import KeyRing

pytestmark = pytest.mark.django_db
ADA = Actor("staff", 3, "王岚 · 调度员", "r1")


def write(count, start=0):
    api.record_many(
        [api.Record(ADA, "close", f"case:{n}", {"n": n}, now()) for n in range(start, start + count)]
    )


def found(expected=""):
    findings = []
    verdict = checking.verify(findings.append, expected=expected)
    assert verdict.findings == len(findings)
    return findings


def execute(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_an_empty_chain_is_intact():
    assert found() == []


def test_sealing_gives_positions_without_gaps_and_a_chain_that_holds():
    write(5)
    assert api.seal() == 5
    write(3, 5)
    assert api.seal() == 3
    positions = AuditRow.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 9))
    assert found() == []


def test_verify_never_seals_and_counts_both():
    write(4)
    api.seal()
    write(2)
    verdict = checking.verify(lambda finding: None)
    assert (verdict.sealed, verdict.unsealed, verdict.findings) == (4, 2, 0)
    assert AuditRow.objects.filter(position=None).count() == 2


def test_more_than_a_page_and_a_batch_verifies():
    write(queries.PAGE + 7)
    api.seal()
    assert found() == []


def test_nothing_to_seal_opens_no_transaction(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert api.seal() == 0


def test_a_row_changed_before_the_seal_is_named_before_and_after_it():
    write(3)
    row = AuditRow.objects.order_by("id")[1]
    AuditRow.objects.filter(id=row.id).update(detail='{"n":99}')
    assert [(f.what, f.row_id) for f in found()] == [(What.CHANGED, row.id)]
    api.seal()
    assert [(f.what, f.row_id) for f in found()] == [(What.CHANGED, row.id)]


def test_a_removed_row_is_told_by_its_position():
    write(5)
    api.seal()
    AuditRow.objects.filter(position__in=[2, 3]).delete()
    assert [(f.what, f.position, f.until) for f in found()] == [(What.MISSING, 2, 3)]


def test_the_last_row_cannot_be_removed_unseen():
    write(5)
    api.seal()
    AuditRow.objects.filter(position=5).delete()
    assert [(f.what, f.position) for f in found()] == [(What.MISSING, 5)]


def test_all_rows_cannot_be_removed_unseen():
    write(2)
    api.seal()
    AuditRow.objects.all().delete()
    assert [(f.what, f.position, f.until) for f in found()] == [(What.MISSING, 1, 2)]


def test_removing_everything_with_the_head_is_found_and_stops_the_sealer():
    write(2)
    api.seal()
    AuditRow.objects.all().delete()
    AuditHead.objects.all().delete()
    assert [f.what for f in found()] == [What.HEAD]
    write(1)
    with pytest.raises(ChainHeadGone):
        api.seal()


def test_an_attacker_without_the_key_cannot_rebuild_the_chain():
    """He removes a row, renumbers, recomputes every digest and the head; only the head's MAC he cannot."""
    write(5)
    api.seal()
    AuditRow.objects.filter(position=3).delete()
    digest = rules.GENESIS
    rest = [row for page in queries.sealed_pages(1, 9) for row in page]
    AuditRow.objects.update(position=None)
    for link in rules.chain(0, digest, rest):
        AuditRow.objects.filter(id=link.id).update(position=link.position, digest=link.digest)
        digest = link.digest
    AuditHead.objects.update(position=4, digest=digest)
    assert What.HEAD in {f.what for f in found()}


def test_a_forged_row_is_found_unsealed_sealed_and_beyond_the_head():
    write(2)
    api.seal()
    forged = AuditRow.objects.get(position=2)
    forged.id, forged.position = "f" * 25, None
    forged.save(force_insert=True)
    assert [(f.what, f.row_id) for f in found()] == [(What.CHANGED, "f" * 25)]
    execute("UPDATE audit_row SET position = 3 WHERE id = %s", "f" * 25)
    assert [(f.what, f.row_id) for f in found()] == [(What.INSERTED, "f" * 25)]


def test_restoring_an_old_head_is_found_by_an_end_noted_outside():
    write(2)
    api.seal()
    old = AuditHead.objects.values().get()
    write(2, 2)
    api.seal()
    noted = checking.verify(lambda finding: None).head
    AuditRow.objects.filter(position__gt=2).delete()
    AuditHead.objects.update(**old)
    assert found() == []
    assert [f.what for f in found(noted)] == [What.EXPECTED]


def test_an_end_noted_outside_is_accepted_while_the_chain_grows():
    write(2)
    api.seal()
    noted = checking.verify(lambda finding: None).head
    write(2, 2)
    api.seal()
    assert found(noted) == []


def test_rows_of_an_older_key_still_verify(settings):
    write(2)
    api.seal()
    old = settings.KEYS
    newer = KeyRing(old.data, old.index_id, old.index, "a1", b"9" * 32, "s", None, {old.audit_id: old.audit})
    with override_settings(KEYS=newer):
        write(2, 2)
        api.seal()
        assert set(AuditRow.objects.values_list("key_id", flat=True)) == {"a0", "a1"}
        assert found() == []


def test_a_row_whose_key_is_gone_does_not_verify(settings):
    write(1)
    old = settings.KEYS
    with override_settings(KEYS=KeyRing(old.data, old.index_id, old.index, "a1", b"9" * 32, "s")):
        assert {f.what for f in found()} == {What.CHANGED, What.HEAD}


TEXT = ["actor_kind", "actor_label", "request_id", "verb", "subject", "detail", "key_id", "mac", "id"]
SEALED = [*TEXT, "actor_id", "at", "position", "algorithm", "digest"]
TAMPER = st.one_of(
    st.tuples(st.just("update"), st.integers(1, 6), st.sampled_from(SEALED)),
    st.tuples(st.just("update"), st.integers(7, 8), st.sampled_from([*TEXT, "actor_id", "at"])),
    st.tuples(st.just("delete"), st.integers(1, 6), st.just("")),
    st.tuples(st.just("unseal"), st.integers(1, 6), st.just("")),
    st.tuples(st.just("copy"), st.integers(1, 8), st.sampled_from(["", "7", "3000"])),
    st.tuples(st.just("swap"), st.integers(1, 5), st.just("")),
    st.tuples(st.just("head"), st.just(0), st.sampled_from(["position", "digest", "key_id", "mac"])),
    st.tuples(st.just("no head"), st.just(0), st.just("")),
)
NEW = {"actor_id": 99, "position": 4000, "at": "2020-01-01 00:00:00", "id": "0" * 25}


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tamper=TAMPER)
def test_any_single_tampering_is_found(db, tamper):
    AuditRow.objects.all().delete()
    AuditHead.objects.all().delete()
    begin_chain()
    write(6)
    api.seal()
    write(2, 6)
    assert found() == []
    ids = list(AuditRow.objects.exclude(position=None).order_by("position").values_list("id", flat=True))
    ids += list(AuditRow.objects.filter(position=None).order_by("id").values_list("id", flat=True))
    row_id = tampered_with(tamper, ids)
    findings = found()
    assert findings, tamper
    if tamper[0] in ("update", "copy") and tamper[2] != "id":
        assert row_id in {f.row_id for f in findings}, (tamper, findings)


def tampered_with(tamper, ids):
    how, n, what = tamper
    row_id = ids[n - 1] if n else ""
    if how == "update":
        execute(f"UPDATE audit_row SET {what} = %s WHERE id = %s", NEW.get(what, "x"), row_id)  # noqa: S608
    elif how == "delete":
        execute("DELETE FROM audit_row WHERE id = %s", row_id)
    elif how == "unseal":
        execute("UPDATE audit_row SET position = NULL, algorithm = '', digest = '' WHERE id = %s", row_id)
    elif how == "copy":
        row = AuditRow.objects.get(id=row_id)
        row.id, row.position = "e" * 25, int(what) if what else None
        row.save(force_insert=True)
        return row.id
    elif how == "swap":
        execute("UPDATE audit_row SET position = 9000 WHERE position = %s", n)
        execute("UPDATE audit_row SET position = %s WHERE position = %s", n, n + 1)
        execute("UPDATE audit_row SET position = %s WHERE position = 9000", n + 1)
    elif how == "head":
        execute(f"UPDATE audit_head SET {what} = %s", 5 if what == "position" else "x")  # noqa: S608
    else:
        execute("DELETE FROM audit_head")
    return row_id
