"""Screenshots of pages as phone and desktop, light, dark and large, for review and the README.

python tools/screens.py http://127.0.0.1:8000 /styleguide /report --out DIR [--cookie name=value] [--axe]

Without arguments it makes the pictures of README and guide (docs/img) from a fresh demo.
"""

import argparse
import itertools
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
VIEWS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
LOOKS = {"light": {"ketang_theme": "light"}, "dark": {"ketang_theme": "dark"}, "large": {"ketang_text": "20"}}


def context_for(browser: Browser, base: str, view: str, look: str, cookies: list[str]) -> BrowserContext:
    """A browser of one size and look, as a Chinese reader has it."""
    phone = view == "phone"
    context = browser.new_context(
        viewport=VIEWS[view],
        device_scale_factor=2 if phone else 1,
        is_mobile=phone,
        has_touch=phone,
        locale="zh-CN",
    )
    pairs = {**LOOKS[look], **dict(pair.split("=", 1) for pair in cookies)}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in pairs.items()])
    return context


def log_in(page: Page, base: str, who: str) -> None:
    name, _, password = who.partition(":")
    page.goto(f"{base}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit], main form button")


def become(page: Page, base: str, who: str) -> None:
    """Take a demo role by the demo's own switcher."""
    page.goto(f"{base}/login")
    page.select_option("select[name=who]", who)
    page.click("form[action='/demo/become'] button")


def main() -> int:
    if len(sys.argv) == 1:
        return _pictures()
    options = _parse()
    out = Path(options.out or tempfile.mkdtemp(prefix="screens-"))
    out.mkdir(parents=True, exist_ok=True)
    found = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for view, look in itertools.product(options.views.split(","), options.looks.split(",")):
            context = context_for(browser, options.base, view, look, options.cookie)
            page = context.new_page()
            page.on("console", lambda message: message.type == "error" and print("console:", message.text))
            if options.login:
                log_in(page, options.base, options.login)
            if options.become:
                become(page, options.base, options.become)
            for path in options.pages:
                found += _shoot(page, options, out, path, f"{view}-{look}")
            context.close()
        browser.close()
    print(out)
    return 1 if found else 0


def _pictures() -> int:
    from pictures import take

    with sync_playwright() as play:
        take(play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]))
    return 0


def _shoot(page: Page, options: argparse.Namespace, out: Path, path: str, suffix: str) -> int:
    page.goto(options.base + path)
    name = urlparse(path).path.strip("/").replace("/", "-") or "home"
    page.screenshot(path=out / f"{name}-{suffix}.png", full_page=options.full)
    if not options.axe:
        return 0
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.journeys.axe import serious

    problems = serious(page)
    for problem in problems:
        print(f"{path} {suffix}: {problem}")
    return len(problems)


def _parse() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("base")
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--out")
    parser.add_argument("--views", default="phone,desktop")
    parser.add_argument("--looks", default="light,dark,large")
    parser.add_argument("--cookie", action="append", default=[])
    parser.add_argument("--login", help="name:password")
    parser.add_argument("--become", help="a demo login, e.g. demo.dispatcher")
    parser.add_argument("--full", action="store_true", help="the whole page, not only the first screen")
    parser.add_argument("--axe", action="store_true", help="also report serious and critical findings")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
