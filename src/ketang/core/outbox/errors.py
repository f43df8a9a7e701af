"""What may be kept of an error: enough to find it, no personal data."""

import traceback

from ketang.core.outbox.rules import ERROR_LENGTH
from ketang.kernel.text import take_out_personal


def describe(error: Exception) -> str:
    """``ValueError at cases/actions.py:55 in close: …``, phone and ID numbers replaced."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/ketang/" in frame.filename]
    place = ""
    if frames:
        last = frames[-1]
        place = f" at {last.filename.rsplit('/ketang/', 1)[-1]}:{last.lineno} in {last.name}"
    # The first line only: a database's DETAIL quotes the row's values.
    first_line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}{place}: {take_out_personal(first_line)[0]}"[:ERROR_LENGTH]
