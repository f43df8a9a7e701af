"""The live stream. Served by granian: ``ketang live``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first

from ketang.config.live.app import Live  # noqa: E402
from ketang.config.live.source import changes_after, head  # noqa: E402

application = Live(settings.KEYS.session_secret, changes_after, head)
