from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "ketang.demo"
    label = "demo"

    def ready(self) -> None:
        if settings.DEMO:
            from ketang.demo import subscriptions
            from ketang.shell import nav

            subscriptions.register()
            nav.register_corner("demo/corner.html")
