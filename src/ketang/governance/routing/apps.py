from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "ketang.governance.routing"
    label = "routing"
