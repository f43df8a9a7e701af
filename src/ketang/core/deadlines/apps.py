from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "ketang.core.deadlines"
    label = "deadlines"
