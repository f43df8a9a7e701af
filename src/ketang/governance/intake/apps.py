from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "ketang.governance.intake"
    label = "intake"
