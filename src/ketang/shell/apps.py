from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "ketang.shell"
    label = "shell"
