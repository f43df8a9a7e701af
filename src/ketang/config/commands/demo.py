"""``ketang demo``: a working district in one command."""

import os

import click

from ketang.config import lan
from ketang.config.cli import start_django
from ketang.config.commands.init import make_home
from ketang.config.commands.run import PORT, run_all
from ketang.config.home import home
from ketang.config.servers import Listen
from ketang.kernel.errors import BadInput

MARK = "demo"


class RealData(BadInput):
    message = (
        "%(folder)s 里已有正式数据，演示不往里放：请用 KETANG_HOME 另指一个目录"
        " · That folder holds real data; name another one by KETANG_HOME for the demo."
    )


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True, help="端口 · port")
@click.option(
    "--lan", "on_lan", is_flag=True, help="局域网内手机可用（自签证书） · for phones on the local network"
)
@click.option("--prepare", is_flag=True, help="只准备数据，不启动 · load the data, do not serve")
def demo(port: int, on_lan: bool, prepare: bool) -> None:
    """演示：建好一个区县并启动，数据均为合成 · A demo district, loaded and served; all data is generated."""
    click.echo(f"数据目录 · Data folder: {home()}")
    make_home()
    listen = _listen(port, on_lan)
    _set_environment(listen, on_lan)
    logins = _load()
    if prepare:
        return
    _say(listen, logins, on_lan)
    run_all(listen, port + 1)


def _listen(port: int, on_lan: bool) -> Listen:
    if not on_lan:
        return Listen("127.0.0.1", port)
    cert, key = lan.certificate(home() / "run", lan.addresses())
    return Listen("0.0.0.0", port, cert, key)  # noqa: S104 - that is what --lan asks for


def _set_environment(listen: Listen, on_lan: bool) -> None:
    """For this process and its children; what the operator has set stays."""
    os.environ["KETANG_DEMO"] = "1"
    os.environ.setdefault("KETANG_LOG_LEVEL", "warning")
    if on_lan:
        hosts = ["127.0.0.1", "[::1]", *lan.names(), *lan.addresses()]
        os.environ.setdefault("KETANG_HOSTS", ",".join(hosts))
        os.environ["KETANG_HTTPS"] = "1"


def _load() -> list[tuple[str, str, str]]:
    """Migrate and load what is missing; (role, login, password) to show."""
    start_django()
    from ketang.config.backup.schema import in_use
    from ketang.config.commands.migrate import first_rules, run_migrations
    from ketang.demo import load_demo
    from ketang.kernel.clock import now

    mark = home() / MARK
    run_migrations()
    if not mark.exists() and in_use("default"):
        raise RealData(folder=home())
    mark.touch()
    first_rules()
    return load_demo(now())


def _say(listen: Listen, logins: list[tuple[str, str, str]], on_lan: bool) -> None:
    scheme = "https" if listen.cert else "http"
    click.echo(
        f"\n客堂演示 · Ketang demo （合成演示数据 · generated data）\n  {scheme}://127.0.0.1:{listen.port}/"
    )
    for address in lan.addresses() if on_lan else []:
        click.echo(f"  手机 · phone: https://{address}:{listen.port}/  （自签证书，请选继续 · accept it）")
    for role, login, password in logins:
        click.echo(f"  {login:16} {password:12} {role}")
    click.echo("停止 · stop: Ctrl-C\n")
