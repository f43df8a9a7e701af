from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OutboxConfig(AppConfig):
    name = "ketang.core.outbox"
    label = "outbox"

    def ready(self) -> None:
        from ketang.core.outbox import sequencing, subscriptions  # noqa: F401 - they register

        post_migrate.connect(_make_head, sender=self)


def _make_head(sender: AppConfig, **_: Any) -> None:
    from ketang.core.outbox.sequencing import begin

    begin()
