from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "ketang.core.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        from ketang.core.deadlines import subscriptions  # noqa: F401 - registers the periodic jobs
        from ketang.core.deadlines.playbook import ClocksFile
        from ketang.core.playbooks import api as playbooks

        playbooks.register("clocks.yaml", ClocksFile)
