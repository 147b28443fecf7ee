"""A hand-over's manifest: what is in the archive, and what it comes to.

It names every file with its length and hash, so its own hash stands for the whole archive.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TextIO

from kassa.billing.handover.month import Month
from kassa.billing.handover.packing import PackedFile
from kassa.billing.handover.tables import Sums
from kassa.core.merchant import Merchant
from kassa.core.model import Model

FORMAT = "kassa-handover/1"
MANIFEST = "manifest.json"
DOCUMENTS = "documents/"  # where their forms stand


class Lacking(NamedTuple):
    """A form of a document that isn't in the archive, or isn't what was issued."""

    number: str  # as it is printed
    form: str  # pdf or xml
    why: str


class Noted(Model):
    """What is in a part of the archive."""

    files: tuple[PackedFile, ...]
    lacking: tuple[Lacking, ...]
    last: str  # the number of the last document whose forms are all in it, or before it


NOT_MADE = "not made yet"
MISSING = "missing from the bucket"
CHANGED = "not what was issued"


def write_manifest(
    file: TextIO,
    of: tuple[Merchant, Month],
    sums: Sums,
    lacking: Sequence[Lacking],
    files: Iterable[PackedFile],
) -> None:
    """Write the manifest, a line for each file."""
    merchant, month = of
    head: dict[str, Any] = {
        "handover": FORMAT,
        "merchant_id": merchant.merchant_id,
        "month": str(month),
        "first_day": str(month.first_day),
        "last_day": str(month.last_day),
        "time_zone": merchant.time_zone,
        **sums.as_fields(),
        "lacking": [one._asdict() for one in lacking],
    }
    file.write(json.dumps(head, indent=1)[:-2] + ',\n "files": [')
    for at, one in enumerate(files):
        listed = {"name": one.name, "size": one.size, "sha256": one.sha256}
        file.write(("" if at == 0 else ",") + "\n  " + json.dumps(listed))
    file.write("\n ]\n}\n")


def packed_name(number: str, form: str) -> str:
    """Return a form's name in the archive."""
    return f"{DOCUMENTS}{number}.{form}"
