from django.conf import settings
from django.urls import URLPattern, path

from ketang.shell.preferences import preferences
from ketang.shell.styleguide import styleguide

urlpatterns: list[URLPattern] = [path("preferences", preferences, name="preferences")]
if settings.DEMO:
    urlpatterns += [
        path("styleguide", styleguide, name="styleguide"),
        path("styleguide/<slug:frame>", styleguide, name="styleguide_frame"),
    ]
