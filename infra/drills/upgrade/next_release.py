"""Makes the next release out of this one: the same code, which writes one field more.

What it adds stands wherever this release keeps or sends something that another one may read: the
items of the table, the objects within them, the messages on EventsQueue and the facts on the bus.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from infra.local.errors import DemoError

NEW = "x_next_release"
ADDED = {"by": ["the next release", 1, None]}
MORE = repr({NEW: ADDED})
PACKAGE = Path("python") / "kassa"

GROWN = """

_of_this_release = {writer}


def {writer}({takes}):
    return {gives}
"""
PLANTED_DETAIL = """\
(entry := _of_this_release(fact)) | {
        "Detail": json.dumps(
            {name: one | MORE for name, one in json.loads(entry["Detail"]).items()} | MORE
        )
    }""".replace("MORE", MORE)

Writer = tuple[str, str, str]  # its name, what it takes, and what it gives from now on

WRITERS: dict[str, Writer] = {
    "platform/table.py": (
        "typed",
        "values",
        f"_of_this_release({{**values, **{MORE}}} if 'PK' in values else values)",
    ),
    "ledger/items.py": ("kept_object", "known", f"_of_this_release(known) | {MORE}"),
    "intake/events_queue.py": ("_envelope", "delivery", f"_of_this_release(delivery) | {MORE}"),
    "platform/messaging/event_bus.py": ("_entry", "fact", PLANTED_DETAIL),
}


def make_next(built: Path, target: Path, writers: Mapping[str, Writer] = WRITERS) -> None:
    """Copy a built CommonLayer, and let each of its writers write the field too."""
    shutil.copytree(built, target)
    for module, writer in writers.items():
        path = target / PACKAGE / module
        path.write_text(grown(path.read_text(), module, writer))
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()  # Python would believe it, whatever the source holds


def grown(source: str, module: str, writer: Writer) -> str:
    """Return a module whose writer adds the field; raise DemoError unless it has just one such."""
    name, takes, gives = writer
    found = len(re.findall(rf"(?m)^def {name}\({takes}\b", source))
    if found != 1:
        raise DemoError(
            f"{module} has {found} functions {name}({takes}…), not one: name in WRITERS of "
            f"infra/drills/upgrade/next_release.py what writes there now"
        )
    return source + GROWN.format(writer=name, takes=takes, gives=gives)
