"""Pages. Served by granian: ``ketang serve``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
application = get_wsgi_application()
