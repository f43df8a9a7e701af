"""What Vite built: entry name → hashed file names, read from its manifest."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "dist"
ENTRIES = {"main": "src/main.ts"}


@dataclass(frozen=True, slots=True)
class Built:
    script: str
    styles: tuple[str, ...]


@lru_cache(maxsize=8)
def _manifest(stamp: float) -> dict[str, dict[str, object]]:
    """Read once per build: ``stamp`` is the manifest's mtime."""
    text = (DIST / "manifest.json").read_text()
    content: dict[str, dict[str, object]] = json.loads(text)
    return content


def built(entry: str) -> Built | None:
    """The addresses of an entry, or None when nothing has been built."""
    try:
        chunk = _manifest((DIST / "manifest.json").stat().st_mtime)[ENTRIES.get(entry, f"src/{entry}.ts")]
    except (OSError, KeyError):
        return None
    css = chunk.get("css", [])
    styles = tuple(static(f"dist/{name}") for name in css) if isinstance(css, list) else ()
    return Built(static(f"dist/{chunk['file']}"), styles)
