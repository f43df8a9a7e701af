import json
import os
import sqlite3
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ketang.core.audit import api
from ketang.core.audit.management.cli import audit
from ketang.core.audit.models import AuditRow
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now


def verify(*options):
    return CliRunner().invoke(audit, ["verify", *options])


def write(count):
    api.record_many([api.Record(SYSTEM, "close", f"case:{n}", None, now()) for n in range(count)])


@pytest.mark.django_db
def test_an_intact_chain_exits_0_with_counts_and_its_end():
    write(3)
    api.seal()
    write(1)
    done = verify()
    assert done.exit_code == 0, done.output
    assert "sealed 3" in done.output
    assert "unsealed 1" in done.output
    assert f"3:{AuditRow.objects.get(position=3).digest}" in done.output


@pytest.mark.django_db
def test_each_offending_row_is_printed_and_the_exit_is_1():
    write(5)
    api.seal()
    changed = AuditRow.objects.get(position=2)
    AuditRow.objects.filter(position=2).update(actor_label="别人")
    AuditRow.objects.filter(position=4).delete()
    done = verify()
    assert done.exit_code == 1
    assert changed.id in done.output
    assert "position 4" in done.output
    assert done.output.count("!") == 2


@pytest.mark.django_db
def test_json_has_one_object_per_line_and_the_verdict_last():
    write(2)
    api.seal()
    AuditRow.objects.filter(position=2).delete()
    lines = [json.loads(line) for line in verify("--json").output.splitlines()]
    assert [line.get("what") for line in lines] == ["missing", None]
    assert lines[-1]["findings"] == 1


@pytest.mark.django_db
def test_an_end_noted_earlier_that_is_not_in_the_chain_is_a_finding():
    write(2)
    api.seal()
    assert verify("--expect", api.head()).exit_code == 0
    assert verify("--expect", "2:abc").exit_code == 1


@pytest.mark.slow
def test_a_command_seals_what_it_wrote_and_verify_finds_tampering_by_sql(tmp_path):
    """As an operator meets it: processes, a file, exit codes."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("KETANG_", "DATABASE_"))}
    environment |= {"KETANG_HOME": str(tmp_path), "KETANG_ADMIN_PASSWORD": "correct horse 客堂 9"}

    def ketang(*arguments):
        command = [sys.executable, "-m", "ketang.config.cli", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    for arguments in (["init"], ["migrate"], ["create-admin", "auditor", "--role", "audit"]):
        code, said = ketang(*arguments)
        assert code == 0, said
    code, said = ketang("audit", "verify")
    assert (code, "unsealed 0" in said, "已封存 sealed 0" in said) == (0, True, False), said
    with sqlite3.connect(tmp_path / "ketang.sqlite3") as database:
        [row_id] = database.execute("SELECT id FROM audit_row ORDER BY position DESC LIMIT 1").fetchone()
        database.execute("UPDATE audit_row SET at = '2020-01-01 00:00:00' WHERE id = ?", [row_id])
    code, said = ketang("audit", "verify")
    assert code == 1
    assert row_id in said
