from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "ketang.governance.intake"
    label = "intake"

    def ready(self) -> None:
        from ketang.core.playbooks import api as playbooks
        from ketang.governance.intake.playbook import IntakeFile, Mapping
        from ketang.governance.intake.web import nav

        playbooks.register("mappings/*.yaml", Mapping)
        playbooks.register("intake.yaml", IntakeFile)
        nav.register()
