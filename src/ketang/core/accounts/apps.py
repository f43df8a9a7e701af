from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ketang.core.accounts"
    label = "accounts"

    def ready(self) -> None:
        from ketang.core.accounts import book, subscriptions  # noqa: F401 - registers its periodic job
        from ketang.core.accounts.web import navigation

        book.register()
        navigation.register()
