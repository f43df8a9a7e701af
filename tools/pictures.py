"""The pictures of README and guide: a fresh demo in a throwaway folder, photographed into docs/img."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "img"
PORT = 18219
BASE = f"http://127.0.0.1:{PORT}"
KETANG = [sys.executable, "-c", "from ketang.config.cli import main; main()"]


def work(page: Page) -> None:
    """The first page of the work list on which not everything is overdue."""
    page.goto(f"{BASE}/work")
    for _ in range(5):
        if page.locator(".row:not(.r)").count() >= 4 or page.locator(".pager a[rel=next]").count() == 0:
            break
        page.click(".pager a[rel=next]")
    page.locator(".row:not(.r) .open").first.evaluate("e => scrollTo(0, e.getBoundingClientRect().top - 420)")


def case(page: Page) -> None:
    work(page)
    page.locator(".row:not(.r) .open").first.click()
    page.wait_for_selector(".loop")


def report(page: Page) -> None:
    page.goto(f"{BASE}/report")
    page.fill("textarea[name=body]", "人民西路菜场门口的井盖裂了，晚上看不见，老人差点踩进去")


def tasks(page: Page) -> None:
    page.goto(f"{BASE}/tasks")


# name, demo role, view, look, how to get there
SHOTS = [
    ("work", "demo.dispatcher", "desktop", "light", work),
    ("case", "demo.dispatcher", "desktop", "light", case),
    ("case-dark", "demo.dispatcher", "desktop", "dark", case),
    ("report", "", "phone", "light", report),
    ("report-large", "", "phone", "large", report),
    ("tasks", "demo.grid", "phone", "light", tasks),
]


@contextmanager
def running_demo() -> Iterator[None]:
    """A demo of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ketang-pictures-") as home:
        environment = {**os.environ, "KETANG_HOME": home, "KETANG_DEMO": "1"}
        subprocess.run([*KETANG, "demo", "--prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [*KETANG, "serve", "--port", str(PORT), "--workers", "1"]
        server = subprocess.Popen(
            serve, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait()
            yield
        finally:
            server.terminate()
            server.wait(20)


def _wait() -> None:
    for _ in range(60):
        try:
            urllib.request.urlopen(f"{BASE}/healthz", timeout=2).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the demo did not start")


def take(browser: Browser) -> None:
    from screens import become, context_for

    OUT.mkdir(parents=True, exist_ok=True)
    with running_demo():
        for name, role, view, look, go in SHOTS:
            context = context_for(browser, BASE, view, look, [])
            page = context.new_page()
            if role:
                become(page, BASE, role)
            go(page)
            _save(page.screenshot(), OUT / f"{name}.png")
            context.close()


def _save(png: bytes, path: Path) -> None:
    """With 224 colours a page looks the same at a third of the bytes."""
    path.write_bytes(png)
    image = Image.open(path).convert("RGB").quantize(224, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
