"""``ketang backup``, ``restore`` and ``move``."""

from pathlib import Path

import click
from django.db import DEFAULT_DB_ALIAS, connections

from ketang.config.backup.load import Difference
from ketang.config.backup.restore import Report
from ketang.config.backup.schema import state_of, tables
from ketang.config.commands.init import make_folders
from ketang.config.progress import bar
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now

PATH = click.Path(path_type=Path)


def total_rows(alias: str = DEFAULT_DB_ALIAS) -> int:
    return sum(t._base_manager.using(alias).count() for t in tables(alias, state_of(alias)))


def note(verb: str, detail: dict[str, object]) -> None:
    """Say in the audit log what was done to the whole database, sealed before the command exits."""
    audit.record(SYSTEM, verb, "database", detail, at=now())
    audit.seal()


@click.command()
@click.argument("target", type=PATH)
def backup(target: Path) -> None:
    """备份到文件或目录（含照片，不含密钥） · Back up to a file or folder: rows and photos, never the keys."""
    from ketang.config.backup.write import destination, write_backup

    file = destination(target)
    if not file.parent.is_dir():
        raise click.UsageError(f"没有目录 {file.parent} · no such folder")
    with bar("备份 · Backing up", total_rows()) as advance:
        manifest = write_backup(file, advance)
    note("backup", {"file": file.name, "rows": manifest.rows, "files": len(manifest.files)})
    click.echo(f"{file}  {file.stat().st_size / 1e6:.1f} MB")
    click.echo(
        f"{len(manifest.tables)} 表 {manifest.rows} 行 {len(manifest.files)} 个文件 · tables, rows, files"
    )
    ids = ", ".join([*manifest.keys["data"], manifest.keys["index"], manifest.keys["audit"]])
    click.echo(f"{manifest.note}\n  {ids}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--verify", is_flag=True, help="恢复后逐表核对、核对审计链 · compare every table and the audit chain"
)
@click.option("--force", is_flag=True, help="覆盖已有数据 · replace the data that is there")
@click.pass_context
def restore(context: click.Context, file: Path, verify: bool, force: bool) -> None:
    """恢复备份到空的库 · Restore a backup into an empty database."""
    from ketang.config.backup.archive import open_archive
    from ketang.config.backup.restore import restore as run

    archive, manifest = open_archive(file)
    archive.close()
    make_folders()
    with bar("恢复 · Restoring", manifest.rows * (2 if verify else 1)) as advance:
        report = run(file, force=force, verify=verify, progress=advance)
    click.echo(
        f"{len(manifest.tables)} 表 {manifest.rows} 行 {len(manifest.files)} 个文件 · tables, rows, files"
    )
    _say_keys(report)
    sound = not verify or (_say_differences(report.differences) and _verify_audit(report))
    if "audit" not in report.missing_keys and not connections[DEFAULT_DB_ALIAS].in_atomic_block and sound:
        note("restore", {"made_at": manifest.made_at, "rows": manifest.rows})
    context.exit(0 if sound else 1)


@click.command()
@click.option("--to", "url", required=True, help="目标 DATABASE_URL · the other database")
@click.pass_context
def move(context: click.Context, url: str) -> None:
    """整库搬到另一个数据库并核对 · Move everything to another database and compare counts and hashes."""
    from ketang.config.backup.move import move as run

    click.echo("请先停下 ketang up / serve / work：之后写入的不会搬过去 · Stop the services first.", err=True)
    with bar("搬迁 · Moving", total_rows() * 2) as advance:
        given, found = run(url, advance)
    for label, (rows, digest) in given.items():
        if rows:
            click.echo(f"{label:32} {rows:>10}  {digest[:16]}")
    if not _say_differences(found):
        context.exit(1)
    click.echo("完成。请把 DATABASE_URL 设为新库；照片仍在 KETANG_HOME/files。")
    click.echo("Done. Set DATABASE_URL to the new database; photos stay in KETANG_HOME/files.")


def _say_keys(report: Report) -> None:
    for kind, ids in report.missing_keys.items():
        click.echo(
            f"缺少密钥 {kind}：{', '.join(ids)}，请放进 KETANG_HOME/keys · these keys are needed", err=True
        )


def _say_differences(found: list[Difference]) -> bool:
    for d in found:
        click.echo(f"不一致 · differs: {d.table} {d.expected} ≠ {d.found}", err=True)
    if not found:
        click.echo("逐表核对一致（行数与 SHA-256） · every table matches in rows and SHA-256")
    return not found


def _verify_audit(report: Report) -> bool:
    from ketang.core.audit.checking import verify

    if "audit" in report.missing_keys:
        click.echo(
            "没有审计密钥，审计链没法核对 · without the audit key the chain cannot be checked", err=True
        )
        return False
    verdict = verify(lambda finding: click.echo(f"审计 · audit: {finding}", err=True))
    word = "不完整 · broken" if verdict.findings else "完整 · intact"
    click.echo(f"审计链 · audit chain: {verdict.sealed} {word}")
    return not verdict.findings
