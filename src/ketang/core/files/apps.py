from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "ketang.core.files"
    label = "files"
