"""The next release that a rehearsal updates to: this code, which writes one field more."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from infra.drills.upgrade.next_release import ADDED, NEW, PACKAGE, WRITERS, grown, make_next
from infra.drills.upgrade.releases import with_layer
from infra.local.errors import DemoError
from infra.local.layers import ROOT

KASSA = ROOT / "layers" / "common" / "kassa"


def writer(module: str, writes: Any) -> Any:
    """Return the writer that a module has in the next release, around one that says `writes`."""
    name, takes, _ = WRITERS[module]
    source = (
        f"import json\n\n\ndef {name}({takes}: object) -> object:\n    return WRITES({takes})\n"
    )
    made = ModuleType("made")
    made.__dict__["WRITES"] = writes
    exec(grown(source, module, WRITERS[module]), made.__dict__)
    return made.__dict__[name]


@pytest.mark.parametrize("module", WRITERS)
def test_each_writer_of_this_release_is_found_once(module: str) -> None:
    source = (KASSA / module).read_text()

    assert grown(source, module, WRITERS[module]).count(f"def {WRITERS[module][0]}(") == 2


def test_a_writer_that_went_elsewhere_is_trouble_that_says_what_to_do() -> None:
    with pytest.raises(
        DemoError, match=r"platform/messaging/event_bus\.py has 0 functions _entry.*WRITERS"
    ):
        grown(
            "def entry(fact): ...\n",
            "platform/messaging/event_bus.py",
            WRITERS["platform/messaging/event_bus.py"],
        )


def test_an_item_that_is_put_gets_the_field_and_an_update_gets_none() -> None:
    typed = writer("platform/table.py", dict)

    assert typed({"PK": "a"}) == {"PK": "a", NEW: ADDED}
    assert typed({":objects": 1}) == {":objects": 1}


@pytest.mark.parametrize("module", ["ledger/items.py", "intake/events_queue.py"])
def test_an_object_and_a_message_get_the_field(module: str) -> None:
    assert writer(module, lambda _: {"k": "charge"})(None) == {"k": "charge", NEW: ADDED}


def test_a_fact_gets_the_field_at_each_level() -> None:
    fact = {"Detail": json.dumps({"metadata": {"fact_id": "f"}, "data": {"fact": "PayoutPaid"}})}

    entry = writer("platform/messaging/event_bus.py", lambda _: fact)(None)

    assert json.loads(entry["Detail"]) == {
        "metadata": {"fact_id": "f", NEW: ADDED},
        "data": {"fact": "PayoutPaid", NEW: ADDED},
        NEW: ADDED,
    }


def test_python_finds_no_bytecode_of_what_was_changed(tmp_path: Path) -> None:
    built = tmp_path / "built"
    for module in WRITERS:
        path = built / PACKAGE / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((KASSA / module).read_text())
        for name in (path.stem, "other"):
            compiled = path.parent / "__pycache__" / f"{name}.cpython-313.pyc"
            compiled.parent.mkdir(exist_ok=True)
            compiled.touch()

    make_next(built, tmp_path / "next")

    left = {path.name for path in (tmp_path / "next").rglob("*.pyc")}
    assert left == {"other.cpython-313.pyc"}
    assert NEW in (tmp_path / "next" / PACKAGE / "platform/messaging/event_bus.py").read_text()
    assert NEW not in (built / PACKAGE / "platform/messaging/event_bus.py").read_text()


def test_an_update_changes_the_one_layer_alone() -> None:
    deployed = "\n".join(
        f"      ContentUri: s3://packages/1/layers/{name}.zip" for name in ("common", "documents")
    )

    assert with_layer(deployed, "s3://packages/2/common.zip") == deployed.replace(
        "s3://packages/1/layers/common.zip", "s3://packages/2/common.zip"
    )
    with pytest.raises(DemoError, match="names 0 packages of layers/common"):
        with_layer("", "s3://packages/2/common.zip")
