"""``ketang create-admin``."""

import sys

import click
from django.conf import settings

from ketang.core.accounts.actions.admins import create_admin as make
from ketang.core.accounts.types import Role
from ketang.kernel import clock

ROLES = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN}


@click.command("create-admin")
@click.argument("username")
@click.option(
    "--role", type=click.Choice(sorted(ROLES)), required=True, help="哪一种管理员 · Which administrator"
)
@click.option("--name", default="", help="姓名，默认同登录名 · Name, default: the login name")
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读口令 · Read the password from standard input"
)
def create_admin(username: str, role: str, name: str, password_stdin: bool) -> None:
    """建管理员；系统、安全、审计三种，一人一种 · Create an administrator; nobody holds two of the three.

    口令：--password-stdin、环境变量 KETANG_ADMIN_PASSWORD，或当场输入 ·
    Password: --password-stdin, the variable KETANG_ADMIN_PASSWORD, or a prompt.
    """
    account = make(ROLES[role], username, name or username, _password(password_stdin), clock.now())
    click.echo(f"已建 {account.username}（{role}） · created {account.username} ({role})")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if settings.ADMIN_PASSWORD:
        return str(settings.ADMIN_PASSWORD)
    asked: str = click.prompt("口令 · Password", hide_input=True, confirmation_prompt="再输一次 · Again")
    return asked
