"""``ketang create-admin``."""

import pytest
from click.testing import CliRunner

from ketang.core.accounts.management.cli import create_admin
from ketang.core.accounts.models import Account
from ketang.core.accounts.testing import person_for, verbs_of
from ketang.core.accounts.types import NameTaken, Role
from ketang.kernel.errors import BadInput

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough one"


def run(*args, **more):
    result = CliRunner().invoke(create_admin, list(args), **more)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("word", "role"),
    [("system", Role.SYSTEM_ADMIN), ("security", Role.SECURITY_ADMIN), ("audit", Role.AUDIT_ADMIN)],
)
def test_an_administrator_is_made_with_a_password_from_standard_input(word, role):
    result = run("root1", "--role", word, "--password-stdin", input=PASSWORD + "\n")
    assert result.exit_code == 0
    account = Account.objects.get(username="root1")
    assert account.check_password(PASSWORD)
    assert person_for(account).roles == {role}
    assert verbs_of(f"account:{account.pk}") == {"account.create", "post.give"}
    assert PASSWORD not in result.output


def test_the_password_may_come_from_the_environment_or_a_prompt(settings):
    settings.ADMIN_PASSWORD = PASSWORD
    run("root1", "--role", "system")
    assert Account.objects.get(username="root1").check_password(PASSWORD)
    settings.ADMIN_PASSWORD = ""
    assert run("root2", "--role", "audit", input=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0


def test_a_name_is_given_once_and_nothing_is_left_of_the_second():
    run("root1", "--role", "system", "--password-stdin", input=PASSWORD)
    with pytest.raises(NameTaken):
        run("root1", "--role", "audit", "--password-stdin", input=PASSWORD)
    assert person_for(Account.objects.get(username="root1")).roles == {Role.SYSTEM_ADMIN}


def test_a_weak_password_makes_nothing():
    with pytest.raises(BadInput):
        run("root1", "--role", "system", "--password-stdin", input="short")
    assert not Account.objects.exists()


def test_another_role_is_a_usage_error():
    assert run("root1", "--role", "leader", "--password-stdin", input=PASSWORD).exit_code == 2
