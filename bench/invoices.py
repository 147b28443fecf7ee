"""What an invoice costs beside typst's part of it, and beside the same page by reportlab.

Ours begins with JSON and ends with a PDF/A-3a and PDF/UA-1 that has its electronic invoice in it;
bare is the compile of such a sheet, given to typst as it needs it. The goal says that ours makes
at least 0.8 times as many a second.
"""

import json
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bench.artefacts import layer_sizes
from bench.invoicing.sales import page
from bench.programs import ROOT, run
from bench.row import Row

TAGS = ("fi", "ja", "th")
GOAL = 1 / 0.8
PAGES = 40
UNZIPPED_MAX_MB = 250.0  # of a function with all its layers, as Lambda counts
PEER = ROOT / ".venv-bench" / "bin" / "python"
LAYERS = ("common", "dependencies", "documents")  # those of generate_invoice


def measure() -> list[Row]:
    """Return the ratio, how many a second, the peer's page, and what the layers weigh."""
    turns = {tag: run("invoicing.ours", tag) for tag in TAGS}
    ratio = sum(one["ratio"] for one in turns.values()) / len(turns)
    with_ubl = sum(one["with_ubl"] for one in turns.values()) / len(turns)
    rows = [
        Row("invoice to PDF/A-3 with its XML, × bare typst", round(ratio, 2), "×", GOAL, 1.0),
        Row("the same with the UBL beside it, × bare typst", round(with_ubl, 2), "×"),
    ]
    for tag, one in turns.items():
        size = f"{one['bytes'] / 1000:.0f} KB"
        rows.append(
            Row(f"invoices of 12 lines, {tag}, {size}", round(1 / one["cpu_s"]), "per CPU s")
        )
    return [*rows, _peer(), *_layers()]


def _peer() -> Row:
    """Let reportlab write the Finnish page: text and lines, without what makes it PDF/A or UA."""
    name = "the same page by reportlab, fi"
    if not PEER.exists():
        return Row(name, None, "per CPU s", reason="make bench installs reportlab; it couldn't")
    spec = find_spec("fontpkg_source_sans_3")
    assert spec is not None
    assert spec.origin is not None
    font = Path(spec.origin).parent / "files" / "SourceSans3[wght].ttf"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pages.json")
        file.write_text(json.dumps([page("fi", number) for number in range(PAGES)]))
        found = run("peers.reportlab_page.page", str(font), str(file), python=str(PEER))
    size = f"{found['bytes'] / 1000:.0f} KB"
    return Row(f"{name}, {size}", round(1 / found["cpu_s"]), "per CPU s")


def _layers() -> list[Row]:
    """Build what generate_invoice loads, for this machine, and weigh it."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = layer_sizes(Path(folder), LAYERS)
    rows = [Row(f"layer {name}, unzipped", round(sizes[name] / 1e6, 1), "MB") for name in LAYERS]
    whole = round(sum(sizes.values()) / 1e6, 1)
    return [*rows, Row("layers of generate_invoice together", whole, "MB", UNZIPPED_MAX_MB)]


if __name__ == "__main__":
    for row in measure():
        print(row)
