"""Django's own commands (makemigrations and friends) for developers; operators use ``ketang``."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
execute_from_command_line(sys.argv)
