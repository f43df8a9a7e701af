from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "ketang.core.audit"
    label = "audit"

    def ready(self) -> None:
        from ketang.core.audit import sealing  # noqa: F401 - registers the sequencer

        post_migrate.connect(_begin_chain, sender=self)


def _begin_chain(sender: AppConfig, plan: Any = None, **_: Any) -> None:
    """With the tables comes the head of the chain; a later migration makes none (``plan`` is absent when
    a test empties the tables)."""
    from ketang.core.audit.sealing import begin_chain

    made = plan is None or any(m.app_label == "audit" and m.name == "0001_initial" for m, _ in plan)
    if made or settings.TESTING:
        begin_chain()
