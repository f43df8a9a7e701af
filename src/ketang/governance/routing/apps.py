from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "ketang.governance.routing"
    label = "routing"

    def ready(self) -> None:
        from ketang.core.playbooks import api as playbooks
        from ketang.governance.routing.checks import check
        from ketang.governance.routing.playbook import RoutingFile
        from ketang.governance.routing.web import nav
        from ketang.governance.routing.words import describe

        playbooks.register("routing.yaml", RoutingFile)
        playbooks.register_check(check)
        playbooks.describe_with("routing.yaml", describe)
        nav.register()
