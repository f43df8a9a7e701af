from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ketang.core.accounts"
    label = "accounts"
