"""What the kill tests run in processes of their own: making a small district, a worker, and the reckoning.

``python tests/faults/world.py make|work|reckon`` with KETANG_HOME (and DATABASE_URL) set; answers in JSON.
"""

# ruff: noqa: E402 - Django is set up before its models are imported
import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
django.setup()

from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings

from ketang.core.areas import testing as small_district
from ketang.core.audit import checking
from ketang.core.audit.models import AuditRow
from ketang.core.cases.events import CaseDispatched, CaseReported
from ketang.core.cases.models import Case, Notice, Step
from ketang.core.cases.testing import make_district
from ketang.core.outbox import api as outbox
from ketang.core.outbox.models import OutboxMessage
from ketang.core.outbox.worker import Worker
from ketang.kernel.clock import now


@outbox.handles(CaseReported)
@outbox.handles(CaseDispatched)
def count_effect(happened: CaseReported | CaseDispatched) -> None:
    """Not idempotent on purpose: run twice it would leave two rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fault_effect (case_id, topic) VALUES (%s, %s)",
            [happened.case_id, type(happened).__name__],
        )


def make() -> dict[str, object]:
    """A district and a dispatcher who is logged in."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE fault_effect (case_id BIGINT NOT NULL, topic VARCHAR(40) NOT NULL)")
    small_district.plant()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        here = make_district()  # nobody logs in with these passwords
    client = Client()
    client.force_login(here.accounts["dispatcher"])
    return {"session": client.cookies["sessionid"].value, "lead": here.departments["市政"].pk}


def reckon() -> dict[str, object]:
    """What is there, after the leases of the killed have run out and the rest is worked off."""
    outbox.drain(now=now() + timedelta(minutes=1))
    Worker()._sequence()
    findings: list[object] = []
    verdict = checking.verify(lambda finding: findings.append(asdict(finding)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT topic, case_id, COUNT(*) FROM fault_effect GROUP BY topic, case_id")
        effects = cursor.fetchall()
    return {
        "cases": {case.body: [case.pk, case.state] for case in Case.objects.all()},
        "most_cases_per_body": max(
            Case.objects.values("body").annotate(n=Count("id")).values_list("n", flat=True)
        ),
        "dispatches": {str(r["case_id"]): r["n"] for r in _per_case(Step.objects.filter(verb="dispatch"))},
        "notices": {str(r["case_id"]): r["n"] for r in _per_case(Notice.objects.filter(topic="dispatched"))},
        "effects": {topic: {str(c): n for t, c, n in effects if t == topic} for topic, _, _ in effects},
        "open_messages": OutboxMessage.objects.exclude(next_at=None).count(),
        "dead": OutboxMessage.objects.exclude(dead_at=None).count(),
        "retried": OutboxMessage.objects.filter(attempts__gt=1).count(),
        "audited": {v: AuditRow.objects.filter(verb=v).count() for v in ("case.report", "case.dispatch")},
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "findings": findings,
    }


def _per_case(rows):
    return rows.values("case_id").annotate(n=Count("id"))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        from ketang.core.outbox.management.cli import work

        work.main([], standalone_mode=False)
    else:
        print(json.dumps({"make": make, "reckon": reckon}[sys.argv[1]](), default=str))
