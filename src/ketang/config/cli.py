"""The command line ``ketang``. Each verb lives in its room and is imported only when it is called,
so that ``ketang deadline due`` starts without Django and ``--help`` is quick.

Exit codes: 0 done · 1 findings · 2 usage · 3 a needed service is unavailable · 70+ a crash.
"""

import importlib
import os
import sys
import traceback

import click

# name → (module:attribute, needs Django). One line per verb; docs/guide/commands.md lists the same.
COMMANDS: dict[str, tuple[str, bool]] = {
    "deadline": ("ketang.core.deadlines.management.cli:deadline", False),
    "init": ("ketang.config.commands.init:init", False),
    "demo": ("ketang.config.commands.demo:demo", False),
    "up": ("ketang.config.commands.run:up", False),
    "serve": ("ketang.config.commands.run:serve", False),
    "live": ("ketang.config.commands.run:live", False),
    "work": ("ketang.core.outbox.management.cli:work", True),
    "check": ("ketang.config.commands.doctor:check", True),
    "doctor": ("ketang.config.commands.doctor:doctor", True),
    "migrate": ("ketang.config.commands.migrate:migrate", True),
    "upgrade": ("ketang.config.commands.migrate:upgrade", True),
    "create-admin": ("ketang.core.accounts.management.cli:create_admin", True),
    "areas": ("ketang.core.areas.management.cli:areas", True),
    "import": ("ketang.governance.intake.management.cli:import_", True),
    "export": ("ketang.governance.intake.management.cli:export", True),
    "playbook": ("ketang.core.playbooks.management.cli:playbook", True),
    "audit": ("ketang.core.audit.management.cli:audit", True),
    "backup": ("ketang.config.commands.backup:backup", True),
    "restore": ("ketang.config.commands.backup:restore", True),
    "move": ("ketang.config.commands.backup:move", True),
    "rotate-keys": ("ketang.config.commands.keys:rotate_keys", True),
    "bench": ("ketang.config.commands.bench:bench", False),
}


class Rooms(click.Group):
    """A group whose verbs are imported on call."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        target, needs_django = COMMANDS[cmd_name]
        if needs_django:
            start_django()
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


def start_django() -> None:
    """Set Django up once; a missing key or a wrong setting is said in one sentence."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
    django.setup()


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ketang")
def ketang() -> None:
    """客堂：区县基层治理平台 · Ketang: a district's governance platform."""


def main() -> None:
    """Run and turn what went wrong into the documented exit codes."""
    from ketang.kernel.errors import KetangError, Unavailable

    try:
        ketang(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as usage:
        usage.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except Unavailable as down:
        click.echo(str(down), err=True)
        sys.exit(3)
    except KetangError as situation:
        click.echo(str(situation), err=True)
        if situation.exit:
            click.echo(situation.exit, err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last stop: say it and exit 70
        if type(error).__name__ in {"OperationalError", "PoolTimeout"}:
            click.echo(f"数据库连不上 / the database is unavailable: {error}", err=True)
            sys.exit(3)
        traceback.print_exc()
        sys.exit(70)
    sys.exit(0)
