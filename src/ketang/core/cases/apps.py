from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "ketang.core.cases"
    label = "cases"
