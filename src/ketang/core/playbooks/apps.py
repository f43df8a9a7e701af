from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "ketang.core.playbooks"
    label = "playbooks"
