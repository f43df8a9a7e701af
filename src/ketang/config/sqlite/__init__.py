"""Django's SQLite engine, except that it opens what is there and makes a file only when told to."""

import os

# Set by what builds a database (migrate, restore, tests). A server that meets a missing file says so.
may_create = False


def is_file(name: object) -> bool:
    """Whether the NAME of a database is a file, rather than memory."""
    return os.path.isabs(str(name))
