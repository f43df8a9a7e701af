"""``ketang rotate-keys``: a new data key, and everything sealed anew with it."""

import click
from django.conf import settings

from ketang.config.home import home
from ketang.config.keychange import left_behind, rows_in, seal_anew
from ketang.config.progress import bar
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM
from ketang.kernel.clock import now
from ketang.kernel.crypto import add_data_key, load_keys, retire_data_keys
from ketang.kernel.errors import BadInput

MOST_NAMED = 20


class KeysFromEnvironment(BadInput):
    message = (
        "数据密钥来自环境变量 KETANG_DATA_KEYS：请在末尾加上“编号:base64”，再运行 ketang rotate-keys --resume"
        " · Append id:base64 to KETANG_DATA_KEYS, then run ketang rotate-keys --resume."
    )


@click.command("rotate-keys")
@click.option("--resume", is_flag=True, help="接着上次做，不加新密钥 · go on with the newest key, add none")
@click.option(
    "--retire", is_flag=True, help="全部换完后停用旧密钥 · put the old keys aside when nothing needs them"
)
@click.pass_context
def rotate_keys(context: click.Context, resume: bool, retire: bool) -> None:
    """换数据密钥：加一把新的，逐批重新加密，可中断续做 ·
    Add a data key and seal everything anew, in batches; can be stopped and resumed."""
    ring = settings.KEYS
    if not (resume or retire):
        if not (home() / "keys" / "data.keys").exists():
            raise KeysFromEnvironment
        add_data_key(home() / "keys")
        ring.data.clear()
        ring.data.update(load_keys(home() / "keys").data)
    click.echo(f"新密钥 · key in use: {ring.current}")
    with bar("重新加密 · Sealing anew", rows_in()) as advance:
        changed, failed = seal_anew(ring, advance)
    click.echo(f"{changed} 项换成新密钥 · values sealed anew")
    for where in failed[:MOST_NAMED]:
        click.echo(f"打不开，未动 · does not open, left alone: {where}", err=True)
    if len(failed) > MOST_NAMED:
        click.echo(f"… {len(failed)} 项打不开 · values do not open", err=True)
    retired = _retire(ring.current) if retire and not failed else []
    audit.record(
        SYSTEM, "rotate_keys", "keys", {"to": ring.current, "values": changed, "retired": retired}, at=now()
    )
    audit.seal()
    if not retire:
        click.echo(
            "请重启各进程，再运行 ketang rotate-keys --retire · restart everything, then run with --retire"
        )
    context.exit(1 if failed else 0)


def _retire(keep: str) -> list[str]:
    """Only when no value needs them any more; processes not restarted may still have written with them."""
    if used := left_behind(keep):
        click.echo(f"还有 {used} 项用旧密钥，没有停用 · values still need an old key; none retired", err=True)
        return []
    retired = retire_data_keys(home() / "keys", keep)
    click.echo(
        f"已停用（留在 keys/retired.keys，旧备份要用）· retired, kept for older backups: {', '.join(retired)}"
    )
    return retired
