"""Which code belongs to which topic. Filled on import (each room's subscriptions, from AppConfig.ready)."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter

from ketang.core.outbox.types import Handler, Periodic, UnknownTopic

EventT = TypeVar("EventT")
JOB = "job:"

_events: dict[str, type] = {}
_names: dict[type, str] = {}
_handlers: dict[str, list[Handler]] = {}
_periodic: dict[str, Periodic] = {}
_adapters: dict[type, TypeAdapter[Any]] = {}


def event(name: str) -> Callable[[type[EventT]], type[EventT]]:
    def register(cls: type[EventT]) -> type[EventT]:
        known = _events.setdefault(name, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ValueError(f"two events are named {name}: {known} and {cls}")
        _events[name] = cls
        _names[cls] = name
        return cls

    return register


def add_handler(topic: str, handler: Handler) -> None:
    """A module imported twice (tests, reload) replaces its handler instead of doubling it."""
    others = [h for h in _handlers.get(topic, []) if h.name != handler.name]
    _handlers[topic] = [*others, handler]


def add_periodic(periodic: Periodic) -> None:
    _periodic[periodic.name] = periodic


def name_of(cls: type) -> str:
    return _names[cls]


def handlers_of(topic: str) -> list[Handler]:
    """Who handles the topic: an event may have none, a job has exactly one. Raises UnknownTopic."""
    if topic not in _handlers and topic not in _events:
        raise UnknownTopic(topic=topic)
    return _handlers.get(topic, [])


def is_event(topic: str) -> bool:
    return topic in _events


def periodics() -> list[Periodic]:
    return list(_periodic.values())


def events() -> dict[str, type]:
    return dict(_events)


def jobs() -> list[str]:
    return sorted(topic.removeprefix(JOB) for topic in _handlers if topic.startswith(JOB))


def adapter(cls: type) -> TypeAdapter[Any]:
    """Building one costs milliseconds, so each class gets one."""
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


def encode(happened: object) -> str:
    return adapter(type(happened)).dump_json(happened).decode()


def decode(topic: str, payload: str) -> object:
    """The event behind a message. Fields added since with a default are filled; others raise."""
    return adapter(_events[topic]).validate_json(payload)
