"""Write the pages of docs/guide that list what the code declares: commands, events, playbook keys.

``python tools/reference.py`` writes them; tests/architecture/test_documented.py fails while they differ.
"""

import inspect
import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guide"
WRITTEN_BY = "<!-- Written by tools/reference.py from the code; change it there and run `make docs`. -->\n\n"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
    import django

    django.setup()
    for name, text in pages().items():
        (GUIDE / name).write_text(text)


def pages() -> dict[str, str]:
    """File name → text. Django must be set up."""
    made = {"commands.md": commands(), "events.md": events(), "playbook-keys.md": playbook_keys()}
    return {name: WRITTEN_BY + "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def commands() -> Iterator[str]:
    import click

    from ketang.config.cli import COMMANDS

    yield from (
        "# 命令 · Commands",
        "",
        "`ketang --help` lists them, `ketang VERB --help` says the same as here.",
        "",
        "Exit codes: 0 done · 1 findings · 2 usage, or something you can put right · "
        "3 a needed service is unavailable · 70 and above a crash.",
        "",
    )
    for name, verb in COMMANDS.items():
        module, _, attribute = f"ketang.{verb.target}".partition(":")
        if not find_spec(module):
            continue
        command: click.Command = getattr(import_module(module), attribute)
        yield from (f"## ketang {name}", "")
        yield from _command(name, command)


def _command(name: str, command: Any) -> Iterator[str]:
    import click

    context = click.Context(command, info_name=name)
    yield from (
        inspect.cleandoc(command.help or ""),
        "",
        f"`ketang {name} {' '.join(command.collect_usage_pieces(context))}`",
        "",
    )
    options = [o for o in command.get_params(context) if isinstance(o, click.Option)]
    options = [o for o in options if "--help" not in o.opts]
    for option in options:
        yield f"- `{' / '.join(option.opts + option.secondary_opts)}` {option.help or ''}"
    yield ""
    if isinstance(command, click.Group):
        for inner in sorted(command.list_commands(context)):
            yield f"### ketang {name} {inner}"
            yield ""
            yield from _command(f"{name} {inner}", command.get_command(context, inner))


def events() -> Iterator[str]:
    from ketang.core.outbox import registry

    yield from (
        "# 事件 · Events",
        "",
        "What is published in the outbox with a change, at least once, in order of position. Fields are "
        "JSON; times are ISO 8601 in UTC. No event carries personal data.",
        "",
    )
    for name, cls in sorted(registry._events.items()):
        if not cls.__module__.startswith("ketang.") or ".tests" in cls.__module__:
            continue
        yield from (
            f"## {name}",
            "",
            inspect.cleandoc(cls.__doc__ or ""),
            "",
            f"From `{cls.__module__}`.",
            "",
        )
        yield from (f"- `{f.name}`: {_type(f.type)}" for f in fields(cls))
        yield ""


def playbook_keys() -> Iterator[str]:
    from ketang.core.playbooks import registry

    yield from (
        "# 规则本的键 · Playbook keys",
        "",
        "Each file of a playbook and each key in it. A key without a default must be given.",
        "",
    )
    for file, model in sorted(registry._models.items()):
        yield from (f"## {file}", "", (inspect.cleandoc(model.__doc__ or "")), "")
        yield from _keys(model, "", set())
        yield ""


def _keys(model: Any, prefix: str, seen: set[type]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        default = "" if field.is_required() else f" (default `{_default(field)}`)"
        yield f"- `{key}`{default} — {field.description or ''}"
        for inner in _models_in(field.annotation):
            if inner not in seen:
                many = "[]." if inner is not field.annotation else "."
                yield from _keys(inner, key + many, seen | {inner})


def _models_in(annotation: Any) -> Iterator[type]:
    from pydantic import BaseModel

    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if hasattr(value, "model_dump"):
        return "…"
    text = repr(value)
    return text if len(text) <= 60 else "…"


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


if __name__ == "__main__":
    sys.exit(main())
