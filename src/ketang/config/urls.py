"""Every page of the house, by room. A test walks these × every role (tests/architecture)."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = [
    ("", "ketang.core.accounts.web.urls"),
    ("", "ketang.core.accounts.web.areas"),
    ("", "ketang.core.files.web.urls"),
    ("", "ketang.core.cases.web.urls"),
    ("", "ketang.insight.queue.web.urls"),
    ("", "ketang.insight.audit.web.urls"),
    ("", "ketang.governance.intake.web.urls"),
    ("", "ketang.governance.routing.web.urls"),
    ("", "ketang.demo.urls"),
    ("", "ketang.config.health"),
    ("", "ketang.config.live.poll"),
    ("", "ketang.shell.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)
]
handler400 = "ketang.shell.errors.bad_request"
handler403 = "ketang.shell.errors.forbidden"
handler404 = "ketang.shell.errors.not_found"
handler500 = "ketang.shell.errors.broken"
