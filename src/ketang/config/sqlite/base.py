import os
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper as Stock

from ketang.config import sqlite


class DatabaseWrapper(Stock):
    """SQLite answers a missing file with a new empty one: a moved database would seem to be lost."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        name = str(self.settings_dict["NAME"])
        if sqlite.is_file(name) and not sqlite.may_create and not os.path.exists(name):
            raise OperationalError("the database file is missing")
        return super().get_new_connection(conn_params)
