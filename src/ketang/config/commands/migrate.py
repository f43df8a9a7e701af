"""``ketang migrate`` and ``upgrade``."""

from pathlib import Path
from typing import Any

import click
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ketang.config import sqlite
from ketang.config.home import home
from ketang.config.progress import bar
from ketang.kernel.errors import KetangError


class UpgradeFailed(KetangError):
    message = (
        "迁移没有完成：%(error)s\n请用刚才的备份恢复，再装回原版本：ketang restore %(file)s --verify --force"
        "\nThe migration failed; restore the backup made just now, then go back to the version before."
    )


@click.command()
def migrate() -> None:
    """迁移数据库 · Migrate the database to what this version needs."""
    count = run_migrations()
    first_rules()
    click.echo(f"完成 {count} 项迁移 · {count} migrations applied" if count else "已是最新 · up to date")


@click.command()
@click.option(
    "--backup-to",
    type=click.Path(path_type=Path),
    help="备份放哪里，默认 KETANG_HOME/backups · where the backup goes",
)
def upgrade(backup_to: Path | None) -> None:
    """先备份，再迁移，失败即停 · Back up first, then migrate; stop on failure and say how to restore."""
    from ketang.config.backup.write import destination, write_backup
    from ketang.config.commands.backup import note, total_rows

    if not waiting():
        click.echo("已是最新，没有要迁移的 · up to date, nothing to migrate")
        return
    folder = backup_to or home() / "backups"
    if backup_to is None:
        folder.mkdir(mode=0o700, exist_ok=True)
    file = destination(folder)
    with bar("备份 · Backing up", total_rows()) as advance:
        write_backup(file, advance)
    click.echo(f"备份 · backup: {file}")
    try:
        count = run_migrations()
    except Exception as error:
        raise UpgradeFailed(error=error, file=file) from error
    first_rules()
    note("upgrade", {"migrations": count, "backup": file.name})
    click.echo(f"完成 {count} 项迁移 · {count} migrations applied")


def first_rules() -> None:
    """The first playbook comes into force with the tables, so that the version a case names can always be
    read. Without keys there is no audit yet: then with the next migrate."""
    from ketang.core.audit import api as audit
    from ketang.core.playbooks import api as playbooks
    from ketang.kernel.clock import now
    from ketang.kernel.crypto import KeysMissing

    try:
        playbooks.ensure_applied(at=now())
    except KeysMissing:
        return
    audit.seal_own_rows()


def waiting() -> list[str]:
    """Migrations that this version brings and the database does not have yet."""
    return [str(migration) for migration, _backwards in _plan(MigrationExecutor(connection))]


def run_migrations() -> int:
    """Apply what waits and send Django's signals (rights, the head of the audit chain); how many it was."""
    sqlite.may_create = True
    executor = MigrationExecutor(connection)
    if not (plan := _plan(executor)):
        return 0
    with bar("迁移 · Migrating", len(plan)) as advance:
        executor.progress_callback = lambda action, *_: advance(1) if action == "apply_success" else None
        facts: dict[str, Any] = {"verbosity": 0, "interactive": False, "db": "default", "plan": plan}
        emit_pre_migrate_signal(**facts)
        executor.migrate(executor.loader.graph.leaf_nodes(), plan)
        emit_post_migrate_signal(**facts)
    return len(plan)


def _plan(executor: MigrationExecutor) -> list[tuple[Any, bool]]:
    return executor.migration_plan(executor.loader.graph.leaf_nodes())
