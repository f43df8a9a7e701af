from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "ketang.core.playbooks"
    label = "playbooks"

    def ready(self) -> None:
        from ketang.core.playbooks import events  # noqa: F401 - declares its events
        from ketang.core.playbooks.playbook import PlaybookFile
        from ketang.core.playbooks.registry import register

        register("playbook.yaml", PlaybookFile)
