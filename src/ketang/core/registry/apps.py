from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "ketang.core.registry"
    label = "registry"
