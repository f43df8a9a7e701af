from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "ketang.core.outbox"
    label = "outbox"
