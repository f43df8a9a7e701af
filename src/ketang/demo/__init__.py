"""The demo district: generated ground, people and cases (合成演示数据), and the life in it."""

from datetime import datetime


def load_demo(now: datetime) -> list[tuple[str, str, str]]:
    """See ``loading.load_demo``; imported late, since it needs Django set up."""
    from ketang.demo import loading

    return loading.load_demo(now)
