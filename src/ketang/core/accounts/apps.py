from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ketang.core.accounts"
    label = "accounts"

    def ready(self) -> None:
        from ketang.core.accounts import book

        book.register()
