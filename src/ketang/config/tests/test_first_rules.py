"""The first playbook comes into force with the tables."""

import pytest

from ketang.config.commands.migrate import first_rules
from ketang.core.audit import actions as audit
from ketang.core.playbooks import queries
from ketang.core.playbooks.models import PlaybookVersion
from ketang.kernel.crypto import KeysMissing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _fresh():
    queries.forget()
    yield
    queries.forget()


def test_migrate_keeps_the_playbook_that_cases_will_name(settings):
    first_rules()
    first_rules()
    assert PlaybookVersion.objects.get().name == settings.PLAYBOOK


def test_without_keys_there_is_no_audit_and_so_no_playbook_yet(monkeypatch):
    def no_keys(*args: object, **more: object) -> None:
        raise KeysMissing

    monkeypatch.setattr(audit, "record_many", no_keys)
    first_rules()
    assert not PlaybookVersion.objects.exists()
