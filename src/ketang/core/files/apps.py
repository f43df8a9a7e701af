from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "ketang.core.files"
    label = "files"

    def ready(self) -> None:
        from ketang.core.files import subscriptions  # noqa: F401 - registers its jobs
