"""Every act that the code notes has its row in docs/audit.md, and no other has."""

import re

from kassa.refunds.decision.verdict import Action
from tests.support.template import ROOT

NOTED = re.compile(r'(?:operation=|_act\(|acting\([^"]*?, )"([a-z_]+\.[a-z_-]+)"')

OTHERWISE = re.compile(
    r'"(reminders\.(?:pause|resume)|customer\.erase|anomaly\.take_back|dispute\.(?:answer|accept|add_file))"'
)
OF_ENDPOINTS = {"webhook_endpoint.create", "webhook_endpoint.disable"}  # and others in short


def test_the_page_names_every_act_and_no_other() -> None:
    sources = [*(ROOT / "cli").rglob("*.py"), *(ROOT / "layers/common/kassa").rglob("*.py")]
    noted = {act for path in sources for act in NOTED.findall(path.read_text())}
    noted |= {act for path in sources for act in OTHERWISE.findall(path.read_text())}
    noted |= {f"refund.{action}" for action in Action} | OF_ENDPOINTS
    page = (ROOT / "docs/audit.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = {act for row in rows for act in re.findall(r"`([a-z_]+\.[a-z_-]+)`", row)}

    assert len(noted) > 18
    assert named == noted
