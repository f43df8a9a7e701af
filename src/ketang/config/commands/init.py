"""``ketang init``: the data folder and the keys in it."""

import click

from ketang.config.home import home
from ketang.kernel.crypto import create_keys


@click.command()
def init() -> None:
    """建数据目录与密钥，已有的不动 · Make the data folder and the keys; what is there stays."""
    made = make_home()
    click.echo(f"数据目录 · Data folder: {home()}")
    for name in made:
        click.echo(f"  新密钥 · new key: keys/{name}")
    if made:
        click.echo("请把 keys/ 另存一处：备份里没有密钥，丢了就解不开。")
        click.echo("Keep a copy of keys/ elsewhere: backups hold no keys, and without them nothing opens.")


def make_home() -> list[str]:
    """Create what is missing of the folder, owner only; return the names of the keys created."""
    make_folders()
    return create_keys(home() / "keys")


def make_folders() -> None:
    folder = home()
    for path in (folder, folder / "files", folder / "static", folder / "run", folder / "backups"):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
