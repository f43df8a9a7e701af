from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "ketang.core.cases"
    label = "cases"

    def ready(self) -> None:
        from ketang.core.accounts import api as accounts
        from ketang.core.cases import guards, playbook, queries
        from ketang.core.cases.models import Case
        from ketang.core.playbooks import api as playbooks

        playbooks.register("kinds.yaml", playbook.KindsFile)
        playbooks.register("profiles.yaml", playbook.ProfilesFile)
        playbooks.register("reasons.yaml", playbook.ReasonsFile)
        playbooks.register("notices.yaml", playbook.NoticesFile)
        accounts.resolve_support(Case, queries.supported_by)
        guards.register()
