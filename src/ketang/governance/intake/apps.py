from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "ketang.governance.intake"
    label = "intake"

    def ready(self) -> None:
        from ketang.core.playbooks import api as playbooks
        from ketang.governance.intake.playbook import Mapping

        playbooks.register("mappings/*.yaml", Mapping)
