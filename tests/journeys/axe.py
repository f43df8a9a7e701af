"""axe-core in a page under the strict policy: evaluated by the debugger, not loaded as a script."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async rules => {
  const found = await axe.run(document, {resultTypes: ["violations"], ...(rules.length && {runOnly: rules})});
  return found.violations.map(v => ({
    id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 200) + " — " + (n.any[0] ?? n.all[0])?.message),
  }));
}"""


def violations(page: Page, *rules: str) -> list[dict[str, Any]]:
    """All rules, or only these."""
    if not SOURCE.exists():
        raise RuntimeError("axe-core is missing: run `npm ci` in frontend/")
    page.evaluate(SOURCE.read_text())
    found: list[dict[str, Any]] = page.evaluate(RUN, list(rules))
    return found


def serious(page: Page, *rules: str) -> list[str]:
    """One line per serious or critical finding; a test asserts that there is none."""
    return [
        f"{v['impact']} {v['id']}: {v['help']} {v['nodes']}"
        for v in violations(page, *rules)
        if v["impact"] in ("serious", "critical")
    ]
