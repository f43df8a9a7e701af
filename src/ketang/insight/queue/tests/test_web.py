import pytest
from django.test import Client

from ketang.core.accounts.testing import login
from ketang.core.accounts.types import Role
from ketang.core.audit import api as audit
from ketang.core.outbox import api as outbox
from ketang.core.outbox.models import OutboxMessage
from ketang.insight.queue.web.views import PAGE
from ketang.kernel.clock import now

pytestmark = pytest.mark.django_db
OTHERS = sorted(set(Role) - {Role.SYSTEM_ADMIN})


@pytest.fixture
def administrator(client: Client) -> Client:
    login(client, Role.SYSTEM_ADMIN)
    return client


def dead(count=1):
    for n in range(count):
        outbox.schedule("sms", {"n": n}, key=f"sms:{n}", at=now())
    OutboxMessage.objects.update(dead_at=now(), next_at=None, attempts=8, last_error="SendFailed at sms.py:1")
    return OutboxMessage.objects.order_by("id").first().id


def test_a_dead_letter_is_listed_and_replayed_on_record(administrator):
    message_id = dead()
    page = administrator.get("/admin/queue").content.decode()
    assert "SendFailed at sms.py:1" in page
    assert "sms:0" in page
    answer = administrator.post(f"/admin/queue/{message_id}/replay", follow=True)
    assert "没有死信" in answer.content.decode()
    assert OutboxMessage.objects.get().next_at
    assert [e.verb for e in audit.history(f"message:{message_id}")] == ["outbox.replay"]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_or_replays(client, role):
    message_id = dead()
    login(client, role)
    assert client.get("/admin/queue").status_code == 403
    assert client.post(f"/admin/queue/{message_id}/replay").status_code == 403
    assert OutboxMessage.objects.get().dead_at


def test_a_stranger_is_sent_to_the_login(client):
    assert client.get("/admin/queue").status_code == 302


@pytest.mark.parametrize("after", ["x", "²", "-1", "9" * 30])
def test_a_bad_cursor_is_told(administrator, after):
    assert administrator.get("/admin/queue", {"after": after}).status_code == 400


def test_a_letter_that_is_gone_is_not_found(administrator):
    assert administrator.post("/admin/queue/404/replay").status_code == 404
    assert administrator.get("/admin/queue/404/replay").status_code == 405


def test_pages_follow_each_other(administrator):
    dead(PAGE + 3)
    first = administrator.get("/admin/queue")
    rest = administrator.get("/admin/queue", {"after": first.context["next"]})
    assert (len(first.context["rows"]), len(rest.context["rows"])) == (PAGE, 3)
