"""Text messages leave through a sender that the operator chooses: ``KETANG_SMS`` = "log" or a dotted path.

A sender is a class without arguments with ``send(phone, text, key)``; it raises when the message was not
accepted. ``key`` is the same when one message is sent again after a crash, so that a service that takes such
a key sends it once; '' for codes.
"""

from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from ketang.kernel.errors import Unavailable
from ketang.kernel.text import mask_phone

log = structlog.get_logger(__name__)


class Sender(Protocol):
    def send(self, phone: str, text: str, key: str = "") -> None: ...


class MessageNotSent(Unavailable):
    message = "短信暂时发不出去，请过几分钟再试，或到村社、镇街窗口办理。"


class LogSender:
    """For demos and trials: the message goes to the log, the phone masked."""

    def send(self, phone: str, text: str, key: str = "") -> None:
        log.info("sms", phone=mask_phone(phone), text=text)


def logs_only() -> bool:
    return str(settings.SMS) == "log"


def send(phone: str, text: str, key: str = "") -> None:
    """Send now. Raises MessageNotSent; the caller's transaction is over by then."""
    try:
        sender: Sender = LogSender() if logs_only() else import_string(settings.SMS)()
        sender.send(phone, text, key)
    except Exception as error:
        log.warning("sms_failed", error=type(error).__name__)
        raise MessageNotSent from error
