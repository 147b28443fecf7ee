"""The documents of the repository, and the anchors of their headings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOW, RUNBOOK = ROOT / "docs/flow.md", ROOT / "docs/runbook.md"
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(document: Path) -> str:
    """Return a document without its blocks of code."""
    return FENCE.sub("", document.read_text())


def slugs(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as the usual renderers make them."""
    headings = HEADING.findall(prose(document))
    plain = [re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings]
    return set(plain)
