from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "ketang.core.cases"
    label = "cases"

    def ready(self) -> None:
        from ketang.core.accounts import api as accounts
        from ketang.core.cases import (
            guards,
            queries,
            subscriptions,  # noqa: F401 - registers its handlers
        )
        from ketang.core.cases.actions import recomputing
        from ketang.core.cases.models import Case
        from ketang.core.cases.playbook.register import register
        from ketang.core.cases.web import nav

        register()
        recomputing.register()
        accounts.resolve_support(Case, queries.supported_by)
        guards.register()
        nav.register()
