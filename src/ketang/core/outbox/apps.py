from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "ketang.core.outbox"
    label = "outbox"

    def ready(self) -> None:
        from ketang.core.outbox import sequencing, subscriptions  # noqa: F401 - they register
