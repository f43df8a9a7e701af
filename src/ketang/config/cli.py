"""The command line ``ketang``. Each verb lives in its room and is imported only when it is called,
so that ``ketang deadline due`` starts without Django and ``--help`` is quick.

Exit codes: 0 done · 1 findings · 2 usage · 3 a needed service is unavailable · 70+ a crash.
"""

import errno
import importlib
import os
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketang.kernel.errors import KetangError


@dataclass(frozen=True)
class Verb:
    """Where a verb lives under ``ketang``, what it says of itself, and what must stand before it runs."""

    target: str
    help: str
    django: bool = True
    keys: bool = True


# One line per verb; docs/guide/commands.md lists the same, and a test compares.
COMMANDS: dict[str, Verb] = {
    "init": Verb("config.commands.init:init", "建数据目录与密钥 · Make the data folder and the keys", False),
    "demo": Verb("config.commands.demo:demo", "演示：一个区县，立即可用 · A demo district, at once", False),
    "up": Verb("config.commands.run:up", "网页、推送、后台一起启动 · Web, live and worker together", False),
    "serve": Verb("config.commands.run:serve", "启动网页服务 · Serve the pages", False),
    "live": Verb("config.commands.run:live", "启动实时推送 · Serve live updates (SSE)", False),
    "work": Verb("core.outbox.management.cli:work", "启动后台任务 · Run jobs, timers and events"),
    "check": Verb("config.commands.doctor:check", "启动前检查设置 · Check the settings", keys=False),
    "doctor": Verb("config.commands.doctor:doctor", "全面体检 · Examine everything", keys=False),
    "migrate": Verb("config.commands.migrate:migrate", "迁移数据库 · Migrate the database", keys=False),
    "upgrade": Verb("config.commands.migrate:upgrade", "先备份再迁移 · Back up, then migrate"),
    "create-admin": Verb("core.accounts.management.cli:create_admin", "建管理员 · Create an administrator"),
    "areas": Verb("core.areas.management.cli:areas", "辖区数据 · Load and look up areas"),
    "import": Verb("governance.intake.management.cli:import_", "导入 · Import orders"),
    "export": Verb("governance.intake.management.cli:export", "导出 · Export in the source's columns"),
    "playbook": Verb("core.playbooks.management.cli:playbook", "规则本 · Check, compare, apply playbooks"),
    "deadline": Verb("core.deadlines.management.cli:deadline", "算期限 · Compute due times", False),
    "retention": Verb("core.cases.management.cli:retention_", "保存期 · Remove personal fields in time"),
    "audit": Verb("core.audit.management.cli:audit", "审计 · Seal and verify the audit chain"),
    "backup": Verb("config.commands.backup:backup", "备份（不含密钥） · Back up (never the keys)"),
    "restore": Verb("config.commands.backup:restore", "恢复 · Restore a backup", keys=False),
    "move": Verb("config.commands.backup:move", "换数据库 · Move to another database"),
    "rotate-keys": Verb("config.commands.keys:rotate_keys", "换数据密钥 · Change the data key"),
    "bench": Verb("config.commands.bench:bench", "测速 · Measure speed", False),
}


class Rooms(click.Group):
    """A group whose verbs are imported on call; ``--help`` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if not (verb := COMMANDS.get(cmd_name)):
            return None
        if verb.django:
            start_django(keys=verb.keys and not {"-h", "--help"} & set(sys.argv))
        module, _, attribute = f"ketang.{verb.target}".partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 · Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in COMMANDS.items()])


def start_django(*, keys: bool = True) -> None:
    """Set Django up once."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
    if keys:
        require_keys()
    django.setup()


def require_keys() -> None:
    """Missing keys are said in one sentence; reads the settings alone."""
    from django.conf import settings

    from ketang.kernel.crypto import KeysMissing

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketang.config.settings")
    if settings.KEYS.missing:
        raise KeysMissing


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ketang")
def ketang() -> None:
    """客堂：区县基层治理平台 · Ketang: a district's governance platform."""


def main() -> None:
    """Run and turn what went wrong into the documented exit codes."""
    from ketang.kernel.errors import KetangError, Unavailable

    try:
        code = ketang(standalone_mode=False)  # what a verb's ``ctx.exit(1)`` said
    except click.ClickException as usage:
        usage.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except KetangError as situation:
        for line in _both_languages(situation):
            click.echo(line, err=True)
        sys.exit(3 if isinstance(situation, Unavailable) else 2)
    except Exception as error:
        sys.exit(_say_what_broke(error))
    finally:
        _seal_what_was_written()
    sys.exit(code if isinstance(code, int) else 0)


def _both_languages(error: "KetangError") -> list[str]:
    """The sentence and the way out, in Chinese and, where it is translated, in English."""
    said = [str(error), error.exit]
    if "django.apps" in sys.modules and sys.modules["django.apps"].apps.ready:
        from django.utils.translation import gettext, override

        with override("en"):
            said += [gettext(error.text) % error.params if error.params else gettext(error.text)]
            said += [gettext(error.exit) if error.exit else ""]
    return list(dict.fromkeys(line for line in said if line))


def _say_what_broke(error: Exception) -> int:
    """The exit code for what nobody raised on purpose."""
    kind, text = type(error).__name__, str(error)
    if kind in {"OperationalError", "ProgrammingError"} and (
        "no such table" in text or "does not exist" in text
    ):
        click.echo(f"数据库没有迁移：请运行 ketang migrate · run ketang migrate ({text.strip()})", err=True)
        return 2
    if "unable to open database file" in text:
        click.echo(
            "还没有数据目录：请先运行 ketang init · there is no data folder yet: run ketang init", err=True
        )
        return 2
    if kind in {"OperationalError", "InterfaceError", "PoolTimeout"}:
        click.echo(f"数据库连不上 · the database is unavailable: {text}", err=True)
        return 3
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        click.echo(f"磁盘满了，没有写完 · the disk is full: {text}", err=True)
        return 3
    if isinstance(error, OSError) and error.filename:
        click.echo(f"这个文件或目录用不了 · cannot use {error.filename}: {error.strerror}", err=True)
        return 2
    traceback.print_exc()
    return 70


def _seal_what_was_written() -> None:
    """A command seals its audit rows before it exits; the worker does it where this is not possible."""
    if audit := sys.modules.get("ketang.core.audit.api"):
        try:
            audit.seal_own_rows()
        except Exception as error:
            click.echo(f"审计行留待 worker 封存 · audit rows are left to the worker: {error}", err=True)


if __name__ == "__main__":
    main()
