from django.apps import AppConfig


class AuditPagesConfig(AppConfig):
    name = "ketang.insight.audit"
    label = "audit_pages"

    def ready(self) -> None:
        from ketang.insight.audit.web import navigation

        navigation.register()
