from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "ketang.core.areas"
    label = "areas"
