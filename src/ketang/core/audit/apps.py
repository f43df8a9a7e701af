from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ketang.core.audit"
    label = "audit"
