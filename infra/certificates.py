"""Certificates and documents as files: a series written line by line, a file verified."""

import json
from collections.abc import Iterator
from pathlib import Path

from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.store import Numbers, kept
from kassa.billing.numbering.verification import Folder, Verified, verified
from kassa.platform import clock


def certificate(merchant_id: str, series: str) -> Iterator[str]:
    """Yield a series' certificate as it stands now; the stack must be connected."""
    numbers, made_at = Numbers(), clock.now()
    head = numbers.series(merchant_id, series)
    items = numbers.items(merchant_id, series, head.last_number)
    for line in lines(head, map(kept, items), made_at):
        yield json.dumps(line, ensure_ascii=False)


def verified_file(path: Path, folder: Path | None) -> Verified:
    """Verify a certificate's file; raise InvalidRequest where it is none."""
    with path.open("rb") as certificate_lines:
        return verified(certificate_lines, _documents(folder) if folder else None)


def _documents(folder: Path) -> Folder:
    """Return how documents of a folder, and of the folders in it, are read by their names."""
    paths = {path.name: path for path in folder.rglob("*") if path.is_file()}
    return lambda name: paths[name].read_bytes() if name in paths else None
