from django.apps import AppConfig


class QueuePagesConfig(AppConfig):
    name = "ketang.insight.queue"
    label = "queue_pages"

    def ready(self) -> None:
        from ketang.insight.queue.web import navigation

        navigation.register()
