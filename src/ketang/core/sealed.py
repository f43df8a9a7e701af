"""Personal fields at rest: one spelling of ``about`` for everybody.

``about`` is "<app label>.<Model>.<column>" of the column that holds the value ("cases.Party.phone_sealed",
"cases.Case.body_secrets"). It is authenticated with the value, so a value moved to another column does not
open; ``ketang rotate-keys`` finds the columns by their names: ``*_sealed`` and ``*_secrets``.
A blind index names what it indexes without the table ("phone", "id"), so that one look-up serves all tables.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models

from ketang.kernel.crypto import KeyRing

SUFFIXES = ("_sealed", "_secrets")


def ring() -> KeyRing:
    keys: KeyRing = settings.KEYS
    return keys


def seal(about: str, text: str) -> str:
    """Encrypt ``text`` for the column ``about``; '' stays ''."""
    return ring().seal(text, about)


def unseal(about: str, sealed: str) -> str:
    """The text behind ``seal``'s result; raises CannotOpen on a lost key or a changed byte."""
    return ring().open(sealed, about)


def blind(about: str, text: str) -> str:
    """32 hex digits for exact look-up; callers normalise ``text`` first; '' for ''."""
    return ring().blind(text, about)


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table with sealed columns, and their names."""
    for model in apps.get_models():
        if names := [f.name for f in model._meta.concrete_fields if f.name.endswith(SUFFIXES)]:
            yield model, names


def about_of(model: type[models.Model], column: str) -> str:
    return f"{model._meta.app_label}.{model.__name__}.{column}"
